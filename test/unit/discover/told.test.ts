// Fields whose names stand in values: what the text beside a value tells is the field, in the selector that rules by name have.
import { create, createFileRegistry, fromJson, type JsonObject, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { frame, message, writeSet } from "../../support/protobuf.ts";
import { compiled, linesOf, proposalFor, request, surveyOf } from "./support.ts";

const json = (value: unknown) => request("application/json", JSON.stringify(value));
const nothing = compiled({ name: "p", activation: { verify: "presence" }, rules: [] });

const cases: [what: string, body: unknown, fields: string[]][] = [
  ["a name", [{ name: "cvv", value: "737" }], ["named:~'cvv'"]],
  ["a name behind its value", [{ value: 737, key: "CVV" }], ["named:~'cvv'"]],
  ["a label", { a: { label: "Card number:", answer: "none" } }, ["named:~'card number'"]],
  ["a path of names", { key: "customer.name", value: "x" }, ["named:[~'customer'][~'name']"]],
  ["a path, whose last name says it", { path: "/users/0/email", value: "x" }, ["named:~'email'"]],
  ["a URI", { name: "http://schemas.example/claims/emailaddress", value: "x" }, ["named:~'emailaddress'"]],
  ["the first that says something", { id: "x", type: "email", name: "cvv", value: "x" }, ["named:~'email'"]],
  ["a document in a text", { a: JSON.stringify({ name: "cvv", value: "737" }) }, ["named:~'cvv'"]],
  // Names are told as names only where they are known: all others may be values.
  [
    "what says nothing",
    [
      { name: "colour", value: "red" },
      { name: "Jane Roe", value: 7 },
    ],
    [],
  ],
  ["an object as the value, told by its own names", { name: "cvv", value: { email: "x" } }, ["json:$.value.email"]],
];

test.each(cases)("%s", async (_, body, fields) => {
  const found = await surveyOf([json(body)]);
  expect(linesOf(found)).toEqual(fields.map((field) => `request ${field}`));
  // What was proposed covers it, and nothing else did.
  expect(linesOf(await surveyOf([json(body)], nothing))).toEqual(linesOf(found));
  expect(linesOf(await surveyOf([json(body)], compiled(proposalFor(found))))).toEqual([]);
});

test("a policy with another name leaves it open, one with the place does not", async () => {
  const recording = json([{ name: "cvv", value: "737" }]);
  const policy = (select: string) =>
    compiled({ name: "p", activation: { verify: "presence" }, rules: [{ name: "r", select, action: "strip" }] });
  expect(linesOf(await surveyOf([recording], policy("named:cvc")))).toEqual(["request named:~'cvv'"]);
  expect(linesOf(await surveyOf([recording], policy("named:cvv")))).toEqual([]);
  expect(linesOf(await surveyOf([recording], policy("json:$[*].value")))).toEqual([]);
});

test("base64 and tokens, in which rules by name do not look, are told by their places", async () => {
  const token = [{ alg: "none" }, { name: "cvv", value: "a@mail.example" }, ""].map((part) =>
    Buffer.from(part === "" ? "" : JSON.stringify(part)).toString("base64url"),
  );
  expect(linesOf(await surveyOf([json({ t: token.join(".") })]))).toEqual(["request json:$.t|jwt:$.value"]);
});

test.each<[what: string, body: string, fields: string[]]>([
  ["an attribute, for a text", '<a><field name="cvv">737</field></a>', ["named:~'cvv'"]],
  ["an attribute, for one behind it", '<a><p key="cvv" value="737"/></a>', ["named:~'cvv'"]],
  [
    "an element, for one behind it",
    "<a><entry><name>Card&#x20;number</name><value>none</value></entry></a>",
    ["named:~'card number'"],
  ],
  ["an attribute that stands for a text", '<a><system value="email"/><value value="x"/></a>', ["named:~'email'"]],
  [
    "an attribute, for an element that holds the value",
    '<s:Statement xmlns:s="urn:s"><s:Attribute Name="email"><s:AttributeValue>x</s:AttributeValue></s:Attribute></s:Statement>',
    ["named:~'email'"],
  ],
  ["an attribute, for what is told by its own name", '<a><b type="cvv"><email>x</email></b></a>', ["xml:/a/b/email"]],
  // Nothing waits in XML.
  ["one behind its value", '<a><p value="737" key="cvv"/><value>737</value><key>cvv</key></a>', []],
  ["an attribute with a prefix", '<a xmlns:x="urn:x"><p x:type="cvv">737</p></a>', []],
  ["what says nothing", '<a><field name="colour">red</field><field name="Jane Roe">7</field></a>', []],
])("in XML %s", async (_, body, fields) => {
  const recording = request("application/xml", body);
  const found = await surveyOf([recording]);
  expect(linesOf(found)).toEqual(fields.map((field) => `request ${field}`));
  expect(linesOf(await surveyOf([recording], nothing))).toEqual(linesOf(found));
  expect(linesOf(await surveyOf([recording], compiled(proposalFor(found))))).toEqual([]);
});

const set = create(FileDescriptorSetSchema, {
  file: [
    {
      name: "meta.proto",
      package: "meta",
      syntax: "proto3",
      messageType: [
        message("Label", [1, "value", "STRING"], [2, "key", "STRING"]),
        message("AnyValue", [1, "string_value", "STRING"], [2, "label", ".meta.Label"]),
        message("Attribute", [1, "key", "STRING"], [2, "value", ".meta.AnyValue"]),
        message("All", [1, "labels", ".meta.Label", "repeated"], [2, "attributes", ".meta.Attribute", "repeated"]),
      ],
      service: [{ name: "Meta", method: [{ name: "Put", inputType: ".meta.All", outputType: ".meta.All" }] }],
    },
  ],
});
const registry = createFileRegistry(set);
const protobuf = { descriptors: writeSet("meta", toBinary(FileDescriptorSetSchema, set)) };

test.each<[what: string, body: JsonObject, fields: string[]]>([
  ["a label", { labels: [{ key: "cvv", value: "737" }] }, ["named:~'cvv'"]],
  ["a value that is a message", { attributes: [{ key: "card.cvv", value: { stringValue: "737" } }] }, ["named:~'cvv'"]],
  [
    "what is in that, told by its own names",
    { attributes: [{ key: "cvv", value: { label: { key: "email", value: "x" } } }] },
    ["named:~'email'"],
  ],
  [
    "what says nothing",
    { labels: [{ key: "colour", value: "red" }], attributes: [{ value: { stringValue: "7" } }] },
    [],
  ],
])("in protobuf %s", async (_, body, fields) => {
  const type = registry.getMessage("meta.All")!;
  const message = frame(toBinary(type, fromJson(type, body, { registry })));
  const recording = request("application/grpc", message, { path: "/meta.Meta/Put" });
  const policy = (rules: object[]) => compiled({ name: "p", activation: { verify: "presence" }, protobuf, rules });
  const open = async (...rules: object[]) => linesOf(await surveyOf([recording], policy(rules)));
  const told = fields.map((field) => `request ${field}`);
  expect(await open()).toEqual(told);
  const select = ["named:[~'cvv',~'email']"];
  expect(await open({ name: "r", select, action: "redact" })).toEqual([]);
});
