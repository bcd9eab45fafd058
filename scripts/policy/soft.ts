// The texts in which rules by name select without a decoder, and what selects in them.
//
// Such a text is decoded softly: only where it begins as JSON, or as GraphQL, does; any other text is what it was without a
// decoder. A rule on the text itself comes first, and so does a decoder that a selector tells.
// Invariant: what one of these texts spells is judged by one group of selectors, wherever the text stands; the group has the
// texts in it again.

import { queryMembers } from "./graphql.ts";
import type { Decoder, Query } from "./jsonpath/ast.ts";
import { parseJsonPath } from "./jsonpath/parser.ts";
import type { Direction } from "./resolve.ts";
import type { RuleQuery } from "./subset.ts";
import { parseXPath } from "./xpath.ts";

const decoded = ({ segments }: Query, decoder: Decoder): Query => ({
  segments: [...segments, { descendant: false, selectors: [{ kind: "decoded", at: 0, decoder, soft: true }] }],
});

const soft = (path: string, decoder: Decoder): Query => decoded(parseJsonPath(path), decoder);

/** What selects in texts: the given selectors, and whatever is a text again. No rule acts on the texts themselves. */
export function softGroup(selecting: readonly RuleQuery[]): readonly RuleQuery[] {
  const group = [...selecting];
  group.push(...["$", "$..*"].map((path) => ({ query: soft(path, "json"), rule: 0, into: group })));
  return group;
}

/** The query of a request in GraphQL: in the body, or in each request of a batch. */
export const softMembers = (into: readonly RuleQuery[]): RuleQuery[] =>
  queryMembers.map((path) => ({ query: soft(path, "graphql"), rule: 0, into }));

/** What is such a text as a whole. */
export const softText = (into: readonly RuleQuery[]): RuleQuery => ({ query: soft("$", "json"), rule: 0, into });

/** The texts and attributes of a body of XML. */
export const softElements = (into: readonly RuleQuery[]): RuleQuery[] =>
  ["//*", "//@*"].map((path) => ({ query: decoded(parseXPath(path), "json"), rule: 0, into }));

/** A field whose value is such a text, and what selects in it. */
export interface SoftField {
  readonly location: "cookie" | "query" | "form" | "multipart";
  /** A name, or `*` for all. */
  readonly name: string;
  readonly decoder: Decoder;
  readonly query: Query;
  readonly into: readonly RuleQuery[];
}

/** The fields of a message; the part `operations` is a body, in which `body` selects. */
export function softFields(direction: Direction, group: readonly RuleQuery[], body: readonly RuleQuery[]): SoftField[] {
  const field = (location: SoftField["location"], name: string, decoder: Decoder, into: readonly RuleQuery[]) => ({
    location,
    name,
    decoder,
    query: soft("$", decoder),
    into,
  });
  const cookies = field("cookie", "*", "json", group);
  const values = (["form", "multipart"] as const).map((location) => field(location, "*", "json", group));
  // An answer has no query of GraphQL, and no address.
  if (direction === "response") return [cookies, ...values];
  return [
    cookies,
    ...(["query", "form", "multipart"] as const).flatMap((location) => [
      field(location, "query", "graphql", group),
      field(location, "*", "json", group),
    ]),
    field("multipart", "operations", "json", body),
  ];
}
