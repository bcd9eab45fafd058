// Lint over selectors of protobuf: rules that never decide, and unknown fields that pass.
import { create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, file_google_protobuf_struct } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { lintPolicy } from "../../../scripts/policy/lint/index.ts";
import { compileTest } from "../../support/engine-policy.ts";
import { message, shopFile, writeSet } from "../../support/protobuf.ts";

type Short = [select: string | string[], action: unknown, more?: object];

const lint = (rules: Short[], protobuf: object = {}) =>
  lintPolicy(
    compileTest({
      protobuf: { descriptors: shopFile, ...protobuf },
      rules: rules.map(([select, action, more], at) => ({ name: `r${at}`, select, action, ...more })),
    }),
    { strict: false },
  )
    .map(({ code }) => code)
    // The shop has cards and no codes, and says so in each case.
    .filter((code) => code !== "pci-authentication-data-missing");

const found = { detect: ["EMAIL_ADDRESS"] };

describe("reach", () => {
  test.each<[string, Short[], string[]]>([
    [
      "the same field",
      [
        ["proto:shop.Card:number", "pass"],
        ["proto:shop.Card:number", "redact"],
      ],
      ["unreachable-rule"],
    ],
    [
      "the type before the path",
      [
        ["proto:shop.Card:number", "pass"],
        ["grpc:*/*:card.number", "redact"],
      ],
      ["unreachable-rule"],
    ],
    [
      "the path before the type",
      [
        ["grpc:*/*:card.number", "pass"],
        ["proto:shop.Card:number", "redact"],
      ],
      [],
    ],
    [
      "any field before two steps",
      [
        ["grpc:*/*:*.number", "pass"],
        ["grpc:*/*:cards.backup.number", "redact"],
      ],
      [],
    ],
    [
      "any depth before two steps",
      [
        ["grpc:*/*:**.number", "pass"],
        ["grpc:*/*:cards.backup.number", "redact"],
      ],
      ["unreachable-rule"],
    ],
    [
      "below what goes as a whole",
      [
        ["grpc:*/*:card", "strip"],
        ["grpc:*/*:card.number", "redact"],
      ],
      ["unreachable-rule"],
    ],
    [
      "below what is covered",
      [
        ["grpc:*/*:card", { mask: {} }],
        ["grpc:*/*:card.number", "redact"],
      ],
      ["unreachable-rule"],
    ],
    [
      "below what passes",
      [
        ["grpc:*/*:card", "pass"],
        ["grpc:*/*:card.number", "redact"],
      ],
      [],
    ],
    [
      "one of two selectors",
      [
        ["grpc:*/*:card.number", "pass"],
        [["grpc:*/*:card.number", "grpc:*/*:note"], "redact"],
      ],
      ["unreachable-selector"],
    ],
    [
      "a field of answers in requests",
      [
        ["grpc:*/Pay:card.number", "redact"],
        ["grpc:*/Pay:note", "strip", { on: "response" }],
      ],
      ["unreachable-rule"],
    ],
    [
      "in an Any",
      [
        ["proto:shop.Order:extra.[shop.Card].number", "redact"],
        ["proto:shop.Card:number", "strip"],
      ],
      [],
    ],
    [
      "behind one that detects",
      [
        ["proto:shop.Order:note", "redact", found],
        ["proto:shop.Order:note", "strip"],
      ],
      [],
    ],
    [
      "one that detects, behind",
      [
        ["proto:shop.Order:note", "strip"],
        ["proto:shop.Order:note", "redact", found],
      ],
      ["unreachable-rule"],
    ],
  ])("%s", (_, rules, expected) => {
    expect(lint(rules)).toEqual(expected);
  });
});

test("unknown fields that pass", () => {
  const rules: Short[] = [["proto:shop.Card:number", "redact"]];
  expect(lint(rules, { unknown: "pass" })).toEqual(["unknown-pass"]);
  expect(lint(rules, { unknown: "block" })).toEqual([]);
});

test("card numbers and codes are known by their names", () => {
  const codes = (select: string) =>
    lintPolicy(
      compileTest({
        protobuf: { descriptors: shopFile },
        rules: [{ name: "r", select, action: { mask: { keepFirst: 8, keepLast: 8 } } }],
      }),
      { strict: false },
    ).map(({ code }) => code);
  const expected = ["pci-truncation", "pci-authentication-data-missing"].sort();
  expect(codes("proto:shop.Card:number").sort()).toEqual(expected);
  expect(codes("grpc:*/*:card.number").sort()).toEqual(expected);
  expect(codes("proto:shop.Order:note")).toEqual([]);
});

describe("documents in google.protobuf.Struct", () => {
  const set = create(FileDescriptorSetSchema, {
    file: [
      file_google_protobuf_struct.proto,
      {
        name: "meta.proto",
        package: "meta",
        syntax: "proto3",
        dependency: ["google/protobuf/struct.proto"],
        messageType: [
          message("Inner", [1, "document", ".google.protobuf.Value"]),
          message("Order", [1, "id", "STRING"], [2, "extra", ".google.protobuf.Struct"], [3, "inner", ".meta.Inner"]),
        ],
        service: [{ name: "Shop", method: [{ name: "Add", inputType: ".meta.Order", outputType: ".meta.Order" }] }],
      },
    ],
  });
  const protobuf = { descriptors: writeSet("meta", toBinary(FileDescriptorSetSchema, set)) };
  test.each<[string, Short[], string[]]>([
    ["selectors by name look into them", [["named:email", "redact"]], []],
    ["no selector looks into them", [["header:x-email", "redact"]], ["struct-unseen"]],
    ["one of them is taken, the other is not", [["proto:meta.Order:extra", "redact"]], ["struct-unseen"]],
    ["all are taken whole", [[["proto:meta.Order:extra", "proto:meta.Inner:document"], "redact"]], []],
    ["what holds them is covered", [[["proto:meta.Order:extra", "proto:meta.Order:inner"], { mask: {} }]], []],
    ["they are let pass", [[["proto:meta.Order:extra", "proto:meta.Order:inner"], "pass"]], []],
    ["texts in them are selected", [["proto:google.protobuf.Value:string_value", "redact"]], []],
    ["detectors look into them", [["any:", "redact", found]], []],
  ])("%s", (_, rules, expected) => {
    expect(lint(rules, protobuf)).toEqual(expected);
  });
});

describe("JSON to paths of bodies", () => {
  const bodies = [{ path: "/v1/orders/*", request: "shop.Order" }];
  test.each<[string, Short[], string[]]>([
    ["selectors of protobuf alone", [["proto:shop.Card:number", "redact"]], ["json-unseen"]],
    ["a name selects in both", [["named:number", "redact"]], []],
    ["another rule selects in JSON", [[["proto:shop.Card:number", "json:$..number"], "redact"]], []],
    ["detectors look into both", [["any:", "redact", found]], []],
    ["nothing is selected in it", [["proto:shop.Receipt:id", "redact", { on: "response" }]], []],
    ["what it selects may pass", [["proto:shop.Card:number", "pass"]], []],
  ])("%s", (_, rules, expected) => {
    expect(lint(rules, { bodies })).toEqual(expected);
  });

  test("calls in JSON are refused", () => {
    expect(lint([["proto:shop.Card:number", "redact"]])).toEqual([]);
  });
});
