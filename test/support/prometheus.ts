/** Samples of the filter in Prometheus's text format, as Envoy writes it. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export function samplesOf(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, inner = "", value] = /^(frostglass_\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) return [];
    const labels = [...inner.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, of]) => [label!, of!]);
    return [{ name, labels: Object.fromEntries(labels), value: Number(value) }];
  });
}
