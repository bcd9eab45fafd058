// What `manifest --check` says of Envoy Gateway's resources beside the Gateway that they are for.
import { describe, expect, test } from "vitest";
import { wasmPath } from "../../../scripts/wasm.ts";
import { cardPolicy } from "../../support/envoy.ts";
import { codes, manifest } from "../../support/manifests.ts";

const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: eg, namespace: default}
spec:
  gatewayClassName: eg
  listeners: [{name: http, protocol: HTTP, port: 8080}]
`;
const policy = { ...cardPolicy, activation: { always: true } };
const patch = manifest(
  policy,
  ...["--target", "envoy-gateway-patchpolicy", "--attach", "gateway", "--gateway", "eg", "--wasm", wasmPath],
);
const extension = manifest(
  { ...policy, limits: { hold: 0 } },
  ...["--target", "envoy-gateway-extensionpolicy", "--gateway", "eg", "--wasm", "https://releases.example/f.wasm"],
);

describe.each([
  ["EnvoyPatchPolicy", patch],
  ["EnvoyExtensionPolicy", extension],
])("%s", (_, text) => {
  test("nothing as it was printed, with its Gateway or without", () => {
    expect(codes(text)).toEqual([]);
    expect(codes(text, gateway)).toEqual([]);
  });

  test("of a Gateway that is not there", () => {
    expect(codes(text.replace(/name: eg$/m, "name: ge"), gateway)).toEqual(["unknown-gateway"]);
  });

  test("in another namespace than its Gateway", () => {
    expect(codes(text.replace("namespace: default", "namespace: shop"), gateway)).toEqual(["unknown-gateway"]);
  });

  test("beside a Gateway of Istio's, of which it knows nothing", () => {
    const other = gateway.replace("gateway.networking.k8s.io", "networking.istio.io").replace("name: eg", "name: ge");
    expect(codes(text, other)).toEqual([]);
  });
});

describe("EnvoyPatchPolicy", () => {
  test("of a listener that the Gateway has not", () => {
    expect(codes(patch.replace("default/eg/http", "default/eg/web"), gateway)).toEqual(["unknown-listener"]);
  });

  test("of a filter of another type", () => {
    expect(codes(patch.replace("wasm.v3.Wasm", "wasm.v3.Wsm"), gateway)).toEqual(["no-filter"]);
  });
});
