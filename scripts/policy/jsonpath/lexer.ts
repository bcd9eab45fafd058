// The tokens of JSONPath (RFC 9535), read on demand: the grammar has no context-free token stream, because blanks
// matter in some places and `-`, digits and names mean different things after `.`, in brackets and in filters.
// Invariant: a method either consumes exactly its token, or throws, or answers false/undefined and consumes nothing.

import { JsonPathError } from "./ast.ts";

const nameFirst = /[A-Za-z_\u{80}-\u{D7FF}\u{E000}-\u{10FFFF}]/u;
const nameRest = /[A-Za-z0-9_\u{80}-\u{D7FF}\u{E000}-\u{10FFFF}]/u;
const escapes: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", "/": "/", "\\": "\\" };

export class Lexer {
  readonly text: string;
  /** Whether ~'card number' may stand where a name may. */
  readonly hasWords: boolean;
  at = 0;

  constructor(text: string, hasWords = false) {
    this.text = text;
    this.hasWords = hasWords;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  fail(message: string, remedy: string, at = this.at, code?: string): never {
    throw new JsonPathError(at, message, remedy, code);
  }

  /** What stands here, for messages. */
  get found(): string {
    const point = this.text.codePointAt(this.at);
    return point === undefined ? "the end" : JSON.stringify(String.fromCodePoint(point));
  }

  peek(token: string): boolean {
    return this.text.startsWith(token, this.at);
  }

  take(token: string): boolean {
    if (!this.peek(token)) return false;
    this.at += token.length;
    return true;
  }

  expect(token: string, purpose: string): void {
    if (!this.take(token)) this.fail(`expected ${JSON.stringify(token)} ${purpose}, found ${this.found}`, "add it");
  }

  /** S = *B: space, tab, line feed, carriage return. */
  blanks(): void {
    while (!this.done && " \t\n\r".includes(this.text[this.at]!)) this.at++;
  }

  /** A match of a sticky regular expression. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return undefined;
    this.at += found.length;
    return found;
  }

  /** member-name-shorthand */
  shorthand(): string | undefined {
    const from = this.at;
    for (let pattern = nameFirst; !this.done; pattern = nameRest) {
      const character = String.fromCodePoint(this.text.codePointAt(this.at)!);
      if (!pattern.test(character)) break;
      this.at += character.length;
    }
    return this.at > from ? this.text.slice(from, this.at) : undefined;
  }

  /** int, within the range of I-JSON (RFC 9535, 2.1). */
  integer(): number | undefined {
    const from = this.at;
    const digits = this.match(/-?[0-9]+/y);
    if (digits === undefined) return undefined;
    if (!/^(0|-?[1-9][0-9]*)$/.test(digits)) {
      this.fail(`${digits} is not an integer of JSONPath`, "write it without leading zeros, and zero as 0", from);
    }
    const value = Number(digits);
    if (!Number.isSafeInteger(value)) this.fail(`${digits} is out of range`, "stay within 2^53 - 1", from);
    return value;
  }

  /** string-literal, or undefined when no quote stands here. */
  string(): string | undefined {
    const quote = this.text[this.at];
    if (quote !== '"' && quote !== "'") return undefined;
    const from = this.at++;
    let value = "";
    while (!this.take(quote)) {
      if (this.done) this.fail("the string has no end", `close it with ${quote}`, from);
      const point = this.text.codePointAt(this.at)!;
      if (point < 0x20) this.fail("a control character stands in a string", "write it as \\uXXXX");
      if (point >= 0xd800 && point <= 0xdfff) this.fail("a lone surrogate stands in a string", "use whole code points");
      if (point === 0x5c) value += this.#escape(quote);
      else {
        value += String.fromCodePoint(point);
        this.at += point > 0xffff ? 2 : 1;
      }
    }
    return value;
  }

  #escape(quote: string): string {
    const from = this.at;
    const letter = this.text[from + 1] ?? "";
    const simple = letter === quote ? quote : escapes[letter];
    if (simple !== undefined) {
      this.at += 2;
      return simple;
    }
    const unit = this.#unit();
    if (unit === undefined) this.fail("this escape does not exist", "use the escapes of JSON", from);
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    const low = unit < 0xdc00 ? this.#unit() : undefined;
    if (low === undefined || low < 0xdc00 || low > 0xdfff) {
      this.fail("an escape is half of a surrogate pair", "write both halves, high before low", from);
    }
    return String.fromCharCode(unit, low);
  }

  #unit(): number | undefined {
    const written = this.match(/\\u[0-9A-Fa-f]{4}/y);
    return written === undefined ? undefined : Number.parseInt(written.slice(2), 16);
  }
}
