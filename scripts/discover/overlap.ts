/**
 * Whether two selectors of one place can select the same value, as far as `discover` writes selectors: names, `[*]`, `..`,
 * and what decoders stand between paths.
 *
 * Invariant: what can meet is told to meet.
 */
import type { FieldPlace, Spot } from "./field.ts";

interface Step {
  /** `*` for every name and every index. */
  readonly name: string;
  /** At any depth. */
  readonly isDeep: boolean;
}

/** What a selector selects. */
export interface Pattern {
  /** Names of members stand where their values do. */
  readonly place: string;
  /** Of the value itself, and of each text around it that is decoded on the way. */
  readonly paths: readonly (readonly Step[])[];
  /** Between the paths. */
  readonly decoders: readonly string[];
}

const decoder = /\|(json:|jwt:|base64url|base64|graphql)/;

/** Places in which the first path is one name, whatever it is made of, or one that no other selector meets. */
const plain: ReadonlySet<FieldPlace> = new Set(["form", "query", "cookie", "header", "multipart", "path", "named"]);

export function patternOf({ direction, place, expression }: Pick<Spot, "direction" | "place" | "expression">): Pattern {
  const pieces = expression.split(decoder);
  return {
    place: `${direction} ${place === "json-key" ? "json" : place}`,
    paths: pieces
      .filter((_, index) => index % 2 === 0)
      .map((piece, index) => (index === 0 && plain.has(place) ? [{ name: piece, isDeep: false }] : stepsOf(piece))),
    decoders: pieces.filter((_, index) => index % 2 === 1),
  };
}

/** Both select one value. */
export function meets(one: Pattern, other: Pattern): boolean {
  return one.paths.length === other.paths.length && touches(one, other, false);
}

/** The first one selects a value that the other one selects, what holds it, or something in a text that it selects. */
export function touches(one: Pattern, other: Pattern, mayHold = true): boolean {
  const shared = Math.min(one.paths.length, other.paths.length);
  return (
    one.place === other.place &&
    one.decoders.slice(0, shared - 1).every((name, index) => name === other.decoders[index]) &&
    one.paths
      .slice(0, shared)
      .every((path, index) => meet(path, other.paths[index]!, mayHold && index === one.paths.length - 1))
  );
}

/** The first one is named among what holds the other one's value: what it selects is taken as a whole. */
export function contains(one: Pattern, other: Pattern): boolean {
  const name = one.paths.at(-1)?.findLast((step) => step.name !== "*")?.name;
  return (
    one.paths.length === other.paths.length &&
    other.paths
      .at(-1)!
      .slice(0, -1)
      .some((step) => step.name === name) &&
    touches(one, other) &&
    !meets(one, other)
  );
}

/** The steps of a path of JSON, XML or GraphQL. */
export const stepsOf = (path: string): Step[] =>
  [...path.matchAll(/(\.\.|\/\/)?(?:\[\*\]|\['((?:[^'\\]|\\.)*)'\]|([^.[\]$/]+))/g)].map(
    ([text, deep, quoted, bare]) => ({
      name: text.endsWith("[*]") ? "*" : (bare ?? quoted!.replaceAll(/\\(.)/g, "$1")),
      isDeep: deep !== undefined,
    }),
  );

/** `mayEnd`: the ones may end before the others do. */
function meet(ones: readonly Step[], others: readonly Step[], mayEnd: boolean): boolean {
  const [one, ...restOfOnes] = ones;
  const [other, ...restOfOthers] = others;
  if (one === undefined) return other === undefined || mayEnd;
  if (other === undefined) return false;
  const isSame = one.name === "*" || other.name === "*" || one.name === other.name;
  return (
    (isSame && meet(restOfOnes, restOfOthers, mayEnd)) ||
    (one.isDeep && meet(ones, restOfOthers, mayEnd)) ||
    (other.isDeep && meet(restOfOnes, others, mayEnd))
  );
}
