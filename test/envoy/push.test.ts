// A policy change is a configuration push: a good one takes over, a bad one never replaces a good one.
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendTo } from "../../scripts/envoy/client.ts";
import { listenerPush, pushedGatewayConfig } from "../../scripts/envoy/config.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { Upstream } from "../../scripts/envoy/upstream.ts";
import { filterOf } from "../../scripts/manifest/policy.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { active, cardPolicy, compile, envoyBinary, json, order, orderAfter } from "../support/envoy.ts";

const good = compile(cardPolicy);
let folder: string;
let upstream: Upstream;
let envoy: EnvoyProcess;
let port: number;

/** Puts a policy into place as a configuration agent does: written aside, then renamed. */
async function push(version: string, binary: Uint8Array): Promise<void> {
  // The settings come from the good policy: what is pushed may not be readable at all.
  const filter = filterOf(good, wasmPath) as { typed_config: { config: { configuration: { value: string } } } };
  filter.typed_config.config.configuration.value = Buffer.from(binary).toString("base64");
  await writeFile(join(folder, "next.json"), JSON.stringify(listenerPush(version, filter)));
  await rename(join(folder, "next.json"), join(folder, "listeners.json"));
}

async function redacts(): Promise<string> {
  const response = await sendTo("http1", port, { headers: [active, json], body: Buffer.from(order) });
  return response.status === 200 ? (await upstream.take()).body.toString() : String(response.status);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "frostglass-push-"));
  upstream = await Upstream.start("http1");
  await push("1", good.binary);
  const config = pushedGatewayConfig(
    { attachment: "downstream", production: upstream },
    folder,
    join(folder, "listeners.json"),
  );
  envoy = await EnvoyProcess.start({ binary: await envoyBinary(), config });
  port = await envoy.port();
});

afterAll(async () => {
  await envoy?.stop();
  await upstream?.close();
  await rm(folder, { recursive: true, force: true });
});

test("the first policy works", async () => {
  expect(await redacts()).toBe(orderAfter);
});

const flipped = Uint8Array.from(good.binary);
flipped[200]! ^= 1;
const foreign = Uint8Array.from(good.binary);
foreign[0]! ^= 1;
const future = Uint8Array.from(good.binary);
future[4] = 99;

test.each([
  ["damaged", flipped, /checksum|CRC|damaged/i],
  ["truncated", good.binary.subarray(0, good.binary.length - 5), /truncated|size|length/i],
  ["foreign", foreign, /not a frostglass policy/],
  ["of a later version", future, /version/i],
  ["empty", new Uint8Array(0), /is empty/],
])("one that is %s is refused with a clear line, and the good one stays", async (name, binary, line) => {
  const before = envoy.log.length;
  await push(`bad-${name}`, binary);
  for (let waited = 0; !/rejected|error adding|Unable to/i.test(envoy.log.slice(before)); waited += 20) {
    if (waited > 5000) throw new Error(`the push was not refused:\n${envoy.log.slice(before)}`);
    await sleep(20);
  }
  const lines = envoy.log.slice(before).split("\n");
  const own = lines.filter((text) => /wasm log/.test(text));
  expect(own.join("\n")).toMatch(line);
  expect(await redacts()).toBe(orderAfter);
});

test("a good one after bad ones takes over", async () => {
  const next = compile({ ...cardPolicy, rules: [{ name: "all", select: "json:$.customer", action: "strip" }] });
  await push("2", next.binary);
  const expected = order.replace(/,\n "customer":{[^}]*}/, "");
  for (let waited = 0; waited < 5000; waited += 50) {
    port = await envoy.port();
    if ((await redacts().catch(() => "")) === expected) return;
    await sleep(50);
  }
  expect(await redacts()).toBe(expected);
});
