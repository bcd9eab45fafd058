/**
 * Which fields recorded exchanges have: every place that holds a scalar, with its values at hand for whoever looks for
 * evidence, and nothing of them kept.
 *
 * Invariants: elements of an array are one field; member names that are data themselves (numbers, identifiers, addresses)
 * are one field too, written `*`; a body that cannot be read has no fields.
 */
import type { RecordedRequest, RecordedResponse, Recording } from "../replay/recording.ts";
import { decodeQuery, type Header } from "../replay/text.ts";
import { parseDocument, type TreeNode } from "../replay/tree.ts";
import type { MessageField, Messages } from "./messages.ts";

export type FieldPlace = "json" | "form" | "query" | "header" | "cookie" | "path" | "grpc";

export interface Field {
  readonly direction: "request" | "response";
  readonly place: FieldPlace;
  /** What a selector says behind its location. */
  readonly expression: string;
  /** The names on the way, outermost first; the last is the field's own. */
  readonly names: readonly string[];
  /** Nothing but redacting fits its type. */
  readonly isBlunt?: boolean;
  /** It cannot go: its message would be none. */
  readonly isRequired?: boolean;
  /** In how many exchanges and places it held something. */
  values: number;
}

type Recorded = Pick<RecordedRequest | RecordedResponse, "headers" | "body">;

/** Looks at a value; must not keep it. */
export type Look = (field: Field, value: string) => void;

export const selectorOf = ({ place, expression }: Field): string => `${place}:${expression}`;

export class Inventory {
  readonly #fields = new Map<string, Field>();
  readonly #look: Look;
  readonly #messages: Messages | undefined;

  /** `messages` reads protobuf; without it such bodies have no fields. */
  constructor(look: Look, messages?: Messages) {
    this.#look = look;
    this.#messages = messages;
  }

  /** In the order in which they were met. */
  get fields(): Field[] {
    return [...this.#fields.values()];
  }

  add({ request, response }: Recording): void {
    this.#request(request);
    if (response === undefined) return;
    for (const [name, value] of response.headers) {
      const cookie = name.toLowerCase() === "set-cookie" ? value.split(";", 1)[0] : undefined;
      if (cookie !== undefined) this.#cookies("response", cookie);
      else this.#header("response", name, value);
    }
    this.#body("response", request.path, response);
  }

  /** What descriptor sets say that there may be. */
  describe(messages: Messages): void {
    for (const { direction, field } of messages.described()) this.#message(direction, field);
  }

  #request(request: RecordedRequest): void {
    const { path, headers } = request;
    const [, query = ""] = /^[^?]*\?(.*)$/s.exec(path) ?? [];
    this.#pairs("request", "query", query);
    for (const [name, value] of headers) {
      if (name.toLowerCase() === "cookie") for (const pair of value.split(";")) this.#cookies("request", pair);
      else this.#header("request", name, value);
    }
    this.#body("request", path, request);
  }

  #header(direction: Field["direction"], name: string, value: string): void {
    const lower = name.toLowerCase();
    if (!lower.startsWith(":")) this.#meet(direction, "header", lower, [lower.replace(/^x-/, "")], value);
  }

  #cookies(direction: Field["direction"], pair: string): void {
    const [, name = "", value = ""] = /^\s*([^=]*?)\s*=(.*)$/s.exec(pair) ?? [];
    if (name !== "") this.#meet(direction, "cookie", name, [name], value.trim());
  }

  #pairs(direction: Field["direction"], place: "query" | "form", text: string): void {
    for (const pair of text.split("&")) {
      const [raw = "", ...rest] = pair.split("=");
      if (raw !== "") this.#meet(direction, place, decodeQuery(raw), [decodeQuery(raw)], decodeQuery(rest.join("=")));
    }
  }

  #message(direction: Field["direction"], { expression, names, value = "", ...fits }: MessageField): void {
    this.#meet(direction, "grpc", expression, names, value, fits);
  }

  #body(direction: Field["direction"], path: string, message: Recorded): void {
    const { headers, body } = message;
    if (body === undefined || body.length === 0) return;
    const lower = headers.map(([name, value]): Header => [name.toLowerCase(), value]);
    const fields = this.#messages?.recorded(direction, path, { headers: lower, body });
    if (fields) {
      for (const field of fields) this.#message(direction, field);
      return;
    }
    const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1].toLowerCase() ?? "";
    if (type.startsWith("application/x-www-form-urlencoded")) {
      this.#pairs(direction, "form", Buffer.from(body).toString("utf8"));
      return;
    }
    const texts = type.includes("ndjson") || type.includes("jsonl") ? linesOf(body) : [body];
    for (const text of texts) {
      const document = parseDocument(text);
      if (document) this.#tree(direction, document.text, document.root, "$", []);
    }
  }

  #tree(direction: Field["direction"], text: string, node: TreeNode, path: string, names: readonly string[]): void {
    if (node.kind === "object" || node.kind === "array") {
      for (const { key, node: child } of node.children) {
        if (typeof key === "number") this.#tree(direction, text, child, `${path}[*]`, names);
        else if (isData(key)) this.#tree(direction, text, child, `${path}[*]`, [...names, "*"]);
        else this.#tree(direction, text, child, path + step(key), [...names, key]);
      }
      return;
    }
    if (node.kind === "null" || node.kind === "boolean") return;
    const raw = text.slice(node.start, node.end);
    this.#meet(direction, "json", path, names, node.kind === "string" ? (JSON.parse(raw) as string) : raw);
  }

  #meet(
    direction: Field["direction"],
    place: FieldPlace,
    expression: string,
    names: readonly string[],
    value: string,
    fits: Pick<Field, "isBlunt" | "isRequired"> = {},
  ): void {
    const key = `${direction} ${place}:${expression}`;
    const field = this.#fields.get(key) ?? {
      direction,
      place,
      expression,
      names,
      values: 0,
      ...fits,
    };
    this.#fields.set(key, field);
    if (value === "") return;
    field.values++;
    this.#look(field, value);
  }
}

function linesOf(body: Uint8Array): Uint8Array[] {
  return Buffer.from(body)
    .toString("latin1")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => Buffer.from(line, "latin1"));
}

/** A member name that is a value: a number, an address, or a long run of letters with digits in it. */
const isData = (name: string): boolean =>
  /^\d+$/.test(name) || /@/.test(name) || /^(?=.*\d)[\w-]{16,}$/.test(name) || name.length > 64;

/** `.name`, or quoted where RFC 9535 has no short form. */
const step = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `.${name}` : `['${name.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`;
