/**
 * The form of recordings and test files: small checks that say where something is wrong, never what was found there.
 */

/** An input file that cannot be used: the command ends with exit code 2. */
export class RecordingError extends Error {}

export type Json = Record<string, unknown>;

export function object(value: unknown, place: string, what: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(place, `${what} must be an object`);
  return value as Json;
}

export function text(value: unknown, place: string, what: string): string {
  if (typeof value !== "string") fail(place, `${what} must be a text`);
  return value;
}

export function known(value: Json, names: readonly string[], place: string, what: string): void {
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) fail(place, `${what} has the unknown member "${name}"; known are ${names.join(", ")}`);
  }
}

export function fail(place: string, cause: string): never {
  throw new RecordingError(`${place}: ${cause}`);
}
