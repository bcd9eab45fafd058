/**
 * OpenAPI 3 as recordings: for each operation one exchange in which every property of its schemas holds something.
 *
 * Invariants: references are followed inside the document only; a schema that contains itself ends where it repeats;
 * examples of the document stand for values, and a property without one holds its name's word "x".
 */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { RecordingError } from "../replay/form.ts";
import type { Recording } from "../replay/recording.ts";

type Json = Record<string, unknown>;
const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const deepest = 16;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export interface OpenApi {
  readonly recordings: Recording[];
  readonly templates: string[];
  readonly meaning: ReadonlyMap<string, string>;
}

/** The document, or undefined when the text is no OpenAPI. */
export function readOpenApi(path: string): OpenApi | undefined {
  let document: unknown;
  try {
    document = parse(readFileSync(path, "utf8"), { logLevel: "silent" });
  } catch {
    return undefined;
  }
  if (!isObject(document) || (document.openapi === undefined && document.swagger === undefined)) return undefined;
  if (document.openapi === undefined) throw new RecordingError(`${path}: this is Swagger 2; convert it to OpenAPI 3`);
  return new Reader(document).read();
}

class Reader {
  readonly #document: Json;

  constructor(document: Json) {
    this.#document = document;
  }

  read(): OpenApi {
    const recordings: Recording[] = [];
    for (const [path, item] of Object.entries(this.#object(this.#document.paths))) {
      const shared = this.#list(this.#object(item).parameters);
      for (const method of methods) {
        const operation = this.#object(item)[method];
        if (isObject(operation)) recordings.push(...this.#operation(path, method, operation, shared));
      }
    }
    return { recordings, templates: Object.keys(this.#object(this.#document.paths)), meaning: new Map() };
  }

  #operation(path: string, method: string, operation: Json, shared: readonly Json[]): Recording[] {
    const parameters = [...shared, ...this.#list(operation.parameters)];
    const value = (parameter: Json) => String(this.#example(parameter.schema, []) ?? "x");
    const of = (place: string) => parameters.filter((parameter) => parameter.in === place);
    const query = of("query").map(
      (parameter) => `${encodeURIComponent(String(parameter.name))}=${encodeURIComponent(value(parameter))}`,
    );
    const cookies = of("cookie").map((parameter) => `${parameter.name}=${value(parameter)}`);
    const body = this.#body(this.#object(operation.requestBody));
    const id = `${method.toUpperCase()} ${path}`;
    const request = {
      method: method.toUpperCase(),
      path: path.replaceAll(/\{[^{}]+\}/g, "x") + (query.length > 0 ? `?${query.join("&")}` : ""),
      headers: [
        ...of("header").map((parameter): [string, string] => [String(parameter.name), value(parameter)]),
        ...(cookies.length > 0 ? [["cookie", cookies.join("; ")] as [string, string]] : []),
        ...(body?.headers ?? []),
      ],
      ...(body ? { body: body.bytes } : {}),
    };
    const responses = Object.entries(this.#object(operation.responses)).map(([status, response]) => {
      const answer = this.#body(this.#object(response));
      return {
        status: Number(status) || 200,
        headers: answer?.headers ?? [],
        ...(answer ? { body: answer.bytes } : {}),
      };
    });
    return responses.length === 0 ? [{ id, request }] : responses.map((response) => ({ id, request, response }));
  }

  #body(message: Json): { headers: [string, string][]; bytes: Uint8Array } | undefined {
    for (const [type, media] of Object.entries(this.#object(message.content))) {
      const isForm = type === "application/x-www-form-urlencoded";
      if (!isForm && !/json/.test(type)) continue;
      const schema = this.#object(media);
      const value = schema.example ?? this.#example(schema.schema, []);
      if (value === undefined) continue;
      const text = isForm
        ? new URLSearchParams(Object.entries(this.#object(value)).map(([k, v]) => [k, String(v)])).toString()
        : JSON.stringify(value);
      return { headers: [["content-type", type]], bytes: Buffer.from(text) };
    }
    return undefined;
  }

  /** A value in which every property holds something. */
  #example(node: unknown, trail: readonly unknown[]): unknown {
    const schema = this.#object(node);
    if (trail.includes(schema) || trail.length > deepest) return undefined;
    const below = [...trail, schema];
    const parts = [...this.#list(schema.allOf), ...this.#list(schema.oneOf), ...this.#list(schema.anyOf)];
    const own = this.#own(schema, below);
    if (parts.length === 0) return own;
    const values = [own, ...parts.map((part) => this.#example(part, below))];
    const objects = values.filter(isObject);
    return objects.length > 0
      ? Object.assign({}, ...objects)
      : (values.find((value) => value !== undefined && value !== "x") ?? "x");
  }

  #own(schema: Json, below: readonly unknown[]): unknown {
    if (schema.example !== undefined && !isObject(schema.properties)) return schema.example;
    if (isObject(schema.properties)) {
      const members = Object.entries(schema.properties).map(
        ([name, part]) => [name, this.#example(part, below)] as const,
      );
      return Object.fromEntries(members.filter(([, value]) => value !== undefined));
    }
    if (schema.type === "array" || schema.items !== undefined) {
      const item = this.#example(schema.items, below);
      return item === undefined ? undefined : [item];
    }
    if (schema.additionalProperties !== undefined && isObject(schema.additionalProperties)) {
      const item = this.#example(schema.additionalProperties, below);
      return item === undefined ? undefined : { "0": item };
    }
    if (schema.type === "object" || schema.allOf || schema.oneOf || schema.anyOf) return undefined;
    if (schema.type === "integer" || schema.type === "number") return 1;
    return schema.type === "boolean" ? true : "x";
  }

  #list(value: unknown): Json[] {
    return Array.isArray(value) ? value.map((item) => this.#object(item)) : [];
  }

  /** An object, with its reference followed. */
  #object(value: unknown): Json {
    let found = value;
    for (let hops = 0; isObject(found) && typeof found.$ref === "string" && hops < deepest; hops++) {
      found = this.#at(found.$ref);
    }
    return isObject(found) ? found : {};
  }

  #at(reference: string): unknown {
    if (!reference.startsWith("#/")) return undefined;
    return reference
      .slice(2)
      .split("/")
      .map((part) => decodeURIComponent(part.replaceAll("~1", "/").replaceAll("~0", "~")))
      .reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), this.#document);
  }
}
