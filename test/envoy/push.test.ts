// A policy change is a configuration push: a good one takes over, a bad one never replaces a good one.
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendTo } from "../../scripts/envoy/client.ts";
import { listenerPush, pushedGatewayConfig } from "../../scripts/envoy/config.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { Upstream } from "../../scripts/envoy/upstream.ts";
import { packed as packedPolicy } from "../../scripts/manifest/configuration.ts";
import type { JsonObject } from "../../scripts/manifest/filter.ts";
import { filterOf } from "../../scripts/manifest/policy.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { active, cardPolicy, compile, envoyBinary, json, order, orderAfter } from "../support/envoy.ts";

const good = compile(cardPolicy);
let folder: string;
let upstream: Upstream;
let envoy: EnvoyProcess;
let port: number;

const bytesValue = (bytes: Uint8Array) => ({
  "@type": "type.googleapis.com/google.protobuf.BytesValue",
  value: Buffer.from(bytes).toString("base64"),
});

/** Puts a configuration into place as an agent does: written aside, then renamed. */
async function push(version: string, configuration: JsonObject): Promise<void> {
  // The settings come from the good policy: what is pushed may not be readable at all.
  const filter = filterOf(good, wasmPath) as { typed_config: { config: { configuration: JsonObject } } };
  filter.typed_config.config.configuration = configuration;
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
  await push("1", bytesValue(good.binary));
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

const packed = new Uint8Array(gzipSync(good.binary));
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
  ["a truncated gzip", packed.subarray(0, -9), /damaged/],
  ["a damaged gzip", packed.with(100, packed[100]! ^ 1), /damaged/],
])("one that is %s is refused with a clear line, and the good one stays", async (name, binary, line) => {
  const before = envoy.log.length;
  await push(`bad-${name}`, bytesValue(binary));
  for (let waited = 0; !/rejected|error adding|Unable to/i.test(envoy.log.slice(before)); waited += 20) {
    if (waited > 5000) throw new Error(`the push was not refused:\n${envoy.log.slice(before)}`);
    await sleep(20);
  }
  const lines = envoy.log.slice(before).split("\n");
  const own = lines.filter((text) => /wasm log/.test(text));
  expect(own.join("\n")).toMatch(line);
  expect(await redacts()).toBe(orderAfter);
});

/** A policy of its own kind of change each, so that what a request became tells which one is there. */
const stripping = (name: string) => ({
  ...cardPolicy,
  rules: [{ name: "all", select: `json:$.${name}`, action: "strip" }],
});

test.each<[string, object, (binary: Uint8Array) => JsonObject, string]>([
  ["a good one after bad ones", stripping("customer"), bytesValue, order.replace(/,\n "customer":{[^}]*}/, "")],
  [
    "a large one, packed as manifests have it",
    { ...stripping("card"), extends: ["secrets"] },
    (binary) => bytesValue(packedPolicy(binary)),
    order.replace(/"card": {[^}]*},\n /, ""),
  ],
  [
    "the same in JSON, as Istio and Envoy Gateway hand it on",
    { ...stripping("customer"), extends: ["secrets"] },
    (binary) => ({
      "@type": "type.googleapis.com/google.protobuf.StringValue",
      value: JSON.stringify({ policy: Buffer.from(packedPolicy(binary)).toString("base64") }),
    }),
    order.replace(/,\n "customer":{[^}]*}/, ""),
  ],
])("%s takes over", async (name, policy, configuration, expected) => {
  await push(name, configuration(compile(policy).binary));
  const current = async () => {
    port = await envoy.port();
    return redacts().catch(() => "");
  };
  await expect.poll(current, { timeout: 20_000, interval: 50 }).toBe(expected);
});
