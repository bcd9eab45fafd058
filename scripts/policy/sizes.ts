// Sizes as policies write them: an integer of bytes, or text with a unit.

const units: Record<string, number> = { "": 1, B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Bytes of a size that the schema has accepted. */
export function parseSize(size: number | string): number {
  if (typeof size === "number") return size;
  const [, digits, unit] = /^([0-9]+)([A-Za-z]*)$/.exec(size) ?? [];
  return Number(digits) * (units[unit ?? ""] ?? Number.NaN);
}
