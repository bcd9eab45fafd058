// `graphql:variables` in every place that servers read variables from: as an object or as a text of JSON, in a body, a batch, an
// upload, a GET and forms of both kinds. The leak proof agrees.
import { describe, expect, test } from "vitest";
import { sent } from "../replay/cuts.ts";
import { request } from "../replay/support.ts";

const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];
const multipart: [string, string] = ["content-type", "multipart/form-data; boundary=x"];
const part = (name: string, value: string): string =>
  `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--x--\r\n`;

const pan = { name: "pan", select: "graphql:variables.card.number", action: { mask: { keepLast: 4 } } };
const exact = { rules: [pan] };
const find = { name: "find", select: "any:", detect: ["IBAN_CODE"], action: "redact" };
const byName = { name: "cvc", select: "named:cvc", action: "redact" };
const iban = "DE89370400440532013000";

const document = (number: string, note = iban) => `{"card": {"number": "${number}", "cvc": 7}, "note": "${note}"}`;
const given = document("4111222233334444");
const made = document("************4444");

const texts = {
  "a body": (text: string) => request(`{"variables":${JSON.stringify(text)}}`),
  "a batch": (text: string) => request(`[{"variables":${JSON.stringify(text)}}]`),
  "a body of a client in Go": (text: string) => request(`{"Variables":${JSON.stringify(text)}}`),
  "an upload": (text: string) =>
    request(part("operations", `{"variables":${JSON.stringify(text)}}`), { headers: [multipart] }),
  "a form": (text: string) => request(`variables=${encodeURIComponent(text)}`, { headers: [form] }),
  "a form of multipart": (text: string) => request(part("variables", text), { headers: [multipart] }),
};
const objects = {
  "a body": (text: string) => request(`{"variables":${text}}`),
  "a body of a client in Go": (text: string) => request(`[{"Variables":${text}}]`),
  "an upload": (text: string) => request(part("operations", `[{"variables":${text}}]`), { headers: [multipart] }),
};
const bodyOf = ({ request: { body } }: ReturnType<typeof request>) => ({ body: Buffer.from(body!).toString() });

describe.each([...Object.entries(objects), ...Object.entries(texts)])("%s", (_, put) => {
  test("what is selected changes", async () => {
    expect(await sent(put(given), exact)).toMatchObject(bodyOf(put(made)));
  });

  test("with rules by name, and what looks everywhere", async () => {
    const both = document("************4444", "[redacted]");
    expect(await sent(put(given), { rules: [pan, find] })).toMatchObject(bodyOf(put(both)));
    expect(await sent(put(given), { rules: [pan, byName, find] })).toMatchObject(
      bodyOf(put(both.replace('"cvc": 7', '"cvc": 0'))),
    );
  });
});

describe("a text that is none of JSON", () => {
  test.each(["", "{}", "null", "x", "{card: 1}"])("stays in a body: %j", async (text) => {
    const recording = texts["a body"](text);
    expect(await sent(recording, exact)).toMatchObject(bodyOf(recording));
  });

  test("is refused where it begins as such", async () => {
    expect(await sent(texts["a body"]('{"card":{"number":"4111"'), exact)).toBe("nested_value");
    expect(await sent(texts["a body"]('{"card":{"number":"4111"'), { ...exact, unsupported: "empty" })).toMatchObject({
      body: '{"variables":""}',
    });
  });

  test("is taken by a rule on the whole", async () => {
    const whole = { name: "whole", select: "json:$.variables", action: "strip" };
    expect(await sent(texts["a body"](given), { rules: [pan, whole] })).toMatchObject({ body: "{}" });
  });
});
