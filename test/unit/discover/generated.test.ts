// Made-up traffic of all formats: whatever `discover` proposes for it compiles, proves no leak when it is replayed, and leaves
// nothing open when it is asked again.
import fc from "fast-check";
import { expect, test } from "vitest";
import { lintPolicy } from "../../../scripts/policy/lint/index.ts";
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
const name = fc.constantFrom(
  "email",
  "number",
  "note",
  "ref",
  "card",
  "data",
  "first_name",
  "zoe@example.org",
  "x y",
  "41",
);
const leaf = fc.oneof(
  value,
  value.map((text) => `see ${text} there`),
  fc.integer({ min: 0, max: 99 }),
  fc.constant(null),
);
const tokenOf = (claims: object): string =>
  [{ alg: "HS256", typ: "JWT" }, claims, "c2ln"]
    .map((part) => (typeof part === "string" ? part : Buffer.from(JSON.stringify(part)).toString("base64url")))
    .join(".");
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    leaf,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(name, tie("tree"), { maxKeys: 4 }),
    tie("tree").map((inner) => JSON.stringify({ email: inner })),
    tie("tree").map((inner) => Buffer.from(JSON.stringify({ inner })).toString("base64")),
    tie("tree").map((inner) => tokenOf({ sub: "zoe", inner })),
  ),
}));
const document = fc.dictionary(name, tree, { minKeys: 1, maxKeys: 4 }).map((one) => JSON.stringify(one));
const label = fc.constantFrom("email", "ref", "card_number", "data", "zoe@example.org", "4111111111111111");
const held = fc.oneof(value, document);
const list = <Name>(names: fc.Arbitrary<Name>) => fc.array(fc.tuple(names, held), { minLength: 1, maxLength: 4 });
const fields = list(label);
const named = list(fc.constantFrom("email", "ref", "card_number", "data"));
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const elements = named.map(
  (list) => `<r>${list.map(([tag, text]) => `<${tag}>${escaped(text)}</${tag}>`).join("")}</r>`,
);
const parts = fields.map((list) => {
  const each = list.map(([label, text]) => `--b\r\nContent-Disposition: form-data; name="${label}"\r\n\r\n${text}\r\n`);
  return `${each.join("")}--b--\r\n`;
});

const operation = fc.tuple(document, value).map(([variables, literal]) =>
  JSON.stringify({
    query: `query($c: C) { me(c: $c, at: {email: ${JSON.stringify(literal)}}) { id } }`,
    variables: { c: JSON.parse(variables) },
  }),
);

const message = fc.oneof(
  document.map((body) => ["application/json", body] as const),
  fc.array(document, { minLength: 1, maxLength: 3 }).map((list) => ["application/x-ndjson", list.join("\n")] as const),
  fc
    .array(document, { minLength: 1, maxLength: 3 })
    .map((list) => ["text/event-stream", list.map((one) => `data: ${one}\n\n`).join("")] as const),
  fields.map((list) => ["application/x-www-form-urlencoded", String(new URLSearchParams(list))] as const),
  parts.map((body) => ["multipart/form-data; boundary=b", body] as const),
  elements.map((body) => ["application/xml", body] as const),
  operation.map((body) => ["application/json", body] as const),
  value.map((text) => ["text/plain", `see ${text} there`] as const),
);
const recording = fc
  .tuple(message, fields, named, fc.boolean())
  .map(([[type, body], list, headers, isAnswer]): Recording => {
    const path = `/users/${encodeURIComponent(list[0]![1])}/x?${new URLSearchParams(list)}`;
    const cookie = list.map(([name, text]) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`).join("; ");
    const more = headers.map(([name, text]) => [`x-${name}`, encodeURI(text)] as const);
    return isAnswer
      ? response(type, body, { headers: more })
      : request(type, body, { path, headers: [["cookie", cookie], ...more] });
  });

test("is covered by its proposal, without a leak", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(recording, { minLength: 1, maxLength: 5 }), async (recordings) => {
      const policy = compiled(proposalFor(await surveyOf(recordings)));
      expect(lintPolicy(policy, { strict: false }).filter(({ severity }) => severity === "error")).toEqual([]);
      expect(linesOf(await surveyOf(recordings, policy))).toEqual([]);
      expect(await replayed(policy, recordings)).toEqual([]);
    }),
    { numRuns: 60, seed: 5 },
  );
});
