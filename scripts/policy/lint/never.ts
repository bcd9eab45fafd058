// Rules that nothing can come to: of places that a message does not have, and of finds that no detector is sure enough of.
// Invariant: only a policy's own rules are judged; what is extended is the concern of its own file.

import { DETECTORS } from "../../detect/detectors/index.ts";
import type { CompiledPolicy, ResolvedRule } from "../index.ts";
import type { Policy } from "../policy.gen.ts";
import type { Check } from "./index.ts";

const ofTargets: ReadonlySet<string> = new Set(["path", "query"]);

/** An answer has no path and no query. */
export const targetsOfResponses: Check = (compiled) =>
  ownRules(compiled)
    .filter(({ directions, selectors }) => {
      const isAnswer = directions.every((direction) => direction === "response" || direction === "egress-response");
      return isAnswer && selectors.every(({ location }) => ofTargets.has(location));
    })
    .map((rule) => ({
      code: "unreachable-rule",
      rule,
      place: { path: [...rule.path, "name"] },
      message: `the rule ${rule.name} never decides: a response has no path and no query`,
      remedy: 'let it act "on": "request", or remove it',
    }));

/** Types by name whose best score stays below the threshold of the rule. */
export const neverFound: Check = (compiled) => {
  const best = bestScores(compiled);
  return ownRules(compiled).flatMap((rule) => {
    const { threshold = 0 } = rule.detect ?? {};
    return namesIn(rule, compiled).flatMap((name, index) => {
      const score = best.get(name);
      if (score === undefined || Math.round(score * 100) >= threshold) return [];
      return {
        code: "never-found",
        rule,
        place: { path: [...rule.path, "detect", index] },
        message: `${rule.name} never finds ${name}, whose score is ${score} at best, below the threshold ${threshold / 100}`,
        remedy: "lower the threshold of the rule, or raise the score of the detector",
      };
    });
  });
};

const ownRules = ({ rules, source }: CompiledPolicy): ResolvedRule[] => rules.filter((rule) => rule.source === source);

function bestScores({ source }: CompiledPolicy): Map<string, number> {
  const { detectors = [] } = source.value as Partial<Policy>;
  const own = detectors.map(({ name, ...rest }) => ({ type: name, ...rest }));
  const best = new Map<string, number>();
  for (const { type, score, contextScore = score } of [...DETECTORS, ...own]) {
    best.set(type, Math.max(best.get(type) ?? 0, score, contextScore));
  }
  return best;
}

/** What the rule names as its file says it: a pattern may stand for types that it does not mean. */
function namesIn({ path: [, index] }: ResolvedRule, { source }: CompiledPolicy): string[] {
  const { rules = [] } = source.value as Partial<Policy>;
  return rules[Number(index)]?.detect ?? [];
}
