// A call of OpenTelemetry, whose attributes tell their names as texts, through `apply` and `replay` under a preset: what an
// attribute of a known name holds is gone, in either form, and `replay` proves it.
import {
  create,
  createFileRegistry,
  fromBinary,
  fromJson,
  type JsonObject,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { frame, frames, message, writeSet } from "../../support/protobuf.ts";
import { telemetryTypes } from "../../support/told-messages.ts";
import { folderWith, frostglass } from "./support.ts";

// The names and numbers of opentelemetry-proto, in one package.
const set = create(FileDescriptorSetSchema, {
  file: [
    {
      name: "otlp.proto",
      package: "otlp",
      syntax: "proto3",
      messageType: [
        ...telemetryTypes("otlp"),
        message("Resource", [1, "attributes", ".otlp.KeyValue", "repeated"]),
        message(
          "Span",
          [1, "trace_id", "BYTES"],
          [5, "name", "STRING"],
          [9, "attributes", ".otlp.KeyValue", "repeated"],
        ),
        message("ScopeSpans", [2, "spans", ".otlp.Span", "repeated"]),
        message("ResourceSpans", [1, "resource", ".otlp.Resource"], [2, "scope_spans", ".otlp.ScopeSpans", "repeated"]),
        message("ExportRequest", [1, "resource_spans", ".otlp.ResourceSpans", "repeated"]),
        message("ExportResponse"),
      ],
      service: [
        {
          name: "TraceService",
          method: [{ name: "Export", inputType: ".otlp.ExportRequest", outputType: ".otlp.ExportResponse" }],
        },
      ],
    },
  ],
});
const registry = createFileRegistry(set);
const Request = registry.getMessage("otlp.ExportRequest")!;
const policy = {
  name: "telemetry",
  activation: { always: true },
  extends: ["pci-dss"],
  keys: { root: { env: "FROSTGLASS_KEY" } },
  protobuf: { descriptors: writeSet("otlp", toBinary(FileDescriptorSetSchema, set)) },
  rules: [],
};
const environment = { FROSTGLASS_KEY: "00".repeat(32) };
const path = "/otlp.TraceService/Export";

const request = (attributes: JsonObject[]): JsonObject => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] },
      scopeSpans: [{ spans: [{ name: "pay", attributes }] }],
    },
  ],
});
const sent = request([
  { key: "card.cvv", value: { stringValue: "737" } },
  { key: "cvv", value: { intValue: "737" } },
  { key: "http.route", value: { stringValue: "/pay" } },
  { key: "order", value: { kvlistValue: { values: [{ key: "card_cvc", value: { stringValue: "737" } }] } } },
]);
const left = request([
  { key: "card.cvv" },
  { key: "cvv" },
  { key: "http.route", value: { stringValue: "/pay" } },
  { key: "order", value: { kvlistValue: { values: [{ key: "card_cvc" }] } } },
]);
const body = frame(toBinary(Request, fromJson(Request, sent, { registry })));

test.each([[[]], [["--chunk", "1"]], [["--chunk", "random:7"]]])("apply, %j", async (more) => {
  const cwd = folderWith({ "p.json": policy });
  const args = [
    "apply",
    "--policy",
    "p.json",
    "--path",
    path,
    "-H",
    "content-type: application/grpc",
    "--json",
    ...more,
  ];
  const { code, out } = await frostglass(args, { cwd, environment, stdin: body });
  expect(code).toBe(0);
  const [bytes] = frames(Buffer.from((JSON.parse(out) as { body: string }).body, "base64"));
  expect(toJson(Request, fromBinary(Request, bytes!), { registry })).toEqual(left);
});

test("replay finds nothing left", async () => {
  const recording = {
    id: "1",
    request: {
      method: "POST",
      path,
      headers: [["content-type", "application/grpc"]],
      bodyBase64: body.toString("base64"),
    },
  };
  const cwd = folderWith({ "p.json": policy, "r.ndjson": `${JSON.stringify(recording)}\n` });
  const args = ["replay", "--policy", "p.json", "r.ndjson", "--chunk", "each"];
  const { code, out } = await frostglass(args, { cwd, environment });
  expect({ code, out }).toMatchObject({ code: 0 });
  expect(out).not.toContain("737");
});
