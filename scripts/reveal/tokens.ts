/**
 * Tokens turned back outside of the gateway, by the very same wasm: a policy of one reveal rule in the embedded host.
 *
 * Invariants: only what keys and tweaks depend on is taken from the policy (name, roots, the named rule), so that it is
 * the filter's answer; what is no token of the session stays as it is, and is told apart.
 */
import { runExchange } from "../host/index.ts";
import { type CompiledPolicy, compilePolicy } from "../policy/index.ts";
import { startPlugin } from "../replay/run.ts";

export interface RevealRequest {
  /** Name of a tokenize rule of the policy. */
  rule: string;
  /** The session id: `jti` of its token, or the value of the emergency header where presence is enough. */
  session: string;
  /** The id of the root under which the session's tokens were made; undefined: the current one. */
  key: string | undefined;
  environment: Readonly<Record<string, string>>;
}

export interface Revealed {
  value: string;
  isRevealed: boolean;
  /** Opaque tokens in it that were not turned back. */
  refused: number;
}

/** As assembly/action/reveal.ts tells them: a prefix, a key id, at least 16 bytes of authenticator. */
const opaqueToken = /(?<![\w-])fg1\.[\w-]+\.[\w-]{22,}(?![\w-])/g;

const header = "x-reveal-session";

/** The tokens as originals, in order. */
export function revealTokens(compiled: CompiledPolicy, request: RevealRequest, tokens: readonly string[]): Revealed[] {
  const reader = policyFor(compiled, request);
  const environment = Object.fromEntries(
    reader.policy.roots.map(({ variable }) => [variable, request.environment[variable] ?? ""]),
  );
  const plugin = startPlugin(reader, environment);
  const result = runExchange(plugin, {
    request: { method: "GET", path: "/", headers: [[header, request.session]] },
    response: {
      status: 200,
      headers: [["content-type", "application/json"]],
      body: Buffer.from(JSON.stringify(tokens)),
    },
  });
  if (result.outcome !== "forwarded" || result.response === undefined) {
    throw new Error(`the filter refused to read the tokens: ${result.reason}`);
  }
  const values = JSON.parse(Buffer.from(result.response.body).toString()) as string[];
  return values.map((value, index) => ({
    value,
    isRevealed: value !== tokens[index],
    refused: value.match(opaqueToken)?.length ?? 0,
  }));
}

function policyFor(compiled: CompiledPolicy, { rule, key }: RevealRequest): CompiledPolicy {
  const undone = compiled.rules.find(({ name, action }) => name === rule && action.kind === "tokenize")?.action;
  if (undone?.kind !== "tokenize")
    throw new Error(`the policy has no rule ${rule} that tokenizes; name one whose action is tokenize`);
  const { roots } = compiled.policy;
  const current = key === undefined ? roots[0] : roots.find((root) => root.id === key);
  if (current === undefined) throw new Error(`the policy names no key ${key}: ${roots.map(({ id }) => id).join(", ")}`);
  const { format, luhn, keepFirst, keepLast, domain, length } = undone.token;
  const isPlain = format === "pan" || format === "digits" || format === "alphanumeric";
  const tokenize = {
    format,
    domain,
    ...(format === "pan" ? { luhn } : {}),
    ...(isPlain ? { keepFirst, keepLast } : {}),
    ...(isPlain && length !== undefined ? { length } : {}),
  };
  const text = JSON.stringify({
    name: compiled.name,
    activation: { header, verify: "presence" },
    keys: {
      root: { env: current.variable, id: current.id },
      // Only opaque tokens tell of these, so that when they were current does not matter.
      previous: roots
        .filter((root) => root !== current)
        .map(({ variable, id }, index) => ({ env: variable, id, until: `1970-01-01T00:00:0${9 - index}Z` })),
    },
    limits: { hold: "16MiB", value: "1MiB" },
    rules: [
      { name: rule, select: "json:$.none", action: { tokenize } },
      { name: "revealed", on: "response", select: "json:$[*]", action: { reveal: { rule, anywhere: true } } },
    ],
  });
  const { compiled: reader } = compilePolicy({ path: "reveal.json", text }, () => undefined);
  if (reader === undefined) throw new Error("the policy of the reveal does not compile");
  return reader;
}
