// Every recording of policies/ through the embedded host and a real Envoy: the same bytes, headers, outcomes and counts.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EnvoyEngine } from "../../scripts/envoy/engine.ts";
import { loadPolicy } from "../../scripts/policy/index.ts";
import { equip } from "../../scripts/replay/equip.ts";
import { readRecordings } from "../../scripts/replay/recording.ts";
import { type Engine, envoyEngine, nodeEngine, type Result, run, startPlugin } from "../../scripts/replay/run.ts";
import { packageRoot } from "../../scripts/wasm.ts";

const { compiled } = await loadPolicy(`${packageRoot}/policies/checkout.json`);
if (!compiled) throw new Error("policies/checkout.json does not compile");
const recordings = readRecordings(`${packageRoot}/policies/checkout.recordings.ndjson`);
const session = await equip(compiled);
const { environment } = session;
const settings = { isActive: true, session };

/** Bodies as text of bytes, whatever class holds them. */
const plain = ({ request, response, ...rest }: Result) => ({
  ...rest,
  request: request && { ...request, body: Buffer.from(request.body).toString("latin1") },
  response: response && { ...response, body: Buffer.from(response.body).toString("latin1") },
});

describe.each(["downstream", "upstream"] as const)("%s", (attachment) => {
  let envoy: EnvoyEngine;
  let node: Engine;
  beforeAll(async () => {
    envoy = await EnvoyEngine.start(compiled, { attachment, version: process.env.FROSTGLASS_ENVOY });
    node = nodeEngine(compiled, startPlugin(compiled, environment), settings);
  });
  afterAll(() => envoy?.stop());

  test.each(recordings.map((recording) => [recording.id, recording] as const))("%s", async (_id, recording) => {
    for (const chunk of [undefined, 7]) {
      const inNode = await run(node, compiled, recording, settings, chunk);
      const inEnvoy = await run(envoyEngine(envoy), compiled, recording, settings, chunk);
      expect(plain(inEnvoy.result)).toEqual(plain(inNode.result));
    }
  });
});
