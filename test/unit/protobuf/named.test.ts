// Selectors by name alone over protobuf fields, and with them the presets: as .proto files spell the names and as JSON does,
// wherever a field stands, and never the names that the wire alone has.
import {
  create,
  createFileRegistry,
  fromBinary,
  fromJson,
  type JsonObject,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import {
  FileDescriptorSetSchema,
  file_google_protobuf_any,
  file_google_protobuf_wrappers,
} from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { type Exchange, runExchange } from "../../../scripts/host/index.ts";
import { type CompiledPolicy, compilePolicy } from "../../../scripts/policy/index.ts";
import { lintPolicy } from "../../../scripts/policy/lint/index.ts";
import { Prover } from "../../../scripts/replay/proof.ts";
import { entry, frame, frames, message, writeSet } from "../../support/protobuf.ts";
import { machine } from "../filter/support.ts";

const set = create(FileDescriptorSetSchema, {
  file: [
    file_google_protobuf_any.proto,
    file_google_protobuf_wrappers.proto,
    {
      name: "people.proto",
      package: "people",
      syntax: "proto3",
      dependency: ["google/protobuf/any.proto", "google/protobuf/wrappers.proto"],
      messageType: [
        message(
          "Payment",
          [1, "card_number", "STRING"],
          [2, "cardHolder", "STRING"],
          [3, "cvv", "UINT32"],
          [4, "expiry_year", "INT32"],
        ),
        {
          ...message(
            "Person",
            [1, "first_name", "STRING"],
            [2, "email", "STRING"],
            [3, "date_of_birth", "STRING"],
            [4, "ip_address", "STRING"],
            [5, "ssn", "STRING"],
            [6, "payment", ".people.Payment"],
            [7, "payments", ".people.Person.PaymentsEntry", "repeated"],
            [8, "extra", ".google.protobuf.Any"],
            [9, "phone_number", ".google.protobuf.StringValue"],
            [10, "password", "STRING"],
            [11, "api_key", "BYTES"],
            [12, "plan", "STRING"],
            [13, "labels", ".people.Person.LabelsEntry", "repeated"],
            [14, "levels", ".people.Person.LevelsEntry", "repeated"],
          ),
          nestedType: [
            entry("PaymentsEntry", ".people.Payment"),
            entry("LabelsEntry", "STRING"),
            { ...message("LevelsEntry", [1, "key", "INT32"], [2, "value", "STRING"]), options: { mapEntry: true } },
          ],
        },
      ],
      service: [
        {
          name: "Registry",
          method: [{ name: "Add", inputType: ".people.Person", outputType: ".people.Person" }],
        },
      ],
    },
  ],
});
const descriptors = writeSet("people", toBinary(FileDescriptorSetSchema, set));
const registry = createFileRegistry(set);
const Person = registry.getMessage("people.Person")!;

const payment = { cardNumber: "4111111111111111", cardHolder: "Zoe Quist", cvv: 737, expiryYear: 2031 };
const person = {
  firstName: "Zoe",
  email: "zoe@example.org",
  dateOfBirth: "1984-03-09",
  ipAddress: "192.0.2.17",
  ssn: "078-05-1120",
  payment,
  payments: { main: payment },
  extra: { "@type": "type.googleapis.com/people.Payment", ...payment },
  phoneNumber: "+1 415 555 0132",
  password: "tiger-in-the-tank",
  apiKey: Buffer.from("0123456789abcdef0123").toString("base64"),
  plan: "basic",
  labels: { key: "kept", value: "kept" },
};

/** With presets, unlike the policies of other tests. */
function compileTest(policy: object): CompiledPolicy {
  const text = JSON.stringify({
    name: "t",
    activation: { always: true },
    keys: { root: { env: "FROSTGLASS_KEY" } },
    ...policy,
  });
  const { compiled, diagnostics } = compilePolicy({ path: "policy.json", text });
  if (!compiled) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return compiled;
}

/** What the service gets, shown to be free of all that the policy selects. */
function send(policy: object, json: JsonObject = person): JsonObject {
  const body = frame(toBinary(Person, fromJson(Person, json, { registry })));
  const headers: [string, string][] = [["content-type", "application/grpc"]];
  const exchange: Exchange = { request: { method: "POST", path: "/people.Registry/Add", headers, body } };
  const compiled = compileTest(policy);
  const result = runExchange(machine().vm.plugin("test", compiled.binary), exchange, { holdHeaders: true });
  expect(result.reason).toBeUndefined();
  const run = { exchange, isActive: true, result: { ...result, isReply: false } };
  expect(new Prover(compiled).prove(run as never).findings).toEqual([]);
  for (let chunk = 1; chunk < 60; chunk += 7) {
    const cut = runExchange(machine().vm.plugin("test", compiled.binary), exchange, { holdHeaders: true, chunk });
    expect(Buffer.from(cut.request!.body).equals(result.request!.body)).toBe(true);
  }
  return toJson(Person, fromBinary(Person, frames(result.request!.body)[0]!), { registry }) as JsonObject;
}

const protobuf = { descriptors };
const redact = (...select: string[]) => ({ protobuf, rules: [{ name: "r", select, action: "redact" }] });

describe("named:", () => {
  test.each(["card_number", "cardNumber"])("%s is found by either spelling, wherever the message stands", (name) => {
    const hidden = { ...payment, cardNumber: "[redacted]" };
    expect(send(redact(`named:${name}`))).toEqual({
      ...person,
      payment: hidden,
      payments: { main: hidden },
      extra: { "@type": "type.googleapis.com/people.Payment", ...hidden },
    });
  });

  test("a message, a wrapper and a map of the name go as a whole, numbers become 0", () => {
    const left = send(redact("named:payments", "named:phoneNumber", "named:expiry_year"));
    const { payments: _, ...others } = person;
    const hidden = { cardNumber: payment.cardNumber, cardHolder: payment.cardHolder, cvv: 737 };
    expect(left).toEqual({
      ...others,
      payment: hidden,
      extra: { "@type": "type.googleapis.com/people.Payment", ...hidden },
      phoneNumber: "",
    });
  });

  test("a name right below another one, through lists and maps where a step may be one", () => {
    const hidden = { ...payment, cardNumber: "[redacted]" };
    expect(send(redact("named:['payment','x']['card_number','y']"))).toEqual({ ...person, payment: hidden });
    expect(send(redact("named:['payments'][*]['cardNumber']"))).toEqual({ ...person, payments: { main: hidden } });
    expect(send(redact("named:['person']['cardNumber']", "named:['payments']['key']"))).toEqual(person);
  });

  test("names that the wire alone has are none: entries of maps, values of wrappers and of Any", () => {
    const named = { ...person, labels: { other: "kept" } };
    expect(send(redact("named:key", "named:value", "named:type_url"), named)).toEqual(named);
  });

  test("the key of an entry is a name: what it holds is acted on, and goes with it", () => {
    const labels = { email: "zoe@example.org", plan: "basic" };
    const payments = { main: payment, first_name: payment };
    const sent = { ...person, labels, payments };
    expect(send(redact("named:email"), sent)).toEqual({
      ...sent,
      email: "[redacted]",
      labels: { ...labels, email: "[redacted]" },
    });
    expect(send({ protobuf, rules: [{ name: "r", select: "named:email", action: "strip" }] }, sent)).toEqual(
      Object.fromEntries(Object.entries({ ...sent, labels: { plan: "basic" } }).filter(([name]) => name !== "email")),
    );
    expect(send(redact("named:first_name"), sent)).toEqual({
      ...sent,
      firstName: "[redacted]",
      payments: { main: payment, first_name: {} },
    });
    const masked = send({ protobuf, rules: [{ name: "r", select: "named:main", action: { mask: {} } }] }, sent);
    expect((masked.payments as JsonObject).main).not.toEqual(payment);
    expect((masked.payments as JsonObject).first_name).toEqual(payment);
  });

  test("rules that detect look into what an entry of the name holds, and no further", () => {
    const labels = { note: "zoe@example.org", plan: "zoe@example.org" };
    const sent = {
      ...person,
      labels,
      payments: { note: { ...payment, cardHolder: "zoe@example.org" }, main: payment },
    };
    const rules = [{ name: "r", select: "named:note", detect: ["EMAIL_ADDRESS"], action: "redact" }];
    expect(send({ protobuf, rules }, sent)).toEqual({
      ...sent,
      labels: { ...labels, note: "[redacted]" },
      payments: { note: { ...payment, cardHolder: "[redacted]" }, main: payment },
    });
  });

  test("what acts by a key acts on no other entry, nor where keys are numbers", () => {
    const sent = { ...person, labels: { plan: "basic", email: "zoe@example.org" }, levels: { 1: "low", 2: "high" } };
    const rules = [
      { name: "whole", select: "named:email", action: "strip" },
      { name: "found", select: "named:email", detect: ["EMAIL_ADDRESS"], action: "redact" },
    ];
    const read = { name: "read", select: "grpc:*/*:levels.value", detect: ["CREDIT_CARD"], action: "redact" };
    const { labels, levels } = send({ protobuf, rules: [...rules, read] }, sent);
    expect({ labels, levels }).toEqual({ labels: { plan: "basic" }, levels: sent.levels });
  });

  test("the first rule decides of an entry, too", () => {
    const labels = { email: "zoe@example.org", plan: "basic" };
    const rules = (first: string, second: string) => ({
      protobuf,
      rules: [
        { name: "a", select: first, action: "pass" },
        { name: "b", select: second, action: "redact" },
      ],
    });
    const of = (policy: object) => send(policy, { ...person, labels }).labels;
    expect(of(rules("named:email", "named:labels"))).toBeUndefined();
    expect(of(rules("grpc:*/*:labels.value", "named:email"))).toEqual(labels);
    expect(of(rules("named:plan", "grpc:*/*:labels.value"))).toEqual({ ...labels, email: "[redacted]" });
  });

  test("the first rule decides, whether it selects by path or by name", () => {
    const rules = (first: string, second: string) => ({
      protobuf,
      rules: [
        { name: "one", select: first, action: { redact: { with: "one" } } },
        { name: "two", select: second, action: { redact: { with: "two" } } },
      ],
    });
    expect(send(rules("named:email", "proto:people.Person:email")).email).toBe("one");
    expect(send(rules("proto:people.Person:email", "named:email")).email).toBe("one");
  });

  test("detectors look into all that is in a field of the name", () => {
    const rules = [{ name: "d", select: "named:payment", detect: ["CREDIT_CARD"], action: "redact" }];
    expect(send({ protobuf, rules }).payment).toEqual({ ...payment, cardNumber: "[redacted]" });
  });
});

test.each([
  ["JSON names", "people.Person", "dateOfBirth"],
  ["names of .proto files", "people.Person", "date_of_birth"],
])("proto: and grpc: take %s", (_, type, name) => {
  expect(send(redact(`proto:${type}:${name}`)).dateOfBirth).toBe("[redacted]");
  expect(
    send(redact(`grpc:people.Registry/Add:payment.${name === "dateOfBirth" ? "cardNumber" : "card_number"}`)).payment,
  ).toEqual({
    ...payment,
    cardNumber: "[redacted]",
  });
});

describe("presets", () => {
  const under = (preset: string) => send({ extends: [preset], protobuf, rules: [] });
  test("pci-dss", () => {
    const left = under("pci-dss");
    const [number] = [(left.payment as JsonObject).cardNumber];
    expect(number).toMatch(/^411111\d{10}$/);
    expect(left.payment).toEqual({ cardNumber: number, cardHolder: "*** *****", expiryYear: expect.anything() });
    expect(left.payments).toEqual({ main: left.payment });
    expect(left.extra).toEqual({ "@type": "type.googleapis.com/people.Payment", ...(left.payment as JsonObject) });
    expect(left.plan).toBe("basic");
  });
  test("hipaa-safe-harbor", () => {
    const left = under("hipaa-safe-harbor");
    for (const name of ["firstName", "email", "ipAddress", "ssn", "dateOfBirth"] as const) {
      expect(left[name]).not.toBe(person[name]);
    }
    expect(left.plan).toBe("basic");
  });
  test("gdpr", () => {
    const left = under("gdpr");
    for (const name of ["firstName", "email", "ipAddress", "ssn"] as const) expect(left[name]).not.toBe(person[name]);
  });
  test("secrets", () => {
    const left = under("secrets");
    expect(left.password).not.toBe(person.password);
    expect(left.apiKey).not.toBe(person.apiKey);
    expect(left.email).toBe(person.email);
  });
});

test("a policy without a descriptor set has no findings for that", () => {
  const compiled = compileTest({ rules: [{ name: "r", select: "named:pan", action: "redact" }] });
  const codes = lintPolicy(compiled, { strict: false }).map(({ code }) => code);
  expect(codes.filter((code) => code.startsWith("unreachable"))).toEqual([]);
});
