// What `frostglass manifest` prints in each role, with each source of the module, and what it says of a policy without
// proof. Whether Envoy and Istio take it is shown in test/envoy and test/istio.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { imageOf } from "../../../scripts/manifest/image.ts";
import { wasmPath } from "../../../scripts/wasm.ts";
import { cardPolicy } from "../../support/envoy.ts";
import { check, codes, fileOf, frostglass, manifest } from "../../support/manifests.ts";

const host = "orders.shop.svc.cluster.local";
const jwt = { algorithm: "HS256", key: { env: "FROSTGLASS_TOKEN_KEY" }, audience: "edge" };
const proven = {
  name: "orders",
  activation: { verify: "jwt", jwt, clusters: [`outbound|*|tunnel|${host}`] },
  egress: { clusters: ["outbound|443||api.pay.example"], hosts: ["api.pay.example"] },
  rules: [{ name: "pan", select: "json:$.card.number", action: { tokenize: { format: "pan" } } }],
};
const streaming = { ...proven, limits: { hold: 0 } };
const file = ["--wasm", wasmPath];
const route = ["--host", host, "--gateway", "istio-system/public"];
const url = "https://releases.example/frostglass.wasm";
const image = "oci://registry.example/frostglass:1";

const all: [string, object, string[]][] = [
  ["plain Envoy", proven, ["--target", "envoy", ...file]],
  ["plain Envoy, upstream", proven, ["--target", "envoy-upstream", ...file]],
  ["gateway", proven, ["--target", "istio-envoyfilter", "--attach", "gateway", ...file]],
  [
    "sidecar inbound",
    proven,
    ["--target", "istio-envoyfilter", "--attach", "sidecar-inbound", "--selector", "app=a", ...file],
  ],
  [
    "sidecar outbound",
    proven,
    ["--target", "istio-envoyfilter", "--attach", "sidecar-outbound", "--selector", "app=a", ...file],
  ],
  ["tunnel", proven, ["--target", "istio-envoyfilter", "--host", host, ...file]],
  ["tunnel, https", proven, ["--target", "istio-envoyfilter", "--host", host, "--wasm", url]],
  ["tunnel, OCI", proven, ["--target", "istio-envoyfilter", "--host", host, "--wasm", image]],
  ["WasmPlugin", streaming, ["--target", "istio-wasmplugin", "--attach", "gateway", "--wasm", image]],
  ["all traffic", proven, ["--target", "istio-shift", ...route]],
  ["half of it", proven, ["--target", "istio-shift", ...route, "--weight", "50"]],
  ["one user", proven, ["--target", "istio-shift", ...route, "--by", "header", "--user", "42"]],
  ["the way back", proven, ["--target", "istio-unshift", ...route]],
  [
    "EnvoyExtensionPolicy",
    streaming,
    ["--target", "envoy-gateway-extensionpolicy", "--gateway", "eg", "--wasm", image],
  ],
  [
    "EnvoyPatchPolicy",
    proven,
    ["--target", "envoy-gateway-patchpolicy", "--attach", "gateway", "--gateway", "eg", ...file],
  ],
];

describe.each(all)("%s", (_, policy, parameters) => {
  const text = manifest(policy, ...parameters);

  test("is the same each time, and passes --check", () => {
    expect(manifest(policy, ...parameters)).toBe(text);
    expect(codes(text)).toEqual([]);
  });

  test("is one document a resource, fails closed, and names no key", () => {
    const documents = parseAllDocuments(text);
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    expect(documents.map((each) => each.toJS())).not.toContain(null);
    expect(text).not.toMatch(/fail_?open"?: true/i);
    expect(text).not.toContain("FAIL_OPEN");
    if (text.includes("apiVersion")) expect(text).toMatch(/# .*(Edit:|Apply it)/);
  });
});

describe("what is pinned", () => {
  const wasm = new Uint8Array(readFileSync(wasmPath));
  const sha256 = createHash("sha256").update(wasm).digest("hex");
  const attach = (...more: string[]) => manifest(proven, "--target", "istio-envoyfilter", "--host", host, ...more);

  test.each([
    ["a file", wasmPath, sha256],
    ["https", url, sha256],
    ["an OCI image, by its manifest", image, imageOf(wasm, "compat").digest],
    ["an OCI image by a digest of its own", `oci://registry.example/f@sha256:${"ab".repeat(32)}`, "ab".repeat(32)],
  ])("%s", (_, reference, expected) => {
    expect(attach("--wasm", reference)).toContain(`frostglass.dev/wasm-sha256: ${expected}`);
  });

  test("the policy, by the digest that compile prints", () => {
    const compiled = JSON.parse(frostglass("compile", "--json", fileOf(JSON.stringify(proven))).stdout);
    expect(attach(...file)).toContain(`frostglass.dev/policy-digest: ${compiled.policies[0].digest}`);
  });

  test("a module without scheme or with another one is a wrong call", () => {
    const parameters = ["manifest", "--policy", fileOf(JSON.stringify(proven)), "--target", "envoy"];
    expect(frostglass(...parameters, "--wasm", "http://releases.example/f.wasm").status).toBe(2);
    expect(frostglass(...parameters, "--wasm-sha256", "abc").status).toBe(2);
  });
});

describe("--role egress", () => {
  const egress = (...more: string[]) =>
    manifest(proven, "--role", "egress", "--target", "istio-envoyfilter", ...more, ...file);

  test("stands at the egress gateway beside the edge, and says who gets originals", () => {
    const text = egress();
    expect(text).toContain("name: frostglass-orders-egress");
    expect(text).toContain("istio: egressgateway");
    expect(text).toContain("frostglass.dev/role: egress");
    expect(text).toContain(
      "tokens become originals for clusters outbound|443||api.pay.example, and only at hosts api.pay.example;",
    );
    expect(codes(text)).toEqual([]);
    expect(codes(manifest(proven, "--target", "envoy-upstream", "--role", "egress", ...file))).toEqual([]);
  });

  test("needs the root key of the edge and the key of its tokens", () => {
    const text = egress();
    for (const name of ["FROSTGLASS_KEY", "FROSTGLASS_TOKEN_KEY"]) {
      expect(text).toContain(`{name: ${name}, valueFrom: {secretKeyRef: {name: frostglass-key, key: ${name}}}}`);
      expect(text).toMatch(new RegExp(`host_env_keys:(\\n +- \\w+)*\\n +- ${name}\\n`));
    }
    expect(text).toContain("It is the Secret of the edge");
  });

  test("says that Istio sends interim answers on", () => {
    const told = (policy: object, ...more: string[]) =>
      frostglass("manifest", "--policy", fileOf(JSON.stringify(policy)), ...more, ...file).stderr;
    const words = "set ENABLE_100_CONTINUE_HEADERS=false";
    expect(told(proven, "--role", "egress", "--target", "istio-envoyfilter")).toContain(words);
    expect(told(proven, "--target", "istio-envoyfilter", "--attach", "gateway")).not.toContain(words);
    const hiding = { ...proven, rules: [{ name: "m", on: "response", select: "header:x-user", action: "redact" }] };
    expect(told(hiding, "--target", "istio-envoyfilter", "--host", host)).toContain(words);
    expect(told(hiding, "--target", "envoy")).not.toContain(words);
  });

  test("never in the tunnel, and no shift", () => {
    const call = (...more: string[]) =>
      frostglass("manifest", "--policy", fileOf(JSON.stringify(proven)), "--role", "egress", ...more, "--host", host);
    expect(call("--target", "istio-envoyfilter", "--attach", "tunnel")).toMatchObject({ status: 2, stdout: "" });
    expect(call("--target", "istio-shift")).toMatchObject({ status: 2, stdout: "" });
    const inTunnel = manifest(proven, "--target", "istio-envoyfilter", "--host", host, ...file);
    const swapped = inTunnel.replace(
      /(value: )RkdQ[\w+/=]+/,
      (_, name: string) => name + /RkdQ[\w+/=]+/.exec(egress())![0],
    );
    expect(codes(swapped)).toContain("egress-in-tunnel");
  });
});

describe("a policy whose session is proven by presence", () => {
  const targets: [string, object, string[]][] = [
    ["istio-envoyfilter", cardPolicy, ["--attach", "gateway"]],
    ["istio-wasmplugin", { ...cardPolicy, limits: { hold: 0 } }, ["--attach", "gateway"]],
    ["envoy-gateway-patchpolicy", cardPolicy, ["--attach", "gateway", "--gateway", "eg"]],
    ["envoy", cardPolicy, []],
  ];

  test.each(targets)("%s: warned of on stderr, in a comment, in --json, and by --check", (target, policy, more) => {
    const parameters = ["manifest", "--policy", fileOf(JSON.stringify(policy)), "--target", target, ...more, ...file];
    const { status, stdout, stderr } = frostglass(...parameters);
    expect(status).toBe(0);
    expect(stderr).toMatch(/:1:\d+: warning\[verify-presence\]: whoever sends the header x-emergency-tunnel/);
    if (target !== "envoy") expect(stdout).toContain('# WARNING: verify is "presence"');
    expect(check(stdout)).toMatchObject([{ code: "verify-presence", severity: "warning" }]);
    const printed = JSON.parse(frostglass(...parameters, "--json").stdout);
    expect(printed.diagnostics).toMatchObject([{ code: "verify-presence", severity: "warning" }]);
    expect(printed.manifest).toBe(stdout);
  });

  test("a proven one is not warned of", () => {
    const { stdout, stderr } = frostglass(
      "manifest",
      "--policy",
      fileOf(JSON.stringify(proven)),
      "--target",
      "envoy-upstream",
      ...file,
    );
    expect(stderr).toBe("");
    expect(codes(stdout)).toEqual([]);
  });
});

test("--json tells digests, role, and the variables that the gateway needs", () => {
  const call = [
    "manifest",
    "--policy",
    fileOf(JSON.stringify(proven)),
    "--target",
    "istio-envoyfilter",
    "--host",
    host,
  ];
  const printed = JSON.parse(frostglass(...call, ...file, "--json").stdout);
  expect(printed).toMatchObject({
    target: "istio-envoyfilter",
    policy: { name: "orders", role: "edge", hold: true, environment: ["FROSTGLASS_KEY", "FROSTGLASS_TOKEN_KEY"] },
    wasm: { kind: "file", reference: wasmPath },
    diagnostics: [],
  });
  expect(printed.manifest).toContain(printed.policy.digest);
  expect(printed.manifest).toContain(printed.wasm.sha256);
});
