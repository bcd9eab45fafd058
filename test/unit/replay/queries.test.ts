// Queries that are narrowed to the names of a document select what json-p3 selects by them in full.
import fc from "fast-check";
import { jsonpath } from "json-p3";
import { expect, test } from "vitest";
import { DocumentQuery } from "../../../scripts/replay/queries.ts";
import { parseDocument } from "../../../scripts/replay/tree.ts";
import { variants } from "../../../scripts/replay/variants.ts";

const name = fc.constantFrom("a", "b", "c", "__proto__", "length", "0", "");
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: "small" }, fc.integer(), fc.array(tie("value")), tie("object")),
  object: fc
    .array(fc.tuple(name, tie("value")), { maxLength: 4 })
    .map((members) => Object.defineProperties({}, Object.fromEntries(members.map(([key, one]) => [key, own(one)])))),
}));
const own = (one: unknown) => ({ value: one, enumerable: true, configurable: true, writable: true });

const quoted = (names: readonly string[]) => names.map((one) => `'${one}'`).join(",");
const segment = fc.oneof(
  fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => `[${quoted(names)}]`),
  fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => `..[${quoted(names)}]`),
  name.map((one) => `['${one}',0]`),
  fc.constantFrom("[*]", "..*", "[0]", "[1:]"),
);
const expression = fc.array(segment, { maxLength: 4 }).map((segments) => `$${segments.join("")}`);

const setOf = (locations: readonly (readonly (string | number)[])[]) =>
  new Set(locations.map((location) => JSON.stringify(location)));

test("for any document and query, the same set of nodes", () => {
  fc.assert(
    fc.property(value, expression, (document, query) => {
      const parsed = parseDocument(Buffer.from(JSON.stringify(document)))!;
      for (const variant of variants(parsed)) {
        const full = jsonpath.query(query, variant.value as never).nodes.map(({ location }) => location);
        expect(setOf(DocumentQuery.of(query).locations(variant.value, variant.names))).toEqual(setOf(full));
      }
    }),
    { numRuns: 2000 },
  );
});

test("a name that comes twice selects once, and one that no member has nothing", () => {
  const [variant] = [...variants(parseDocument(Buffer.from('{"a":{"b":1}}'))!)];
  expect(DocumentQuery.of("$..['b','b','x']").locations(variant!.value, variant!.names)).toEqual([["a", "b"]]);
  expect(DocumentQuery.of("$.x..['b']").locations(variant!.value, variant!.names)).toEqual([]);
});
