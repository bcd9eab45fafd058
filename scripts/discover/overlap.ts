/**
 * Whether two selectors of one place can select the same value, as far as `discover` writes selectors: names, `[*]`, `..`,
 * and what decoders stand between paths.
 *
 * Invariant: what can meet is told to meet.
 */
import type { Spot } from "./field.ts";

interface Step {
  /** `*` for every name and every index. */
  readonly name: string;
  /** At any depth. */
  readonly isDeep: boolean;
}

type Place = Pick<Spot, "direction" | "place" | "expression">;

const decoder = /\|(json:|jwt:|base64url|base64|graphql)/;

/** The same, with names of members where they stand. */
const placeOf = ({ direction, place }: Place): string => `${direction} ${place === "json-key" ? "json" : place}`;

/** Both select one value. */
export function meets(one: Place, other: Place): boolean {
  return placeOf(one) === placeOf(other) && areLike(piecesOf(one.expression), piecesOf(other.expression), meet);
}

/** The first one selects a value that the other one selects, what holds it, or something in it. */
export function touches(one: Place, other: Place): boolean {
  if (placeOf(one) !== placeOf(other)) return false;
  const [outer, inner] = [piecesOf(one.expression), piecesOf(other.expression)];
  return outer.slice(0, inner.length).every((piece, index) => {
    if (index % 2 === 1) return piece === inner[index];
    const isLast = index === outer.length - 1;
    return meet(stepsOf(piece), stepsOf(inner[index]!), isLast);
  });
}

/** Paths at even places, decoders between them. */
const piecesOf = (expression: string): string[] => expression.split(decoder);

const areLike = (ones: string[], others: string[], alike: typeof meet): boolean =>
  ones.length === others.length &&
  ones.every((piece, index) =>
    index % 2 === 1 ? piece === others[index] : alike(stepsOf(piece), stepsOf(others[index]!)),
  );

const stepsOf = (path: string): Step[] =>
  [...path.matchAll(/(\.\.|\/\/)?(?:\[\*\]|\['((?:[^'\\]|\\.)*)'\]|([^.[\]$/]+))/g)].map(
    ([text, deep, quoted, plain]) => ({
      name: text.endsWith("[*]") ? "*" : (plain ?? quoted ?? ""),
      isDeep: deep !== undefined,
    }),
  );

/** `mayEnd`: the ones may end before the others do. */
function meet(ones: readonly Step[], others: readonly Step[], mayEnd = false): boolean {
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
