/**
 * Where every value of a JSON text stands: a plain walk over the characters, with nothing merged or rebuilt.
 *
 * JSON.parse judges the text first, so the walk may assume a valid one; unlike JSON.parse it keeps duplicate members
 * and the exact spelling. Offsets are UTF-16 positions. Independent of the filter and of the policy compiler.
 */
import { MAX } from "../policy/constants.ts";

export type Kind = "object" | "array" | "string" | "number" | "boolean" | "null";

export interface TreeNode {
  readonly kind: Kind;
  readonly start: number;
  end: number;
  /** Members or elements, in the order of the text. */
  readonly children: Child[];
}

export const isContainer = (node: TreeNode): boolean => node.kind === "object" || node.kind === "array";

export interface Child {
  /** The decoded name of a member, or the index of an element. */
  readonly key: string | number;
  /** Where the name starts and ends; both equal `node.start` for an element. */
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly node: TreeNode;
}

export interface Document {
  readonly text: string;
  readonly root: TreeNode;
}

/**
 * A JSON body, or undefined when it is not a complete RFC 8259 document in UTF-8, or nested deeper than any policy lets
 * through: such a body is refused, and walking it would need a stack of its own.
 */
export function parseDocument(body: Uint8Array): Document | undefined {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return isTooDeep(text) ? undefined : { text, root: new Walk(text).value() };
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/g)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    if (depth > MAX.DEPTH) return true;
  }
  return false;
}

export const rawText = (document: Document, node: TreeNode): string => document.text.slice(node.start, node.end);

/** The normalized path of RFC 9535, section 2.7: names and indexes, never values. */
export function normalizedPath(location: readonly (string | number)[]): string {
  return `$${location.map((key) => (typeof key === "number" ? `[${key}]` : `['${quoteName(key)}']`)).join("")}`;
}

const quoteName = (name: string): string =>
  JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");

const kinds: Record<string, Kind> = {
  "{": "object",
  "[": "array",
  '"': "string",
  t: "boolean",
  f: "boolean",
  n: "null",
};

class Walk {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  value(): TreeNode {
    this.skipWhitespace();
    const kind = kinds[this.text[this.at]!] ?? "number";
    const node: TreeNode = { kind, start: this.at, end: 0, children: [] };
    if (kind === "object" || kind === "array") this.children(node);
    else if (kind === "string") this.skipString();
    else this.skip(/[^\s,\]}]*/y);
    node.end = this.at;
    return node;
  }

  private children(node: TreeNode): void {
    const close = node.kind === "object" ? "}" : "]";
    this.at++;
    this.skipWhitespace();
    while (this.text[this.at] !== close) {
      let key: string | number = node.children.length;
      const nameStart = this.at;
      if (node.kind === "object") {
        this.skipString();
        key = JSON.parse(this.text.slice(nameStart, this.at)) as string;
      }
      const nameEnd = this.at;
      if (node.kind === "object") {
        this.skipWhitespace();
        this.at++;
      }
      node.children.push({ key, nameStart, nameEnd, node: this.value() });
      this.skipWhitespace();
      if (this.text[this.at] === ",") this.at++;
      this.skipWhitespace();
    }
    this.at++;
  }

  private skipWhitespace(): void {
    this.skip(/[ \t\n\r]*/y);
  }

  private skipString(): void {
    this.skip(/"[^"\\]*(?:\\.[^"\\]*)*"/y);
  }

  private skip(pattern: RegExp): void {
    pattern.lastIndex = this.at;
    pattern.exec(this.text);
    this.at = pattern.lastIndex;
  }
}
