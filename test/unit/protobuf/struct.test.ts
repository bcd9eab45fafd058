// google.protobuf.Struct, in which services carry JSON: what detectors find in it goes, numbers included, which are doubles
// there. @bufbuild/protobuf reads what leaves.
import {
  create,
  createFileRegistry,
  fromBinary,
  fromJson,
  type JsonObject,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, file_google_protobuf_struct } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { frame, frames, message, writeSet } from "../../support/protobuf.ts";
import { Bench } from "../replay/support.ts";

const set = create(FileDescriptorSetSchema, {
  file: [
    file_google_protobuf_struct.proto,
    {
      name: "loose.proto",
      package: "loose",
      syntax: "proto3",
      dependency: ["google/protobuf/struct.proto"],
      messageType: [message("Order", [1, "id", "STRING"], [2, "meta", ".google.protobuf.Struct"])],
      service: [{ name: "Shop", method: [{ name: "Pay", inputType: ".loose.Order", outputType: ".loose.Order" }] }],
    },
  ],
});
const registry = createFileRegistry(set);
const order = registry.getMessage("loose.Order")!;
const descriptors = writeSet("loose", toBinary(FileDescriptorSetSchema, set));

async function left(meta: JsonObject, rule: object): Promise<unknown> {
  const bench = new Bench({ protobuf: { descriptors }, rules: [{ name: "r", action: "redact", ...rule }] });
  const body = frame(toBinary(order, fromJson(order, { id: "a", meta }, { registry })));
  const headers: [string, string][] = [["content-type", "application/grpc"]];
  const run = await bench.run({ id: "one", request: { method: "POST", path: "/loose.Shop/Pay", headers, body } });
  expect(bench.findings(run)).toEqual([]);
  return (toJson(order, fromBinary(order, frames(run.result.request!.body)[0]!), { registry }) as JsonObject).meta;
}

const pan = "4111111111111111";
const meta = { a: { b: [`pay ${pan}`, Number(pan), 1.5, -7, null, true] }, [pan]: Number(pan) };

test("finds, at any depth, in texts, numbers and names", async () => {
  expect(await left(meta, { select: "any:", detect: ["CREDIT_CARD"] })).toEqual({
    a: { b: ["pay [redacted]", 0, 1.5, -7, null, true] },
    "[redacted]": 0,
  });
});

test("all texts, or all numbers, by the names of google.protobuf.Value", async () => {
  expect(await left(meta, { select: "proto:google.protobuf.Value:string_value" })).toEqual({
    a: { b: ["[redacted]", Number(pan), 1.5, -7, null, true] },
    [pan]: Number(pan),
  });
  expect(await left(meta, { select: "proto:google.protobuf.Value:number_value" })).toEqual({
    a: { b: [`pay ${pan}`, 0, 0, 0, null, true] },
    [pan]: 0,
  });
});
