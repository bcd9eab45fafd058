// What stands behind | in a selector: how a text is decoded, and what is selected in what it spells.
//
//     |json:PATH   the text is a JSON document          |jwt:PATH   it is a signed token, of whose claims PATH selects
//     |graphql:PATH   it is a GraphQL document, and PATH selects among its literals, as in $.pay.card.number
//     |base64      it spells a text in base64           |base64url  the same in the alphabet of URLs
//
// Invariant: a chain ends in a text or a path, and has at most MAX.DECODERS decoders.

import { MAX } from "./constants.ts";
import { type Decoder, JsonPathError, type Segment, type Selector } from "./jsonpath/ast.ts";
import { parseJsonPath } from "./jsonpath/parser.ts";

export interface Inside {
  decoder: Decoder;
  /** JSONPath into the document, where the decoder leads to one. */
  expression?: string;
}

const REMEDY = "write |json:$.PATH, |jwt:$.CLAIM, |graphql:$..ARGUMENT, |base64 or |base64url";

/** The part before the first | that does not stand in the quotes of a JSONPath, and the rest from there on. */
export function splitChain(text: string): { first: string; rest: string } {
  const [first] = /^(?:[^|'"]|'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|\|\|)*/s.exec(text)!;
  return { first, rest: text.slice(first.length) };
}

/** `rest` is empty or begins with |, and stands `from` characters behind the place that errors count from. */
export function parseChain(rest: string, from: number): { inside: Inside[]; segments: Segment[] } {
  const inside: Inside[] = [];
  const segments: Segment[] = [];
  let left = rest;
  while (left !== "") {
    const at = from + rest.length - left.length;
    const { first, rest: next } = splitChain(left.slice(1));
    const [, name = first, path] = /^([^:]*):(.*)$/s.exec(first) ?? [];
    const decoder = decoderOf(name, path);
    if (decoder === undefined)
      throw new JsonPathError(at + 1, `there is no decoder ${JSON.stringify(first)}`, REMEDY, "invalid-selector");
    if (inside.length === MAX.DECODERS) {
      const message = `more than ${MAX.DECODERS} decoders stand behind one another`;
      throw new JsonPathError(at, message, "select the value as a whole further out", "invalid-selector");
    }
    segments.push({ descendant: false, selectors: [{ kind: "decoded", at, decoder }] });
    const isDocument = decoder !== "base64" && decoder !== "base64url";
    inside.push(isDocument ? { decoder, expression: path! } : { decoder });
    if (isDocument) segments.push(...pathOf(path!, at + name.length + 2));
    left = next;
  }
  return { inside, segments };
}

function decoderOf(name: string, path: string | undefined): Decoder | undefined {
  if (name === "json" || name === "jwt" || name === "graphql") return path === undefined ? undefined : name;
  return (name === "base64" || name === "base64url") && (path ?? "") === "" ? name : undefined;
}

function pathOf(path: string, at: number): Segment[] {
  try {
    const moved = (selector: Selector): Selector => ({ ...selector, at: at + selector.at });
    return parseJsonPath(path).segments.map((segment) => ({ ...segment, selectors: segment.selectors.map(moved) }));
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    throw new JsonPathError(at + error.at, error.message, error.remedy, error.code);
  }
}
