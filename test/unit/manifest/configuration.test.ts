// What manifests carry of a policy: the binary as it is, or its gzip where it is large.
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { packed, unpacked } from "../../../scripts/manifest/configuration.ts";
import { annotationBytes, sizeNotes } from "../../../scripts/manifest/size.ts";
import { wasmPath } from "../../../scripts/wasm.ts";
import { cardPolicy, compile } from "../../support/envoy.ts";
import { codes, fileOf, frostglass, manifest } from "../../support/manifests.ts";
import { swap } from "../../support/mutations.ts";

const small = compile(cardPolicy).binary;
const policy = { ...cardPolicy, extends: ["pci-dss"], activation: { always: true } };
const large = compile(policy).binary;

test("a small policy stays, a large one is packed, and comes back", () => {
  expect(packed(small)).toBe(small);
  expect(packed(large).length).toBeLessThan(large.length / 3);
  for (const binary of [small, large]) expect(Buffer.from(unpacked(packed(binary))!).equals(binary)).toBe(true);
});

test("the header of the gzip says nothing of time and machine", () => {
  expect([...packed(large).subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3]);
});

test("what is damaged, or too large, is no policy", () => {
  const bytes = packed(large);
  expect(unpacked(bytes.subarray(0, -1))).toBeUndefined();
  expect(unpacked(bytes.with(bytes.length - 8, bytes.at(-8)! ^ 1))).toBeUndefined();
  expect(unpacked(gzipSync(Buffer.alloc((16 << 20) + 1)))).toBeUndefined();
});

describe.each([
  ["istio-envoyfilter", ["--attach", "gateway"], {}],
  ["istio-wasmplugin", ["--attach", "gateway"], { limits: { hold: 0 } }],
  ["envoy-gateway-patchpolicy", ["--attach", "gateway", "--gateway", "eg"], {}],
  ["envoy", [], {}],
])("%s", (target, more, other) => {
  const text = manifest({ ...policy, ...other }, "--target", target, ...more, "--wasm", wasmPath);

  test("a packed policy passes --check under its digest, and is missed when it is damaged", () => {
    expect(text).toMatch(/H4sI[\w+/=]{1000,}/);
    expect(codes(text)).toEqual([]);
    expect(codes(swap(/(H4sI[\w+/=]{1000})(.{8})/, "$1AAAAAAAA")(text))).toContain("policy-unreadable");
  });
});

test("a resource that is too large for its annotation, or for etcd: said with a remedy", () => {
  const resource = (length: number) => ({ value: { kind: "EnvoyFilter", text: "x".repeat(length) }, head: [] });
  const least = annotationBytes(resource(0).value);
  expect(sizeNotes([resource(262_144 - least)])).toEqual([]);
  expect(sizeNotes([resource(262_145 - least)])).toEqual([expect.stringMatching(/^the EnvoyFilter .*--server-side/)]);
  expect(sizeNotes([resource(1_600_000)])).toEqual([expect.stringMatching(/etcd .*fewer presets/)]);
});

test("annotations of one's own count", () => {
  const value = { metadata: { annotations: { name: "value" } } };
  expect(annotationBytes(value) - annotationBytes({})).toBe(JSON.stringify(value).length - 2 + "namevalue".length);
});

test("a policy of more than 16 MiB is an error of compile", () => {
  const rules = Array.from({ length: 20 }, (_, index) => ({
    name: `r${index}`,
    select: `json:$.a${index}`,
    action: { redact: { with: `${index}`.padEnd(1 << 20, "x") } },
  }));
  const { status, stderr } = frostglass("compile", fileOf(JSON.stringify({ ...cardPolicy, rules })));
  expect(stderr).toMatch(
    /error\[too-large\]: the compiled policy has \d+ bytes, and the filter loads at most 16777216;/,
  );
  expect(status).toBe(1);
});
