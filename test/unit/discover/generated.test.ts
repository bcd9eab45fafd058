// Made-up traffic of all formats: whatever `discover` proposes for it compiles, proves no leak when it is replayed, and leaves
// nothing open when it is asked again.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { compiled, linesOf, proposalFor, replayed, request, response, surveyOf } from "./support.ts";

const value = fc.constantFrom(
  "4111111111111111",
  "zoe@example.org",
  "DE02120300000000202051",
  "203.0.113.9",
  "plain",
  "",
);
const name = fc.constantFrom("email", "number", "note", "ref", "card", "data", "first_name");
const leaf = fc.oneof(
  value,
  value.map((text) => `see ${text} there`),
  fc.integer({ min: 0, max: 99 }),
  fc.constant(null),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    leaf,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(name, tie("tree"), { maxKeys: 4 }),
    tie("tree").map((inner) => JSON.stringify({ email: inner })),
    tie("tree").map((inner) => Buffer.from(JSON.stringify({ inner })).toString("base64")),
  ),
}));
const document = fc.dictionary(name, tree, { minKeys: 1, maxKeys: 4 }).map((one) => JSON.stringify(one));
const fields = fc.array(fc.tuple(fc.constantFrom("email", "ref", "card_number", "data"), fc.oneof(value, document)), {
  minLength: 1,
  maxLength: 4,
});
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const elements = fields.map(
  (list) => `<r>${list.map(([tag, text]) => `<${tag}>${escaped(text)}</${tag}>`).join("")}</r>`,
);
const parts = fields.map((list) => {
  const each = list.map(([label, text]) => `--b\r\nContent-Disposition: form-data; name="${label}"\r\n\r\n${text}\r\n`);
  return `${each.join("")}--b--\r\n`;
});

const message = fc.oneof(
  document.map((body) => ["application/json", body] as const),
  fc.array(document, { minLength: 1, maxLength: 3 }).map((list) => ["application/x-ndjson", list.join("\n")] as const),
  fc
    .array(document, { minLength: 1, maxLength: 3 })
    .map((list) => ["text/event-stream", list.map((one) => `data: ${one}\n\n`).join("")] as const),
  fields.map((list) => ["application/x-www-form-urlencoded", String(new URLSearchParams(list))] as const),
  parts.map((body) => ["multipart/form-data; boundary=b", body] as const),
  elements.map((body) => ["application/xml", body] as const),
  value.map((text) => ["text/plain", `see ${text} there`] as const),
);
const recording = fc.tuple(message, fields, fc.boolean()).map(([[type, body], list, isAnswer]): Recording => {
  const path = `/users/${encodeURIComponent(list[0]![1])}/x?${new URLSearchParams(list)}`;
  return isAnswer ? response(type, body) : request(type, body, { path });
});

test("is covered by its proposal, without a leak", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(recording, { minLength: 1, maxLength: 5 }), async (recordings) => {
      const policy = compiled(proposalFor(await surveyOf(recordings)));
      expect(linesOf(await surveyOf(recordings, policy))).toEqual([]);
      expect(await replayed(policy, recordings)).toEqual([]);
    }),
    { numRuns: 40, seed: 5 },
  );
});
