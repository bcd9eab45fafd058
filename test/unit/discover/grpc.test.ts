// `discover` over protobuf: fields of recorded gRPC calls, of gRPC-Web and of descriptor sets, the policy that it proposes for
// them, and what a policy does not cover.
import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { encode, frame, message, shopFile, writeSet } from "../../support/protobuf.ts";
import { folderWith, frostglass } from "../cli/support.ts";

const pan = "4111111111111111";
const order = encode("shop.Order", {
  id: "a",
  card: { number: pan, seal: "c2VhbA==", backup: { number: pan } },
  cards: [{ number: pan }],
  wallet: { "zoe@example.org": { number: pan } },
  labels: { a: "203.0.113.9" },
  extra: { "@type": "type.googleapis.com/shop.Card", number: pan },
  iban: "DE02120300000000202051",
  note: "call me",
  amount: 1.5,
});
const receipt = encode("shop.Receipt", { id: "r", card: { number: pan } });
const secrets = [pan, "zoe@", "203.0.113.9", "DE02", "call me"];

const call = (type: string, body: Uint8Array, answer: Uint8Array, encoding?: string) => ({
  id: "1",
  request: {
    method: "POST",
    path: "/shop.Checkout/Pay",
    headers: [["Content-Type", type], ...(encoding ? [["grpc-encoding", encoding]] : [])],
    bodyBase64: Buffer.from(body).toString("base64"),
  },
  response: { status: 200, headers: [["content-type", type]], bodyBase64: Buffer.from(answer).toString("base64") },
});
const recordings = (...calls: object[]) => calls.map((each) => `${JSON.stringify(each)}\n`).join("");
const inText = (body: Uint8Array) => Buffer.from(frame(body).toString("base64"));

const forms: [string, object][] = [
  ["gRPC", call("application/grpc", frame(order), frame(receipt))],
  ["compressed gRPC", call("application/grpc+proto", frame(gzipSync(order), 1), frame(receipt), "gzip")],
  ["gRPC-Web", call("application/grpc-web+proto", frame(order), frame(receipt))],
  ["gRPC-Web in text", call("application/grpc-web-text", inText(order), inText(receipt))],
  ["Connect", call("application/proto", order, receipt)],
];

const uncovered = async (policy: object, source: string) => {
  const cwd = folderWith({ "p.json": policy, "r.ndjson": source });
  const { code, out, err } = await frostglass(["discover", "--policy", "p.json", "r.ndjson", "--json"], { cwd });
  for (const secret of secrets) expect(out + err).not.toContain(secret);
  const selectors = (JSON.parse(out).uncovered as { selector: string }[]).map(({ selector }) => selector);
  return { code, selectors: [...new Set(selectors)].sort() };
};
const policyOf = (...select: string[]) => ({
  name: "p",
  activation: { verify: "presence" },
  protobuf: { descriptors: shopFile },
  rules: select.length > 0 ? [{ name: "r", on: ["request", "response"], select, action: "redact" }] : [],
});

test.each(forms)("%s: fields that look sensitive, by name or by what they hold", async (_, recorded) => {
  const method = "grpc:shop.Checkout/Pay";
  const found = await uncovered(policyOf(), recordings(recorded));
  expect(found.code).toBe(1);
  expect(found.selectors).toEqual(
    [
      "card.number",
      "card.backup.number",
      "cards.number",
      "extra.[shop.Card].number",
      "iban",
      "labels.value",
      "note",
      "wallet.key",
      "wallet.value.number",
    ]
      .map((path) => `${method}:${path}`)
      .sort(),
  );
});

test("a policy covers by method, by type, by name, and by what holds a field", async () => {
  const source = recordings(forms[0]![1]);
  const others = ["grpc:*/*:iban", "proto:shop.Order:labels", "named:note", "proto:shop.Order:wallet"];
  expect(await uncovered(policyOf("proto:shop.Card:number", ...others), source)).toEqual({ code: 0, selectors: [] });
  expect(await uncovered(policyOf("grpc:shop.Checkout/Pay:**.number", ...others), source)).toMatchObject({ code: 0 });
  expect((await uncovered(policyOf("grpc:shop.Checkout/Pay:card", ...others), source)).selectors).toEqual([
    "grpc:shop.Checkout/Pay:cards.number",
    "grpc:shop.Checkout/Pay:extra.[shop.Card].number",
  ]);
});

test("a proposal for a descriptor set and recordings compiles, covers them, and shows no value", async () => {
  const cwd = folderWith({ "r.ndjson": recordings(forms[0]![1]) });
  const { code, out, err } = await frostglass(["discover", shopFile, "r.ndjson"], { cwd });
  expect(code).toBe(0);
  for (const secret of secrets) expect(out + err).not.toContain(secret);
  const { compiled, diagnostics } = compilePolicy({ path: "p.json", text: out });
  expect(diagnostics).toEqual([]);
  const selected = compiled!.rules.flatMap(({ selectors }) => selectors.map(({ expression }) => expression));
  expect(selected).toContain("shop.Checkout/Pay:card.number");
  // No recording has it: the set alone says that there is one.
  expect(selected).toContain("shop.Checkout/Chat:iban");
  const found = await uncovered(JSON.parse(out), recordings(forms[0]![1]));
  expect(found).toEqual({ code: 0, selectors: [] });
});

test("a descriptor set alone, against a policy", async () => {
  const cwd = folderWith({ "p.json": policyOf("proto:shop.Card:number") });
  const { code, out } = await frostglass(["discover", "--policy", "p.json", shopFile], { cwd });
  expect(code).toBe(1);
  expect(out).toContain("grpc:shop.Checkout/Upload:iban");
  expect(out).not.toContain("number");
});

test("a descriptor set without all that it refers to ends the call as a wrong one", async () => {
  const files = [{ name: "half.proto", package: "half", messageType: [message("M", [1, "card", ".shop.Card"])] }];
  const half = toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: files }));
  const { code, out, err } = await frostglass(["discover", writeSet("half", half)]);
  const remedy = "write it with all imports: buf build -o FILE, or protoc --include_imports -o FILE";
  const expected = `frostglass: a descriptor set does not describe all that it refers to; ${remedy}\n`;
  expect({ code, out, err }).toEqual({ code: 2, out: "", err: expected });
});
