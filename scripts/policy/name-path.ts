/**
 * Names of fields that are paths, as frameworks nest them: card[number], items[0][note], user.email, tags[], card['number']
 * (Spring), form-0-email (Django), user[born(1i)] (Rails), pay:card (JSF), ctl00$card (ASP.NET), /card/number (JSON Pointer).
 *
 * Invariant: assembly/fields/name-path.ts cuts names into the same steps.
 */
import { takesName } from "./endings.ts";
import type { Query } from "./jsonpath/ast.ts";

const parting = /[[\].:$/]|-(?=\d+-)|(?<=-\d+)-/;

/** A name without the position of a part of its value. */
export const withoutPosition = (name: string): string => name.replace(/(?<=.)\(\d+[a-z]?\)$/is, "");

/** What a step names: some frameworks write it in quotes. */
export const nameIn = (step: string): string => /^(["'])(.+)\1$/s.exec(step)?.[2] ?? withoutPosition(step);

/** The steps of a name; undefined for a plain one. */
export function stepsOfName(name: string): string[] | undefined {
  const steps = name.split(parting);
  return steps.length === 1 ? undefined : steps.filter((step) => step !== "").map(nameIn);
}

/** Bytes of a text that tells a name, as it is spelled. */
export const LONGEST_TOLD = 256;

/**
 * The name, or path of names, that a text in a document tells (docs/internals.md, "Names that stand in values"): without what
 * stands around a label, and of a URI its last part.
 */
export function nameTold(text: string): string {
  const name = text.replace(/^[\0-\x20]+|[\0-\x20:*?]+$/g, "");
  return /^(?:urn:|[A-Za-z\d+.-]+:\/\/)/.test(name) ? name.replace(/^.*[:/#]/s, "") : name;
}

/** After how many steps of the name the query, which begins with `..`, selects. */
export function selectedSteps({ segments }: Query, name: string): number[] {
  const steps = stepsOfName(name) ?? [];
  const endsAt = (end: number): boolean =>
    end >= segments.length &&
    segments.every(({ selectors }, index) =>
      selectors.some(
        (one) =>
          one.kind === "wildcard" ||
          (one.kind === "name" && takesName(one.name, steps[end - segments.length + index]!)),
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
