// Templates of `path:` selectors beside one another: which of them select the same segments.
// Invariant: two templates that could select one segment of one path are never said to share none.

const segmentsOf = (template: string): string[] => {
  const segments = template.split("/").slice(1);
  // A template matches with and without a last slash.
  return segments.at(-1) === "" ? segments.slice(0, -1) : segments;
};

const selects = (segment: string | undefined): boolean => segment?.startsWith("{") ?? false;
const isAny = (segment: string): boolean => segment === "*" || selects(segment);

/** Whether they select the same segments of the same paths: names in braces say nothing. */
export const isSameTemplate = (a: string, b: string): boolean => plain(a) === plain(b);

const plain = (template: string): string =>
  segmentsOf(template)
    .map((one) => (selects(one) ? "{}" : one))
    .join("/");

/** Whether there is a path of which both select a segment. */
export function shareSegment(a: string, b: string): boolean {
  const [one, other] = [segmentsOf(a), segmentsOf(b)];
  const length = Math.max(one.length, other.length);
  let shared = false;
  for (let at = 0; at < length; at++) {
    const [left, right] = [one[at], other[at]];
    if (left === "**" || right === "**") return shared;
    if (left === undefined || right === undefined) return false;
    if (!isAny(left) && !isAny(right) && left !== right) return false;
    if (selects(left) && selects(right)) shared = true;
  }
  return shared;
}
