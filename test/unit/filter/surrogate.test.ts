// A JSON string may hold half a surrogate pair, which is no character. Where it comes back in a place that is no JSON, U+FFFD
// stands for it: three bytes that are no UTF-8 would make the whole message unreadable for many receivers.

import { expect, test } from "vitest";
import { bodyOf, headerOf, json, pluginOf, type Sent, send } from "./support.ts";

const places = [
  "json:$.note",
  "json-key:$.keys[*]",
  "json:$.blob|base64",
  "header:x-note",
  "query:note",
  "cookie:note",
  "path:/p/{note}",
  "form:note",
  "form:blob|base64",
  "form:inner|json:$.note",
  "multipart:note",
  "multipart:opened|jwt:$.a",
  "multipart:opened",
  "multipart-filename:file",
];
const token = { name: "note", select: places, action: { tokenize: { format: "opaque" } } };
const inside = {
  name: "inside",
  on: "egress-request",
  select: ["form:text", "header:x-text"],
  action: { reveal: { rule: "note", anywhere: true } },
};
const policy = { egress: { clusters: ["out"] }, rules: [token, inside] };
const [edge, egress] = [pluginOf(policy), pluginOf(policy, "egress")];
const tokenOf = (value: string): string => JSON.parse(bodyOf(send(edge, { body: `{"note":"${value}"}` }))).note;

const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];
const parts: [string, string] = ["content-type", "multipart/form-data; boundary=XX"];
const part = (disposition: string, value: string): string =>
  `--XX\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${value}\r\n--XX--\r\n`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const left = (sent: Sent) => send(egress, sent, { properties: { "xds.cluster_name": "out" } });
const bodyLeft = (type: [string, string], body: string): string => bodyOf(left({ headers: [type], body }));
const utf8 = (text: string | undefined): string => Buffer.from(text ?? "", "latin1").toString();

test.each([
  ["a\\ud800b", "a\ufffdb"],
  ["\\udfff\\udc00", "\ufffd\ufffd"],
  ["\\ud83d\\ude00 \\ud83d", "\u{1f600} \ufffd"],
  ["\\ud7ff\\ue000", "\ud7ff\ue000"],
])("%s", (escaped, text) => {
  const hidden = tokenOf(escaped);
  const encoded = encodeURIComponent(text);
  const read = JSON.parse(`"${escaped}"`) as string;
  expect(bodyLeft(form, `note=${hidden}&text=+${hidden}`)).toBe(`note=${encoded}&text=%20${encoded}`);
  expect(bodyLeft(form, `blob=${encodeURIComponent(base64(hidden))}`)).toBe(`blob=${encodeURIComponent(base64(text))}`);
  expect(bodyLeft(parts, part('name="note"', hidden))).toBe(part('name="note"', text));
  expect(bodyLeft(parts, part('name="opened"', hidden))).toBe(part('name="opened"', text));
  expect(bodyLeft(parts, part(`name="file"; filename="${hidden}"`, ""))).toBe(
    part(`name="file"; filename="${text}"`, ""),
  );
  const result = left({
    method: "GET",
    path: `/p/${hidden}?note=${hidden}`,
    headers: [
      ["cookie", `note=${hidden}`],
      ["x-note", hidden],
      ["x-text", `a ${hidden}`],
    ],
  });
  expect(headerOf(result, ":path")).toBe(`/p/${encoded}?note=${encoded}`);
  expect(utf8(headerOf(result, "cookie"))).toBe(`note=${encoded}`);
  expect([utf8(headerOf(result, "x-note")), utf8(headerOf(result, "x-text"))]).toEqual([text, `a ${text}`]);
  // In JSON, names too, it is what it was.
  const document = { note: hidden, keys: { [hidden]: 1 }, blob: base64(hidden) };
  expect(JSON.parse(bodyLeft(json, JSON.stringify(document)))).toEqual({
    note: read,
    keys: { [read]: 1 },
    blob: base64(text),
  });
  const inner = bodyLeft(form, `inner=${encodeURIComponent(JSON.stringify({ note: hidden }))}`);
  expect(JSON.parse(new URLSearchParams(inner).get("inner")!)).toEqual({ note: read });
});
