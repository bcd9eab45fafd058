/**
 * What a policy tells of its rules beside their names: the action, and the clauses that the description names.
 */
import type { CompiledPolicy, ResolvedRule } from "../../policy/index.ts";
import { clausesOf } from "../clauses.ts";
import type { RuleUse } from "../record.gen.ts";

export type Facts = Pick<RuleUse, "action" | "clauses">;

export function factsOf({ rules }: Pick<CompiledPolicy, "rules">): Record<string, Facts> {
  return Object.fromEntries(
    rules.map((rule) => {
      const clauses = clausesOf(descriptionOf(rule));
      return [rule.name, { action: rule.action.kind, ...(clauses.length === 0 ? {} : { clauses }) }];
    }),
  );
}

function descriptionOf({ source, path }: ResolvedRule): string {
  const rule = path.reduce((value, step) => (value as Record<string | number, unknown>)[step], source.value);
  const { description } = rule as { description?: string };
  return description ?? "";
}
