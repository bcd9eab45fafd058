// What `frostglass manifest` prints is what Envoy runs.
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sendTo } from "../../scripts/envoy/client.ts";
import { bootstrap, cluster, gatewayConfig, listener } from "../../scripts/envoy/config.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { Upstream } from "../../scripts/envoy/upstream.ts";
import { packageRoot, wasmPath } from "../../scripts/wasm.ts";
import { active, cardPolicy, envoyBinary, json, order, orderAfter } from "../support/envoy.ts";

const folder = mkdtempSync(join(tmpdir(), "frostglass-manifest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function policyFile(name: string, policy: object): string {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(policy));
  return file;
}

function manifest(...parameters: string[]) {
  const cli = join(packageRoot, "bin", "frostglass.js");
  return spawnSync(process.execPath, [cli, "manifest", ...parameters], { encoding: "utf8", cwd: folder });
}

const holds = policyFile("holds", cardPolicy);

describe("envoy", () => {
  const printed = manifest("--policy", holds, "--target", "envoy");
  const config = () => JSON.parse(printed.stdout).typed_config.config;

  test("is one http_filters entry with the policy in it", () => {
    expect(printed.status).toBe(0);
    expect(JSON.parse(printed.stdout).typed_config["@type"]).toMatch(/filters\.http\.wasm\.v3\.Wasm$/);
    const value = Buffer.from(config().configuration.value, "base64");
    expect(value.subarray(0, 4).toString()).toBe("FGPB");
    expect(config().vm_config.code.local.filename).toBe(wasmPath);
  });

  test("fails closed, and reloads after a trap", () => {
    expect(config()).toMatchObject({ fail_open: false, failure_policy: "FAIL_RELOAD" });
  });

  test("is the same each time", () => {
    expect(manifest("--policy", holds, "--target", "envoy").stdout).toBe(printed.stdout);
  });

  test("says what becomes of a route that matches on the header", () => {
    expect(printed.stderr).toMatch(/keepHeader/);
    const kept = { ...cardPolicy, activation: { verify: "presence", keepHeader: true } };
    expect(manifest("--policy", policyFile("kept", kept), "--target", "envoy").stderr).not.toMatch(/keepHeader/);
  });

  test("allows held headers exactly when the policy holds", () => {
    expect(config().allow_on_headers_stop_iteration).toBe(true);
    const file = policyFile("streams", { ...cardPolicy, limits: { hold: 0 } });
    const streams = JSON.parse(manifest("--policy", file, "--target", "envoy").stdout).typed_config.config;
    expect(streams.allow_on_headers_stop_iteration ?? false).toBe(false);
  });

  test("hands on the key variable when a rule needs the key, the default one too", () => {
    expect(config().vm_config.environment_variables).toBeUndefined();
    const rules = [{ name: "pan", select: "json:$.pan", action: { hash: {} } }];
    for (const [keys, variable] of [
      [undefined, "FROSTGLASS_KEY"],
      [{ root: { env: "MY_KEY" } }, "MY_KEY"],
    ] as const) {
      const file = policyFile("hash", { ...cardPolicy, rules, ...(keys ? { keys } : {}) });
      const { vm_config } = JSON.parse(manifest("--policy", file, "--target", "envoy").stdout).typed_config.config;
      expect(vm_config.environment_variables).toEqual({ host_env_keys: [variable] });
      // Envoy gives a shared VM the environment of its first plugin.
      expect(vm_config.vm_id).toContain(variable);
    }
  });
});

test("envoy-upstream is the value of typed_extension_protocol_options, and runs", async () => {
  const { status, stdout } = manifest("--policy", holds, "--target", "envoy-upstream", "--wasm", wasmPath);
  expect(status).toBe(0);
  const upstream = await Upstream.start("http1");
  const config = gatewayConfig({ attachment: "downstream", production: upstream }) as {
    static_resources: { clusters: { typed_extension_protocol_options: unknown }[] };
  };
  config.static_resources.clusters[0]!.typed_extension_protocol_options = JSON.parse(stdout);
  const envoy = await EnvoyProcess.start({ binary: await envoyBinary(), config: config as never });
  try {
    await sendTo("http1", await envoy.port(), { headers: [active, json], body: Buffer.from(order) });
    expect((await upstream.take()).body.toString()).toBe(orderAfter);
  } finally {
    await envoy.stop();
    await upstream.close();
  }
});

describe("a module over https, which Envoy fetches itself", () => {
  const module = createServer((_, response) => response.end(readFileSync(wasmPath)));
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await Upstream.start("http1");
    await once(module.listen(0, "127.0.0.1"), "listening");
  });
  afterAll(async () => {
    module.close();
    await upstream?.close();
  });

  test.each([
    ["is taken when it is the one that was pinned", [], 200],
    ["refuses every request when it is another", ["--wasm-sha256", "ab".repeat(32)], 503],
  ])("%s", async (_, pinned, status) => {
    const url = "https://releases.example/frostglass.wasm";
    const { stdout } = manifest("--policy", holds, "--target", "envoy", "--wasm", url, ...pinned);
    // How the cluster gets there is the gateway's own affair: here without TLS.
    const { port } = module.address() as AddressInfo;
    const to = { match: { prefix: "/" }, route: { cluster: "production" } };
    const config = bootstrap(
      [listener("gateway", [JSON.parse(stdout)], {}, [to])],
      [cluster("production", upstream, undefined), cluster("wasm", { port, protocol: "http1" }, undefined)],
    );
    const before = upstream.arrived;
    const envoy = await EnvoyProcess.start({ binary: await envoyBinary(), config });
    try {
      const send = async () =>
        (await sendTo("http1", await envoy.port(), { headers: [active, json], body: Buffer.from(order) })).status;
      await expect.poll(send, { timeout: 20_000 }).toBe(status);
      if (status === 200) expect((await upstream.take()).body.toString()).toBe(orderAfter);
      else expect(upstream.arrived).toBe(before);
    } finally {
      await envoy.stop();
    }
  });
});

test("an invalid policy is told on stderr, exit 1", () => {
  const { status, stdout, stderr } = manifest("--policy", policyFile("bad", { name: "Bad Name" }), "--target", "envoy");
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/bad\.json:1:\d+: error\[/);
});

test("an unknown target is a wrong call, exit 2, and the known ones are listed", () => {
  const { status, stderr } = manifest("--policy", holds, "--target", "nginx");
  expect(status).toBe(2);
  expect(stderr).toMatch(/envoy, envoy-upstream/);
});
