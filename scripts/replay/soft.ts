/**
 * Texts in which rules by name look without a decoder (docs/nested.md): where they stand, and whether one begins as it has to.
 *
 * Invariant: the first tokens decide, as `graphql` reads them where the text may be a query; whatever else begins so is none
 * that a server executes.
 */
import { Lexer, Source, TokenKind } from "graphql";
import type { Direction, RuleView } from "./oracle.ts";

export type SoftDecoder = "graphql" | "json";

/** Where a request in JSON, or each of a batch, has its query. All other texts may be JSON. */
export const queryMembers: readonly string[] = ["$.query", "$[:].query", "$.Query", "$[:].Query"];

/** The decoder of a field. An answer has no query. */
export function softDecoder(location: string, name: string, direction: Direction): SoftDecoder | undefined {
  if (location === "cookie") return "json";
  if (location !== "query" && location !== "form" && location !== "multipart") return undefined;
  return name === "query" && direction === "request" ? "graphql" : "json";
}

// Presets have tens of thousands, and every text asks.
const known = new WeakMap<RuleView, RuleView["selectors"]>();

/** Selectors by name, with which the rule looks into such texts. */
export function namedSelectors(rule: RuleView): RuleView["selectors"] {
  const selectors = known.get(rule) ?? rule.selectors.filter(({ isNamed }) => isNamed);
  known.set(rule, selectors);
  return selectors;
}

/** Whether rules look into them at all. */
export const looksSoftly = (rules: readonly RuleView[], direction: Direction): boolean =>
  rules.some((rule) => rule.directions.includes(direction) && namedSelectors(rule).length > 0);

export const beginsAs = (decoder: SoftDecoder, text: string): boolean =>
  decoder === "json"
    ? isPlainJson(text) || isEncodedJson(text)
    : readings.some((one) => definition.test(kindsOf(one(text))));

/** Whether the text begins as JSON does, other than in base64. */
export const isPlainJson = (text: string): boolean =>
  /^[ \t\n\r\ufeff]*(?:(?:\[[ \t\n\r]*)+(?:\{[ \t\n\r]*)?|\{[ \t\n\r]*)"/.test(text);
/** Whether it is brackets alone with which JSON may begin. */
export const isBracketed = (text: string): boolean => /[[{]/.test(text) && !isPlainJson(text) && mayBePlainJson(text);
const mayBePlainJson = (text: string): boolean =>
  isPlainJson(text) || /^[ \t\n\r\ufeff]*(?:\[[ \t\n\r]*)*(?:\{[ \t\n\r]*)?$/.test(text);

/** What the digits of base64 spell with which a text begins whose first byte is a brace or bracket, and what stands behind them. */
function spelledAtFirst(text: string): { spelled: string; behind: string } | undefined {
  const [, digits, behind] = /^[ \t\n\r\ufeff]*([eW][\w+/ \t\n\r-]*)(.*)$/s.exec(text) ?? [];
  if (digits === undefined || behind === undefined) return undefined;
  return { spelled: Buffer.from(digits, "base64").toString("latin1"), behind };
}

/** Whether the text is base64 of what begins as JSON, in lines or not, and no signature stands behind it. */
export function isEncodedJson(text: string): boolean {
  const { spelled, behind } = spelledAtFirst(text) ?? {};
  const isWhole = behind !== undefined && /^[= \t\n\r]*$/.test(behind);
  return isWhole && isPlainJson(spelled!) && !/--[0-9a-f]{32,}$/i.test(text);
}

/** Whether a text that goes on behind these bytes begins as JSON, or base64 of it, or still may. */
export function mayBeginAsJson(text: string): boolean {
  const { spelled, behind } = spelledAtFirst(text) ?? {};
  if (spelled === undefined) return mayBePlainJson(text);
  return behind === "" ? mayBePlainJson(spelled) : /^[= \t\n\r]*$/.test(behind!) && isPlainJson(spelled);
}

const name = "[nqfoQFO]";
const selection = `(?:\\.(?:${name}|[@{])|${name}(?::${name})?(?:\\((?:${name}:|\\))|@${name}|\\.|[{}]|${name}))`;
const fragment = `(?:f${name}|F)(?:\\([$s)]|(?:o${name}|O)[{@])`;
const operation = `(?:q${name}?|Q)`;
/**
 * The beginning of a definition as letters: names n, the words q, f and o (`on`), in capitals where a name begins with one, which
 * async-graphql takes for two names; strings s, spreads a dot.
 */
const definition = new RegExp(
  `^s?(?:\\{${selection}|${fragment}|${operation}(?:\\([$s)]|@${name}[(@{]|\\{${selection}))`,
);
/** Some servers take a definition without selections: the next one decides. */
const empty = new RegExp(`^s?${operation}?\\{\\}$`);

const words: Readonly<Record<string, string>> = {
  query: "q",
  mutation: "q",
  subscription: "q",
  fragment: "f",
  on: "o",
};

function kindOf(named: string): string {
  const [, word = "", rest] = /^(query|mutation|subscription|fragment|on)([a-z_]\w*)?$/i.exec(named) ?? [];
  const kind = words[word] ?? "n";
  return rest === undefined ? kind : kind.replace(/[qfo]/, (one) => one.toUpperCase());
}

/** A string stays one, whatever stands behind it, and a comment is a blank. */
const plain = (token: string): string => (token.startsWith('"') ? '"" ' : " ");

/** What is beyond ASCII is left out between tokens, which some servers do with more of it than `graphql`. */
const withoutLetters = (text: string): string =>
  text.replace(/[^\0-\x7f]/g, " ").replace(/"""(?:\\"""|(?!\\?""").)*(?:"{3,}|$)|"(?:\\.|[^"\\])*"|#[^\n\r]*/gs, plain);

/**
 * Or it is letters of names: graph-gophers, whose tokens are those of Go. Slashes begin comments, and a string with a quote right
 * behind it is a block string, which no backslash keeps from ending.
 */
const asInGo = (text: string): string =>
  text
    .replace(/[^\0-\x7f\ufeff]/g, "z")
    .replace(/"(?:\\.|[^"\\])*"(?:"(?:(?!""").)*(?:"""|$))?|#[^\n\r]*|\/\/[^\n]*|\/\*.*?(?:\*\/|$)/gs, plain);

const readings = [withoutLetters, asInGo];

function kindsOf(text: string): string {
  // Dots may stand apart.
  const lexer = new Lexer(new Source(text.replace(/\.[ \t\n\r,\ufeff]*\.[ \t\n\r,\ufeff]*\./g, "...")));
  let kinds = "";
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF && kinds.length < 12; token = lexer.advance()) {
      if (token.kind === TokenKind.NAME) kinds += kindOf(token.value);
      else if (token.kind === TokenKind.STRING || token.kind === TokenKind.BLOCK_STRING) kinds += "s";
      else kinds += token.kind === TokenKind.SPREAD ? "." : token.kind.length === 1 ? token.kind : "x";
      kinds = kinds.replace(empty, "");
    }
  } catch {
    // What is no token ends what can be told.
  }
  return kinds;
}
