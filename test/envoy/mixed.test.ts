// Random policies that mix all locations, formats and actions: the embedded host, in which they are fuzzed, and a real Envoy let
// the same bytes leave, whole bodies or pieces. The seed is printed with a failure.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { EnvoyEngine } from "../../scripts/envoy/engine.ts";
import { unrouted } from "../../scripts/policy/lint/route.ts";
import { differenceOf } from "../../scripts/replay/chunks.ts";
import type { Recording } from "../../scripts/replay/recording.ts";
import { envoyEngine, nodeEngine, type Run, run, startPlugin } from "../../scripts/replay/run.ts";
import { accepted, Target } from "../fuzz/mixed/check.ts";
import { messages, type Sent } from "../fuzz/mixed/messages.ts";
import { policies } from "../fuzz/mixed/policies.ts";
import { recordingOf } from "../fuzz/mixed/recordings.ts";
import { testKey } from "../support/envoy.ts";

const seed = Number(process.env.FUZZ_SEED ?? 20261127);
const POLICIES = 8;
const MESSAGES = 20;

const settings = { isActive: true, session: { emergency: "mixed", claims: undefined } };
const target = new Target();
const compiled = fc
  .sample(policies, { seed, numRuns: 3 * POLICIES })
  .filter(({ role }) => role === "edge")
  .flatMap((given) => accepted(target, given)?.compiled ?? [])
  // Envoy answers their requests itself (routed.test.ts).
  .filter((policy) => unrouted(policy).length === 0)
  .slice(0, POLICIES);
const sent = fc.sample(messages, { seed, numRuns: POLICIES * MESSAGES });

/** Envoy itself takes a `referer` of a request away that is no address, in front of all filters. */
function withoutReferer(one: Sent): Sent {
  const { fields } = one;
  return { ...one, fields: { ...fields, headers: fields.headers.filter(([name]) => name !== "referer") } };
}

/** A client of HTTP/1.1 announces all trailers that it sends. */
function announced(recording: Recording): Recording {
  const { request } = recording;
  const names = request.trailers?.map(([name]) => name) ?? [];
  if (names.length === 0 || request.headers.some(([name]) => name === "trailer")) return recording;
  return { ...recording, request: { ...request, headers: [...request.headers, ["trailer", names.join(", ")]] } };
}

/** Which trailers follow is a matter of each connection: what reaches the service says so in its own way. */
function withoutTrailerNames(result: Run["result"]): Run["result"] {
  const without = <T extends NonNullable<Run["result"]["request"]>>(side: T | undefined): T | undefined =>
    side && { ...side, headers: side.headers.filter(([name]) => name !== "trailer") };
  return { ...result, request: without(result.request), response: without(result.response) };
}

describe.each(compiled.map((policy, index) => ({ policy, index })))(`policy $index, FUZZ_SEED=${seed}`, (given) => {
  const { policy, index } = given;
  const embedded = nodeEngine(policy, startPlugin(policy, { FROSTGLASS_KEY: testKey }), settings);
  let envoy: EnvoyEngine;
  beforeAll(async () => {
    vi.stubEnv("FROSTGLASS_KEY", testKey);
    envoy = await EnvoyEngine.start(policy);
  });
  afterAll(async () => {
    await envoy?.stop();
    vi.unstubAllEnvs();
  });

  test("lets the same bytes leave in a real Envoy", async () => {
    const real = envoyEngine(envoy);
    for (const [at, one] of sent.slice(index * MESSAGES, (index + 1) * MESSAGES).entries()) {
      const recording = announced(recordingOf(withoutReferer(one)));
      for (const cut of [undefined, { random: one.seed }]) {
        const results: Run[] = [];
        for (const engine of [embedded, real]) results.push(await run(engine, policy, recording, settings, cut));
        const [here, there] = results.map(({ result }) => withoutTrailerNames(result));
        expect(
          differenceOf(here!, there!, policy.limits.hold),
          `message ${at}, ${JSON.stringify(cut)}`,
        ).toBeUndefined();
      }
    }
  });
});

test("most of the policies compile", () => expect(compiled.length).toBe(POLICIES));
