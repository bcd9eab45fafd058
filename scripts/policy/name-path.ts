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

/** After how many steps of the name the query, which begins with `..`, selects. */
export function selectedSteps({ segments }: Query, name: string): number[] {
  const steps = stepsOfName(name) ?? [];
  const endsAt = (end: number): boolean =>
    end >= segments.length &&
    segments.every(({ selectors }, index) =>
      selectors.some(
        (one) => one.kind === "wildcard" || (one.kind === "name" && one.name === steps[end - segments.length + index]),
      ),
    );
  return [0, ...steps.map((_, index) => index + 1)].filter(endsAt);
}

/** Whether the query selects the field of the name: "own", or something that it is in: "around". */
export function selectsName(query: Query, name: string): "own" | "around" | undefined {
  const ends = selectedSteps(query, name);
  if (ends.includes(stepsOfName(name)?.length ?? 0)) return "own";
  return ends.length > 0 ? "around" : undefined;
}
