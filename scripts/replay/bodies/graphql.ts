/** application/graphql: the text that a request in JSON has as its member `query`, judged as that is. */
import { replacementFault } from "../replacement.ts";
import { readJson } from "./json.ts";
import { allow, type BodyReading, decode, differ } from "./reading.ts";
import type { BodyRules } from "./rules.ts";

const asMember = (query: string): Buffer => Buffer.from(JSON.stringify({ query }));

export function readGraphql({ oracle }: BodyRules, body: Uint8Array): BodyReading | undefined {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
  const rule = oracle.ruleOnAll(asMember(text));
  if (rule !== undefined) {
    const before = { kind: "text", value: text } as const;
    return {
      secrets: [{ rule, location: "query", value: text }],
      passing: "",
      compare(after) {
        const left = decode(after);
        if (rule.action.kind === "strip" && left === "") return allow("");
        const fault = replacementFault(rule, before, { kind: "text", value: left });
        return fault === undefined ? allow(left) : differ("query", fault, { rule });
      },
    };
  }
  const reading = readJson(oracle, asMember(text), { isMeant: true });
  return (
    reading && {
      ...reading,
      compare(after) {
        const left = decode(after);
        const found = reading.compare(asMember(left));
        if (found.differences.length === 0) return found;
        // Nothing is an empty text, a null, or a member that was stripped; what is put in its place need not be a text.
        const others = left === "" ? ["{}", '{"query":null}'] : [`{"query":${left}}`];
        const fitting = others.map((one) => reading.compare(Buffer.from(one)));
        return fitting.find(({ differences }) => differences.length === 0) ?? found;
      },
    }
  );
}
