/**
 * JSON in its canonical form (RFC 8785), so that equal records have equal bytes and one hash.
 *
 * Invariants: members in the order of their names' UTF-16 units (section 3.2.3), numbers and strings as ECMAScript
 * writes them (3.2.2), no white space. What has no canonical form (not I-JSON: lone surrogates, infinities) throws. A
 * member that is undefined is not there.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${canonical(name)}:${canonical(member)}`);
    return `{${members.join(",")}}`;
  }
  const isScalar =
    value === null ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value)) ||
    (typeof value === "string" && value.isWellFormed());
  if (!isScalar) throw new TypeError("a value has no canonical JSON form");
  return JSON.stringify(value);
}
