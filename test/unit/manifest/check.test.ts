// What `manifest --check` says of each mistake, with the manifests of the gateway and the routes beside it.
import { describe, expect, test } from "vitest";
import { listener } from "../../../scripts/envoy/config.ts";
import { filterOf } from "../../../scripts/manifest/policy.ts";
import { wasmPath } from "../../../scripts/wasm.ts";
import { compileTest } from "../../support/engine-policy.ts";
import { check, codes, fileOf, frostglass, publicGateway } from "../../support/manifests.ts";
import { mutations, printBases } from "../../support/mutations.ts";

const bases = printBases({ file: wasmPath, url: "https://releases.example/frostglass.wasm" });
const beside = (of: string) =>
  of === "shift" || of === "canary" ? [publicGateway, bases.tunnel] : [publicGateway, bases.shift];

test.each(Object.entries(bases))("%s: nothing as it was printed", (of, text) => {
  expect(check(text, ...beside(of))).toEqual([]);
});

describe.each(Object.keys(bases))("%s", (of) => {
  test.each(mutations.filter((each) => each.of === of))("$mistake", ({ edit, check: expected }) => {
    expect(codes(edit(bases[of as keyof typeof bases]), ...beside(of))).toEqual(expected);
  });
});

test("a place, a cause, a remedy; exit 1 for errors, 0 for warnings", () => {
  const hangs = fileOf(bases.gateway.replace(/ +allow_on_headers.*\n/, ""));
  const { status, stderr } = frostglass("manifest", "--check", hangs);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^\S+:\d+:\d+: error\[hold-without-flag\]: .*each request would hang; set it to true/);
  const warned = fileOf(bases.gateway.replace(/ +failure_policy.*\n/, ""));
  expect(frostglass("manifest", "--check", warned).status).toBe(0);
});

describe("interim answers that are sent on", () => {
  const found = (rule: object, interim = true, role: "edge" | "egress" = "edge") => {
    const policy = { activation: { always: true }, rules: [{ name: "one", ...rule }] };
    const filter = filterOf(compileTest(policy, role), wasmPath);
    return check(JSON.stringify(listener("shop", [filter], { interim }))).map(({ severity, code }) => [severity, code]);
  };
  const body = { on: "response", select: "json:$.a", action: "redact" };
  const error = [["error", "interim-answers"]];
  const warning = [["warning", "interim-answers"]];

  test.each([
    [{ on: "response", select: "header:x-user", action: "redact" }, error],
    [{ on: "response", select: "cookie:user", action: "strip" }, error],
    [{ on: "response", select: "header:authorization|jwt:$.sub", action: "redact" }, error],
    [{ on: "response", select: "any:", detect: ["CREDIT_CARD"], action: "redact" }, error],
    [{ on: "response", select: "named:user", action: "redact" }, error],
    [{ on: "response", select: ["header:x-a", "header:x-b", "json:$..x"], action: "mask" }, error],
    [{ on: "request", select: "header:x-user", action: "redact" }, warning],
    [{ on: "response", select: "header:x-user", action: "pass" }, warning],
    [body, warning],
  ])("%j", (rule, expected) => {
    expect(found(rule)).toEqual(expected);
    expect(found(rule, false)).toEqual([]);
  });

  test("always leak where the hotfix calls out", () => {
    expect(found({ select: "json:$.a", action: "redact" }, true, "egress")).toEqual(error);
  });

  test("in what is beside the filter", () => {
    const manager =
      "{spec: {configPatches: [{patch: {value: {typed_config: {proxy_100_continue: true}}}}]}, kind: EnvoyFilter}";
    const istiod = (value: string) =>
      `{kind: Deployment, spec: {env: [{name: ENABLE_100_CONTINUE_HEADERS, value: "${value}"}]}}`;
    expect(codes(bases.gateway, manager)).toContain("interim-answers");
    expect(codes(bases.gateway, istiod("true"))).toEqual(["interim-answers"]);
    expect(codes(bases.gateway, istiod("false"))).toEqual([]);
  });
});

test("files without any frostglass are no pass", () => {
  expect(codes(publicGateway)).toEqual(["nothing-attached"]);
  expect(codes("a: [")).toEqual(["yaml"]);
  expect(frostglass("manifest", "--check", "/nowhere.yaml").status).toBe(1);
});
