/**
 * The filter's own verdict on a token: one request through the wasm, under a policy that does nothing but check it.
 *
 * Invariant: what decides is assembly/session in the embedded host; this file only asks, and shows what was proven.
 */
import { runExchange } from "../host/index.ts";
import { writeBinary } from "../policy/binary.ts";
import { documentsOf } from "../policy/documents.ts";
import type { CompiledPolicy } from "../policy/index.ts";
import { noProtobuf } from "../policy/protobuf/index.ts";
import type { ResolvedSession } from "../policy/session.ts";
import { buildAutomaton } from "../policy/subset.ts";
import { startPlugin } from "../replay/run.ts";

export interface Verdict {
  valid: boolean;
  /** The outcome that the filter would refuse with. */
  reason?: string;
  session?: string;
}

const header = "x-token";
const sessionHeader = "x-session";

/** Judges tokens as the filter does at this moment. */
export function tokenVerifier(
  compiled: CompiledPolicy,
  environment: Record<string, string>,
): (token: string) => Verdict {
  const plugin = startPlugin(judgeOf(compiled), environment);
  return (token) => {
    if (/[^\x21-\x7e]/.test(token)) return { valid: false, reason: "session_invalid" };
    const result = runExchange(plugin, { request: { method: "GET", path: "/", headers: [[header, token]] } });
    if (result.outcome !== "forwarded") return { valid: false, reason: result.reason ?? "internal" };
    const session = result.request?.headers.find(([name]) => name === sessionHeader)?.[1];
    return session === undefined ? { valid: false, reason: "internal" } : { valid: true, session };
  };
}

/** The policy without anything but its proof of session. */
function judgeOf(compiled: CompiledPolicy): CompiledPolicy {
  const { policy } = compiled;
  const session: ResolvedSession | undefined = policy.activation.session && {
    ...policy.activation.session,
    invalid: "refuse",
    sessionHeader,
  };
  const activation = { ...policy.activation, header, session, keepHeader: false, clusters: [], always: true };
  const judge = { ...policy, activation, unmatched: "pass" as const };
  const automaton = buildAutomaton([[], []]);
  const nothing = { rules: [], documents: documentsOf([]), automaton, protobuf: noProtobuf };
  const binary = writeBinary({ policy: judge, role: "edge", ...nothing });
  return { ...compiled, role: "edge", policy: judge, rules: [], unmatched: "pass", automaton, binary };
}
