// The grammar of JSONPath queries: RFC 9535, 2.1 to 2.5 (filters: filter.ts).
// Invariant: accepts exactly the well-formed and valid queries, and behind `named:` words for all their spellings; the first
// problem is thrown with its place.

import { spellingsOrWhy } from "../spelling.ts";
import { JsonPathError, type Query, type Segment, type Selector } from "./ast.ts";
import { filterSelector } from "./filter.ts";
import { Lexer } from "./lexer.ts";

/** jsonpath-query = root-identifier segments; `hasWords`: ~'card number' in brackets stands for each spelling of the name. */
export function parseJsonPath(text: string, hasWords = false): Query {
  const lexer = new Lexer(text, hasWords);
  if (!lexer.take("$")) lexer.fail(`a JSONPath starts with "$", found ${lexer.found}`, 'write "$" first');
  const segments = parseSegments(lexer);
  if (lexer.done) return { segments };
  if (/^[ \t\n\r]*$/.test(text.slice(lexer.at))) lexer.fail("blanks follow the JSONPath", "remove them");
  return lexer.fail(`expected ".", ".." or "[", found ${lexer.found}`, 'quote unusual names: ["na me"]');
}

/** segments = *(S segment) */
export function parseSegments(lexer: Lexer): Segment[] {
  const segments: Segment[] = [];
  for (;;) {
    const from = lexer.at;
    lexer.blanks();
    const descendant = lexer.take("..");
    if (lexer.peek("[")) segments.push({ descendant, selectors: bracketed(lexer) });
    else if (descendant || lexer.take(".")) segments.push({ descendant, selectors: [shorthand(lexer)] });
    else {
      // The blanks belong to what follows.
      lexer.at = from;
      return segments;
    }
  }
}

/** wildcard-selector / member-name-shorthand */
function shorthand(lexer: Lexer): Selector {
  const at = lexer.at;
  if (lexer.take("*")) return { kind: "wildcard", at };
  const name = lexer.shorthand();
  if (name === undefined) lexer.fail(`expected a name or "*", found ${lexer.found}`, 'quote unusual names: ["na me"]');
  return { kind: "name", at, name };
}

/** bracketed-selection = "[" S selector *(S "," S selector) S "]" */
function bracketed(lexer: Lexer): Selector[] {
  const selectors: Selector[] = [];
  lexer.expect("[", "before selectors");
  do {
    lexer.blanks();
    if (lexer.hasWords && lexer.peek("~")) selectors.push(...spelled(lexer));
    else selectors.push(selector(lexer));
    lexer.blanks();
  } while (lexer.take(","));
  lexer.expect("]", "after the selectors");
  return selectors;
}

/** "~" and words in quotes: the names that they are spelled as. */
function spelled(lexer: Lexer): Selector[] {
  const at = lexer.at;
  lexer.take("~");
  const words = lexer.string();
  if (words === undefined) lexer.fail(`expected words in quotes, found ${lexer.found}`, "write ~'card number'");
  const names = spellingsOrWhy(words);
  if ("message" in names) throw new JsonPathError(at, names.message, names.remedy, "invalid-selector");
  return names.map((name) => ({ kind: "name", at, name }));
}

function selector(lexer: Lexer): Selector {
  const at = lexer.at;
  if (lexer.take("*")) return { kind: "wildcard", at };
  if (lexer.take("?")) return filterSelector(lexer, at);
  const name = lexer.string();
  if (name !== undefined) return { kind: "name", at, name };
  const first = lexer.integer();
  const afterFirst = lexer.at;
  lexer.blanks();
  if (lexer.take(":")) return slice(lexer, at, first);
  lexer.at = afterFirst;
  if (first === undefined) lexer.fail(`expected a selector, found ${lexer.found}`, "write a quoted name, index or *");
  return { kind: "index", at, index: first };
}

/** slice-selector = [start S] ":" S [end S] [":" [S step]], read up to its first colon. */
function slice(lexer: Lexer, at: number, start: number | undefined): Selector {
  lexer.blanks();
  const end = lexer.integer();
  lexer.blanks();
  let step: number | undefined;
  if (lexer.take(":")) {
    lexer.blanks();
    step = lexer.integer();
  }
  return { kind: "slice", at, start, end, step };
}
