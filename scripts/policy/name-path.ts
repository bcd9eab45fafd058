/**
 * Names of fields that are paths, as frameworks nest them: card[number], items[0][note], user.email, tags[].
 *
 * Invariant: assembly/fields/name-path.ts cuts names into the same steps.
 */
import type { Query } from "./jsonpath/ast.ts";

/** The steps of a name; undefined for a plain one. */
export function stepsOfName(name: string): string[] | undefined {
  return /[[\].]/.test(name) ? name.split(/[[\].]/).filter((step) => step !== "") : undefined;
}

/** Whether the query, which begins with `..`, selects the field of the name: "own", or something that it is in: "around". */
export function selectsName({ segments }: Query, name: string): "own" | "around" | undefined {
  const steps = stepsOfName(name) ?? [];
  const endsAt = (end: number): boolean =>
    end >= segments.length &&
    segments.every(({ selectors }, index) =>
      selectors.some(
        (one) => one.kind === "wildcard" || (one.kind === "name" && one.name === steps[end - segments.length + index]),
      ),
    );
  if (endsAt(steps.length)) return "own";
  return steps.some((_, index) => endsAt(index)) ? "around" : undefined;
}
