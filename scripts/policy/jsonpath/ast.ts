// A query as the automaton needs it: a JSONPath (RFC 9535), or the XPath of an XML selector (xpath.ts). `at` is the index of the construct in the expression.
// A filter is checked in full but keeps no tree: nothing can run it over a stream.

export type Selector =
  | { kind: "name"; at: number; name: string }
  | { kind: "wildcard"; at: number }
  | { kind: "index"; at: number; index: number }
  | { kind: "slice"; at: number; start: number | undefined; end: number | undefined; step: number | undefined }
  | { kind: "filter"; at: number }
  /** XML: an element of any name. Unlike a wildcard it takes no attributes. */
  | { kind: "element"; at: number }
  /** XML: from an element to the set of its attributes, of which the next segment selects by name. */
  | { kind: "attributes"; at: number }
  /** From a text to what it spells, when it is decoded so (decoders.ts); `soft`: where it begins so, and no other decoder is told. */
  | { kind: "decoded"; at: number; decoder: Decoder; soft?: true };

/**
 * `json`: the document that the text is; `jwt`: the claims of a token; `graphql`: the literals of a GraphQL document, under
 * the names of their fields and arguments. The others lead to a text again.
 */
export type Decoder = "json" | "base64" | "base64url" | "jwt" | "graphql";

export interface Segment {
  /** `..`: the node itself and everything below it, then the selectors. */
  descendant: boolean;
  selectors: Selector[];
  /** Of a path into XML: what is below an element is not below its attributes. */
  xml?: true;
}

export interface Query {
  segments: Segment[];
}

/** At most one node: only names and indexes, one a segment (RFC 9535, 2.3.5.1). */
export const isSingular = (query: Query) =>
  query.segments.every(
    ({ descendant, selectors }) =>
      !descendant && selectors.length === 1 && (selectors[0]!.kind === "name" || selectors[0]!.kind === "index"),
  );

/** Why an expression is not a JSONPath, and where. */
export class JsonPathError extends Error {
  readonly at: number;
  readonly code: string;
  readonly remedy: string;

  constructor(at: number, message: string, remedy: string, code = "invalid-jsonpath") {
    super(message);
    this.at = at;
    this.code = code;
    this.remedy = remedy;
  }
}
