/**
 * The property: whatever the policy, the document and the chunks, the engine does what the oracle says, and so does the
 * release filter in the embedded host.
 *
 * Invariants: a document that JSON.parse refuses is refused, and no other for its form; a forwarded one has the oracle's
 * bytes and, where JSON.parse can tell members apart, the oracle's tree; of one that the filter refuses, nothing
 * has left, since all of them are below limits.hold.
 */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { Engine, type Result } from "../support/engine.ts";
import { Filter } from "../support/engine-filter.ts";
import { binaryOf } from "../support/engine-policy.ts";
import { type Expected, Oracle, type OraclePolicy } from "../support/oracle.ts";
import { type Doc, documents } from "./documents.ts";
import { policies, written } from "./policies.ts";

/** Documents a policy: compiling one takes longer than running many. */
export const DOCUMENTS_A_POLICY = 5;

export const cases = fc.record({
  policy: policies,
  documents: fc.array(documents, { minLength: DOCUMENTS_A_POLICY, maxLength: DOCUMENTS_A_POLICY }),
});

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export interface Targets {
  engine: Engine;
  filter: Filter;
}

export async function loadTargets(): Promise<Targets> {
  return { engine: await Engine.load(), filter: new Filter() };
}

export function checkCase({ engine, filter }: Targets, one: { policy: OraclePolicy; documents: Doc[] }): void {
  const binary = binaryOf(written(one.policy));
  engine.use(binary);
  filter.use(binary);
  const oracle = new Oracle(one.policy);
  for (const { bytes, chunks } of one.documents) {
    const wanted = expected(oracle, bytes);
    compare(wanted, engine.rewrite([bytes]), bytes, "in one piece");
    compare(wanted, engine.rewrite(cut(bytes, chunks)), bytes, `in chunks of ${chunks}`);
    // No body at all is no document for the filter, and goes through.
    if (bytes.length === 0) continue;
    const filtered = filter.rewrite(bytes, chunks);
    compare(wanted, filtered, bytes, `through the filter, in chunks of ${chunks} and the rest`);
    if (filtered.error !== undefined && filtered.output.length > 0) throw new Error("bytes left before the refusal");
  }
}

function expected(oracle: Oracle, bytes: Uint8Array): Expected {
  try {
    return oracle.expect(strict.decode(bytes));
  } catch (error) {
    if (error instanceof TypeError && bytes.some((byte) => byte >= 0x80)) return { error: "invalid" };
    throw error;
  }
}

function compare(wanted: Expected, found: Result, bytes: Uint8Array, how: string): void {
  const fail = (what: string): never => {
    const input = Buffer.from(bytes).toString("latin1");
    throw new Error(`${what}, ${how}, for ${JSON.stringify(input)} (Latin-1)\n  wanted ${JSON.stringify(wanted)}`);
  };
  const output = Buffer.from(found.output).toString();
  if ("error" in wanted) {
    // What is wrong with a text that is not JSON depends on where one looks first, and a rule may block before that.
    const right = wanted.error === "invalid" ? found.error !== undefined : found.error === wanted.error;
    if (!right) fail(`found ${found.error ?? output}`);
    return;
  }
  if (found.error !== undefined) fail(`refused with ${found.error}`);
  if (output !== wanted.text) fail(`found ${JSON.stringify(output)}`);
  if (!wanted.ambiguous && !isDeepStrictEqual(JSON.parse(output), wanted.tree)) fail(`the tree differs from ${output}`);
}

export function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces.length === 0 ? [bytes] : pieces;
}

/** What went wrong, after shrinking, and how to see it again; undefined when nothing did. */
export function failureOf(details: fc.RunDetails<[{ policy: OraclePolicy; documents: Doc[] }]>): string | undefined {
  if (!details.failed) return undefined;
  const policy = details.counterexample?.[0].policy;
  const shown = policy && JSON.stringify(written(policy));
  return `FUZZ_SEED=${details.seed} path ${details.counterexamplePath}\n${details.errorInstance}\n  policy ${shown}`;
}
