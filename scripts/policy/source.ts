// A policy file as text: its value, and the line and column of everything in it.
// Invariants: strict RFC 8259 (no comments, no trailing commas, no byte order mark), and no key twice in one object;
// whatever breaks that is reported and `value` stays undefined.

import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import type { Diagnostic } from "./diagnostics.ts";

export type Path = readonly (string | number)[];

/** Where a diagnostic points: a value by its path, optionally a character inside its text or its key instead. */
export interface Place {
  path: Path;
  /** Index into the decoded string. */
  inside?: number;
  key?: string;
}

export class Source {
  readonly path: string;
  readonly text: string;
  readonly diagnostics: Diagnostic[] = [];
  /** The parsed document; undefined when it is not valid JSON. */
  readonly value: unknown;
  readonly #root: Node | undefined;
  readonly #lines: number[] = [0];

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#lines.push(at + 1);
    try {
      const errors: ParseError[] = [];
      this.#root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
      const first = errors.filter(({ offset }, index) => offset !== errors[index - 1]?.offset);
      for (const { error, offset } of first) this.#fault(offset, printParseErrorCode(error));
      if (this.#root) this.#duplicates(this.#root);
    } catch (error) {
      // Both walk the document by calling themselves.
      if (!(error instanceof RangeError)) throw error;
      this.#syntax(0, "the file is nested too deeply", "name a policy");
    }
    if (this.diagnostics.length === 0) {
      try {
        this.value = JSON.parse(text);
      } catch (error) {
        this.#syntax(0, (error as Error).message);
      }
    }
  }

  /** Reports a problem at a place of this file. */
  report(severity: Diagnostic["severity"], code: string, place: Place, message: string, remedy: string): void {
    this.diagnostics.push({ severity, code, file: this.path, ...this.position(place), message, remedy });
  }

  error(code: string, place: Place, message: string, remedy: string): void {
    this.report("error", code, place, message, remedy);
  }

  /** Line and column of a place; of the nearest thing around it when the place itself is absent. */
  position(place: Place): { line: number; column: number } {
    let node = this.#root;
    for (const step of place.path) {
      const child =
        typeof step === "number"
          ? node?.children?.[step]
          : node?.children?.find((property) => property.children?.[0]?.value === step)?.children?.[1];
      if (!child) break;
      node = child;
    }
    if (!node) return { line: 1, column: 1 };
    if (place.key !== undefined) {
      const property = node.children?.find((child) => child.children?.[0]?.value === place.key);
      if (property) return this.#at(property.offset);
    }
    return this.#at(place.inside === undefined ? node.offset : this.#insideString(node, place.inside));
  }

  #at(offset: number): { line: number; column: number } {
    let low = 0;
    for (let high = this.#lines.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (this.#lines[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - this.#lines[low]! + 1 };
  }

  /** An escape is several characters of the file but one of the decoded string. */
  #insideString(node: Node, index: number): number {
    let at = node.offset + 1;
    for (let left = index; left > 0; left--) {
      at += this.text[at] !== "\\" ? 1 : this.text[at + 1] === "u" ? 6 : 2;
    }
    return at;
  }

  #fault(offset: number, code: string): void {
    if (offset === 0 && this.text.startsWith("\ufeff")) {
      this.#syntax(0, "the file begins with a byte order mark", "save it as UTF-8 without one");
    } else if (code === "InvalidCommentToken") {
      this.#syntax(offset, "JSON has no comments", 'take it out, or say it in a "description"');
    } else this.#syntax(offset, words(code));
  }

  #syntax(
    offset: number,
    message: string,
    remedy = "write strict JSON (RFC 8259), without comments and trailing commas",
  ): void {
    const { line, column } = this.#at(offset);
    this.diagnostics.push({ severity: "error", code: "json-syntax", file: this.path, line, column, message, remedy });
  }

  #duplicates(node: Node): void {
    const seen = new Set<string>();
    for (const child of node.children ?? []) {
      if (node.type === "object" && child.children) {
        const key = String(child.children[0]?.value);
        if (seen.has(key)) {
          const position = this.#at(child.offset);
          const message = `the key ${JSON.stringify(key)} stands twice in one object`;
          const remedy = "keep one of them";
          this.diagnostics.push({
            severity: "error",
            code: "duplicate-key",
            file: this.path,
            ...position,
            message,
            remedy,
          });
        }
        seen.add(key);
      }
      this.#duplicates(child);
    }
  }
}

/** "PropertyNameExpected" reads "property name expected". */
const words = (code: string) => code.replace(/(?<!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
