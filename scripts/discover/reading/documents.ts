/**
 * Fields of JSON documents and of what their texts spell: JSON, tokens, base64 and GraphQL, up to as many decoders as a
 * selector takes.
 *
 * Invariants: elements of an array are one field; a text that spells something the rules can decode is told by what it
 * spells; of a GraphQL request the variables and literals are told as such.
 */
import { MAX, PAIR } from "../../policy/constants.ts";
import { pairKind } from "../../policy/pairs.ts";
import type { BodyReading } from "../../replay/bodies/reading.ts";
import { bytesIn, tokenIn } from "../../replay/encoded.ts";
import { readQuery } from "../../replay/graphql.ts";
import { type Document, parseDocument, rawText, type TreeNode } from "../../replay/tree.ts";
import type { Direction, FieldPlace, Met, Spot } from "../field.ts";
import type { IsPersonal, Names } from "./names.ts";
import { type ToldName, toldName } from "./told.ts";

/** What is known while traffic is read. */
export interface Knowledge {
  readonly names: Names;
  readonly isPersonal: IsPersonal;
  /** The first of two readings of all traffic, in which names and paths are learned. */
  isLearning: boolean;
}

/** Where a document stands. */
interface Root {
  readonly direction: Direction;
  readonly place: FieldPlace;
  /** What stands in a selector before the path in the document. */
  readonly prefix: string;
  readonly depth: number;
}

/** Places in which a policy decodes texts. */
const decoding: ReadonlySet<FieldPlace> = new Set(["json", "xml", "form", "multipart", "query", "header", "cookie"]);

/** Texts shorter than this are base64 by chance. */
const shortest = 16;

/** Undefined when it is no JSON document. */
export function documentFields(
  knowledge: Knowledge,
  direction: Direction,
  body: Uint8Array,
): Generator<Met> | undefined {
  const document = parseDocument(body);
  return document && rootFields(knowledge, document, { direction, place: "json", prefix: "", depth: 0 }, []);
}

/** A value, or the fields in what it spells. */
export function* valueFields(
  knowledge: Knowledge,
  met: Met,
  /** How many decoders led to it. */
  depth = 0,
): Generator<Met> {
  const inside = depth < MAX.DECODERS && decoding.has(met.place) ? spelled(knowledge, met, depth) : undefined;
  if (inside) {
    yield { ...met, isOpened: true };
    yield* inside;
  } else yield met;
}

function spelled(knowledge: Knowledge, met: Met, depth: number): Generator<Met> | undefined {
  const { direction, place, expression, names, value } = met;
  const root = (decoder: string): Root => ({
    direction,
    place,
    prefix: `${expression}|${decoder}:`,
    depth: depth + 1,
  });
  if (/^\s*[[{]/.test(value)) {
    const document = parseDocument(Buffer.from(value));
    return document && rootFields(knowledge, document, root("json"), names);
  }
  const token = tokenIn(value);
  const claims = token && parseDocument(token.payload);
  if (claims) return rootFields(knowledge, claims, root("jwt"), names);
  if (value.length < shortest || !/^[\w+/=-]+$/.test(value)) return undefined;
  const decoder = /[-_]/.test(value) ? "base64url" : "base64";
  const text = textIn(bytesIn(value, decoder)?.bytes);
  if (text === undefined) return undefined;
  const inner: Met = { direction, place, expression: `${expression}|${decoder}`, names, value: text };
  const isMeant = spelled(knowledge, inner, MAX.DECODERS - 1) !== undefined || knowledge.isPersonal(text);
  return isMeant ? valueFields(knowledge, inner, depth + 1) : undefined;
}

/** Text of a file for people, without control characters. */
function textIn(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return [...text].some((character) => character < " " && !"\t\r\n".includes(character)) ? undefined : text;
  } catch {
    return undefined;
  }
}

function* rootFields(knowledge: Knowledge, document: Document, root: Root, names: readonly string[]): Generator<Met> {
  const walk = new Walk(knowledge, document, root);
  const { kind, children } = document.root;
  const isBatch = kind === "array" && children.length > 0 && children.every(({ node }) => walk.isOperation(node));
  const isHere = root.prefix === "" || root.prefix === "operations|json:";
  if (root.direction === "request" && isHere && (isBatch || walk.isOperation(document.root))) {
    for (const node of isBatch ? children.map((child) => child.node) : [document.root]) yield* walk.operation(node);
  } else yield* walk.node(document.root, "$", names);
}

/** The literals of a GraphQL document, and names that are data; undefined when it is none. */
export function literalFields(knowledge: Knowledge, direction: Direction, query: string): Met[] | undefined {
  const found: Met[] = [];
  const read = (json: Buffer): BodyReading => {
    const document = parseDocument(json);
    const root: Root = { direction, place: "graphql", prefix: "arguments", depth: MAX.DECODERS };
    if (document) found.push(...new Walk(knowledge, document, root).node(document.root, "", []));
    return { secrets: [], passing: "", compare: () => ({ differences: [], allowed: [], hashed: [] }) };
  };
  const reading = readQuery(query, read);
  if (reading === undefined) return undefined;
  const personal = reading.names.filter((name) => knowledge.isPersonal(name));
  return [...found, ...personal.map((value): Met => ({ direction, place: "any", expression: "", names: [], value }))];
}

/** The variables of a GraphQL request. */
export function* variableFields(knowledge: Knowledge, direction: Direction, variables: string): Generator<Met> {
  const document = parseDocument(Buffer.from(variables));
  const root: Root = { direction, place: "graphql", prefix: "variables", depth: 1 };
  if (document) yield* new Walk(knowledge, document, root).node(document.root, "", []);
}

class Walk {
  readonly #knowledge: Knowledge;
  readonly #document: Document;
  readonly #root: Root;

  constructor(knowledge: Knowledge, document: Document, root: Root) {
    this.#knowledge = knowledge;
    this.#document = document;
    this.#root = root;
  }

  *node(node: TreeNode, path: string, names: readonly string[]): Generator<Met> {
    const { direction, place, prefix, depth } = this.#root;
    if (node.kind === "object") yield* this.#members(node, path, names);
    else if (node.kind === "array") {
      for (const { node: child } of node.children) yield* this.node(child, `${path}[*]`, names);
      if (node.children.length === 0) yield this.#empty(`${path}[*]`, names);
    } else if (node.kind === "null") yield this.#empty(path, names);
    else if (node.kind === "string" || node.kind === "number") {
      const raw = rawText(this.#document, node);
      const value = node.kind === "string" ? (JSON.parse(raw) as string) : raw;
      const met: Met = { direction, place, expression: prefix + path, names, value };
      if (node.kind === "string") yield* valueFields(this.#knowledge, met, depth);
      else yield met;
    }
  }

  /** What holds nothing has a name all the same. */
  #empty(path: string, names: readonly string[]): Met {
    const { direction, place, prefix } = this.#root;
    return { direction, place, expression: prefix + path, names, value: "" };
  }

  *#members(node: TreeNode, path: string, names: readonly string[]): Generator<Met> {
    const { direction, place, prefix } = this.#root;
    const known = this.#knowledge.names;
    const here = `${direction} ${place}:${prefix}${path}`;
    if (this.#knowledge.isLearning)
      known.learn(here, node, (child) => JSON.parse(rawText(this.#document, child)) as string);
    const isMap = known.isMap(here, names.at(-1) ?? "", node);
    const told = this.#told(node);
    for (const { key, node: child } of node.children) {
      const name = String(key);
      if (told && pairKind(name) === PAIR.VALUE && (child.kind === "string" || child.kind === "number")) {
        const raw = rawText(this.#document, child);
        const value = child.kind === "string" ? (JSON.parse(raw) as string) : raw;
        yield { direction, place: "named", ...told, value };
        continue;
      }
      if (!isMap && !known.isData(name)) {
        yield* this.node(child, path + step(name), [...names, name]);
        continue;
      }
      const expression = `${prefix}${path}[*]`;
      const spot: Spot =
        place === "json"
          ? { direction, place: "json-key", expression, names: [...names, "*"] }
          : { direction, place: "any", expression: "", names: [] };
      yield { ...spot, value: name };
      yield* this.node(child, `${path}[*]`, [...names, "*"]);
    }
  }

  /** The name that a member of the object tells as a text. */
  #told(node: TreeNode): ToldName | undefined {
    // Where rules by name do not look.
    if (/\|(?:jwt|base64)/.test(this.#root.prefix)) return undefined;
    const isHolding = node.children.some(({ key }) => pairKind(String(key)) === PAIR.VALUE);
    if (!isHolding) return undefined;
    for (const { key, node: child } of node.children) {
      if (pairKind(String(key)) !== PAIR.NAME || child.kind !== "string") continue;
      const told = toldName(JSON.parse(rawText(this.#document, child)) as string);
      if (told) return told;
    }
    return undefined;
  }

  /** Whether it is a request of GraphQL over HTTP. */
  isOperation(node: TreeNode): boolean {
    const query = node.kind === "object" ? this.#textOf(node, "query") : undefined;
    return query !== undefined && literalFields(this.#knowledge, this.#root.direction, query) !== undefined;
  }

  *operation(node: TreeNode): Generator<Met> {
    const { direction } = this.#root;
    for (const { key, node: child } of node.children) {
      if (key === "query") yield* literalFields(this.#knowledge, direction, this.#textOf(node, "query")!) ?? [];
      else if (key === "variables" && child.kind === "object") {
        const root: Root = { ...this.#root, place: "graphql", prefix: "variables" };
        yield* new Walk(this.#knowledge, this.#document, root).node(child, "", []);
      } else yield* this.node(child, `$${step(String(key))}`, [String(key)]);
    }
  }

  #textOf(node: TreeNode, name: string): string | undefined {
    const child = node.children.find(({ key }) => key === name)?.node;
    return child?.kind === "string" ? (JSON.parse(rawText(this.#document, child)) as string) : undefined;
  }
}

/** `.name`, or quoted where RFC 9535 has no short form. */
export const step = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `.${name}` : `['${name.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`;
