// Envoy as a process: it never outlives the one that started it, and it hands the environment to each filter that needs it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { sendTo } from "../../scripts/envoy/client.ts";
import { gatewayConfig } from "../../scripts/envoy/config.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { Upstream } from "../../scripts/envoy/upstream.ts";
import { upstreamHttpFilters } from "../../scripts/manifest/filter.ts";
import { filterOf } from "../../scripts/manifest/policy.ts";
import { packageRoot, wasmPath } from "../../scripts/wasm.ts";
import { active, cardPolicy, compile, envoyBinary, json, testKey } from "../support/envoy.ts";

const bare = gatewayConfig({ attachment: "downstream", production: { port: 1, protocol: "http1" } });

test.each(["SIGKILL", "an exception"])("an Envoy ends with its parent, after %s", async (end) => {
  const module = pathToFileURL(join(packageRoot, "scripts", "envoy", "process.ts")).href;
  const options = JSON.stringify({ binary: await envoyBinary(), config: bare });
  const last = end === "SIGKILL" ? 'process.kill(process.pid, "SIGKILL")' : 'throw new Error("of the test")';
  const code = `import { writeSync } from "node:fs";
    const { EnvoyProcess } = await import(${JSON.stringify(module)});
    const envoy = await EnvoyProcess.start(${options});
    writeSync(1, String(envoy.pid));
    ${last};`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8" });
  expect(stdout).toMatch(/^\d+$/);
  for (let waited = 0; existsSync(`/proc/${stdout}`) && waited < 5000; waited += 20) await sleep(20);
  expect(existsSync(`/proc/${stdout}`)).toBe(false);
});

test("a start that fails says why, with the end of Envoy's log", async () => {
  const start = EnvoyProcess.start({ binary: await envoyBinary(), config: { admin: { address: 1 } } });
  await expect(start).rejects.toThrow(/Envoy ended \(exit 1\); the end of its log:[\s\S]*Unable to parse/);
});

test("policies that need other environment variables stand in one Envoy", async () => {
  // Envoy 1.36 gives a shared VM the environment of its first plugin only: the second would find no key.
  const rules = [{ name: "mail", select: "json:$.mail", action: { hash: {} } }];
  const hashing = filterOf(compile({ ...cardPolicy, name: "hashing", rules }), wasmPath);
  const upstream = await Upstream.start("http1");
  const config = gatewayConfig({
    filter: filterOf(compile({ ...cardPolicy, activation: { verify: "presence", keepHeader: true } }), wasmPath),
    attachment: "downstream",
    production: upstream,
  }) as { static_resources: { clusters: { typed_extension_protocol_options: unknown }[] } };
  config.static_resources.clusters[0]!.typed_extension_protocol_options = upstreamHttpFilters(hashing, "http1");
  const environment = { FROSTGLASS_KEY: testKey };
  const envoy = await EnvoyProcess.start({ binary: await envoyBinary(), config: config as never, environment });
  try {
    const body = Buffer.from('{"card":{"cvc":1},"mail":"ann@example.org"}');
    await sendTo("http1", await envoy.port(), { headers: [active, json], body });
    expect((await upstream.take()).body.toString()).toMatch(/^{"card":{},"mail":"[0-9a-f]{64}"}$/);
  } finally {
    await envoy.stop();
    await upstream.close();
  }
});
