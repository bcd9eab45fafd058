/** Pairs of places at which a body is cut: once may be in front of a value, and once in it. */
import { Random } from "../../../scripts/host/index.ts";

/** As many pairs as are wanted, as sizes of pieces; none of a body that is too short for two cuts. */
export function pairsOf(seed: number, length: number, count: number): [number, number][] {
  const draw = new Random(seed);
  return Array.from({ length: length > 2 ? count : 0 }, () => {
    const first = 1 + draw.below(length - 2);
    return [first, 1 + draw.below(length - first - 1)];
  });
}
