// Where requests of GraphQL over HTTP have variables, and the text of a query: the selectors that `graphql:` is short for, and
// the texts in which `named:` selects without a decoder.
//
// Such a text is decoded softly: only where it begins as GraphQL, or as an object of JSON, does; any other text is what it was
// without a decoder. `query` may hold words, and `variables` is a name like any other. So the places are few and those of the
// protocol, a rule on the text itself comes first, and so does a decoder that a selector tells.

import type { Decoder, Query } from "./jsonpath/ast.ts";
import { parseJsonPath } from "./jsonpath/parser.ts";
import type { RuleQuery } from "./subset.ts";

/** `arguments` are literals in the text of the query, whatever field they are of; `tail` is the path behind it. */
export type GraphqlPart = "variables" | "arguments";

/** In the body, in each request of a batch, in the operations of a multipart request, in the query of a GET, and in a form. */
export function graphqlSelectors(part: GraphqlPart, tail: string): string[] {
  const literals = `query|graphql:$..${tail.replace(/^\.+/, "")}`;
  const member = part === "arguments" ? literals : `variables${tail}`;
  const field = part === "arguments" ? literals : `variables|json:$${tail}`;
  return [
    `json:$.${member}`,
    `json:$[*].${member}`,
    `multipart:operations|json:$.${member}`,
    `multipart:operations|json:$[*].${member}`,
    `query:${field}`,
    `form:${field}`,
  ];
}

/** A text that is decoded softly, and what selects in what it spells. */
export interface SoftText {
  /** Of the document that it is a member of, or of nothing: it is the value of a field. */
  query: Query;
  into: readonly RuleQuery[];
}

const members: readonly [path: string, decoder: Decoder][] = [
  ["query", "graphql"],
  ["variables", "json"],
];

const soft = (path: string, decoder: Decoder): Query => ({
  segments: [
    ...parseJsonPath(path).segments,
    { descendant: false, selectors: [{ kind: "decoded", at: 0, decoder, soft: true }] },
  ],
});

/** In a body: in the request, or in each of a batch. */
export const softMembers = (into: readonly RuleQuery[]): SoftText[] =>
  members.flatMap(([name, decoder]) =>
    ["$", "$[:]"].map((request) => ({ query: soft(`${request}.${name}`, decoder), into })),
  );

/**
 * In the fields of a query or a form, and the part of a multipart request that is a body: `request` selects in that. Any other
 * parameter, form field or cookie may hold JSON.
 */
export const softFields = (
  into: readonly RuleQuery[],
  request: readonly RuleQuery[],
): (SoftText & { location: "query" | "form" | "cookie" | "multipart"; name: string })[] => [
  ...(["query", "form"] as const).flatMap((location) =>
    members.map(([name, decoder]) => ({ location, name, query: soft("$", decoder), into })),
  ),
  { location: "multipart", name: "operations", query: soft("$", "json"), into: request },
  ...(["query", "form", "cookie"] as const).map((location) => ({
    location,
    name: "*",
    query: soft("$", "json"),
    into,
  })),
];
