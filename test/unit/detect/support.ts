/** Texts of the detector tests. */

/** A text with its spans, in code points, marked by `[[` and `]]`. */
export function marked(example: string): { text: string; spans: [number, number][] } {
  const parts = example.split(/\[\[|\]\]/);
  const spans: [number, number][] = [];
  let at = 0;
  parts.forEach((part, index) => {
    const end = at + [...part].length;
    if (index % 2 === 1) spans.push([at, end]);
    at = end;
  });
  return { text: parts.join(""), spans };
}
