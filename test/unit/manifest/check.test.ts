// What `manifest --check` says of each mistake, with the manifests of the gateway and the routes beside it.
import { describe, expect, test } from "vitest";
import { wasmPath } from "../../../scripts/wasm.ts";
import { check, codes, fileOf, frostglass } from "../../support/manifests.ts";
import { mutations, printBases } from "../../support/mutations.ts";

const gateway = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
`;
const bases = printBases({ file: wasmPath, url: "https://releases.example/frostglass.wasm" });
const beside = (of: string) => (of === "shift" || of === "canary" ? [gateway, bases.tunnel] : [gateway, bases.shift]);

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

test("files without any frostglass are no pass", () => {
  expect(codes(gateway)).toEqual(["nothing-attached"]);
  expect(codes("a: [")).toEqual(["yaml"]);
  expect(frostglass("manifest", "--check", "/nowhere.yaml").status).toBe(1);
});
