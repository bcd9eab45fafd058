// Traps about keys and about who may use them.

import { needsKey } from "../binary.ts";
import type { ResolvedRule } from "../resolve.ts";
import { unrecognized } from "../token.ts";
import type { Check } from "./index.ts";

/** A default that nobody chose is a key that nobody rotates. */
export const implicitKey: Check = (compiled) =>
  needsKey(compiled.rules) && compiled.source.value !== undefined && !namesRoot(compiled.source.value)
    ? [
        {
          code: "implicit-key",
          place: { path: [] },
          message: `rules hash or tokenize, and no policy says under which key: ${compiled.policy.roots[0].variable} is read`,
          remedy: 'name it: "keys": {"root": {"env": "FROSTGLASS_KEY"}}',
        },
      ]
    : [];

const namesRoot = (policy: unknown): boolean => (policy as { keys?: { root?: unknown } }).keys?.root !== undefined;

/** Whoever may open sessions could compute every token of theirs. */
export const sharedKey: Check = ({ policy }) => {
  const proof = policy.activation.session?.proof;
  if (proof?.by !== "HS256" || !policy.roots.some(({ variable }) => variable === proof.variable)) return [];
  return [
    {
      code: "shared-key",
      place: { path: ["activation", "jwt", "key"] },
      message: `${proof.variable} signs session tokens and is a root key: who may open sessions could undo tokens`,
      remedy: "give session tokens a key of their own (npx frostglass keygen --type hmac)",
    },
  ];
};

/** Whoever can send the header could turn tokens back. */
export const revealByPresence: Check = ({ policy, rules }) => {
  const reveal = rules.find(({ action }) => action.kind === "reveal");
  if (policy.activation.verify !== "presence" || !reveal) return [];
  return [
    {
      code: "reveal-by-presence",
      rule: reveal,
      place: { path: [...reveal.path, "action"] },
      message: `${reveal.name} turns tokens back for whoever sends the header ${policy.activation.header}: its value is the session`,
      remedy: 'demand a proof: "verify": "jwt"',
    },
  ];
};

/** Where the hotfix calls out, a tokenize that detects is undone where its detectors find its tokens, and nowhere else. */
export const undetectedToken: Check = ({ policy, role, rules }) => {
  const { clusters, hosts } = policy.egress;
  if (role !== "edge" || clusters.length + hosts.length === 0) return [];
  return rules.flatMap((rule) => {
    const { action, detect, directions, name, path } = rule;
    if (action.kind !== "tokenize" || detect === undefined || !directions.includes("request")) return [];
    const isUndone = directions.includes("egress-request") || rules.some((other) => undoes(other, name));
    const fault = isUndone ? undefined : unrecognized(action.token, detect.types);
    if (fault === undefined) return [];
    const message = `tokens of ${name} leave the tunnel as they are, since ${fault.message}`;
    const remedy =
      'add a rule "on": "egress-request" with {"reveal": {"rule": "RULE", "anywhere": true}} for opaque tokens';
    return [{ code: "undetected-token", rule, place: { path: [...path, "action"] }, message, remedy }];
  });
};

const undoes = ({ action, directions }: ResolvedRule, name: string): boolean =>
  action.kind === "reveal" && action.rule === name && directions.includes("egress-request");
