/**
 * OpenAPI 3.0 and 3.1 and Swagger 2.0 as recordings: for each operation exchanges in which every parameter, header and
 * property of its schemas holds something.
 *
 * Invariant: equal bodies of one direction are made once, whatever the number of operations that have them.
 */
import { RecordingError } from "../../replay/form.ts";
import type { RecordedRequest, RecordedResponse, Recording } from "../../replay/recording.ts";
import type { Header } from "../../replay/text.ts";
import type { Direction } from "../field.ts";
import { type Body, bodyOf } from "./bodies.ts";
import { Document, isObject, type Json, parseTree } from "./document.ts";
import { Values } from "./values.ts";

export interface OpenApi {
  readonly recordings: Recording[];
  /** Paths with parameters in braces. */
  readonly templates: string[];
  readonly meaning: ReadonlyMap<string, string>;
  /** References that lead nowhere. */
  readonly missing: number;
}

/**
 * The document, or undefined when the text is none; `path` is where its references count from. Throws RecordingError for one
 * that cannot be read.
 */
export function readOpenApi(path: string, text: string): OpenApi | undefined {
  const root = parseTree(text, /^\s*["']?(openapi|swagger|asyncapi)["']?\s*:/m.test(text));
  if (isObject(root) && root.asyncapi !== undefined)
    throw new RecordingError(`${path}: AsyncAPI is not read; give recordings of its messages, or an OpenAPI document`);
  if (isObject(root) && (root.openapi !== undefined || root.swagger !== undefined))
    return new Reader(new Document(path, root)).read();
  if (root === undefined && /^\s*\{?\s*["']?(openapi|swagger)["']?\s*:\s*["']?\d/.test(text))
    throw new RecordingError(
      `${path}: the document is neither JSON nor YAML from its begin to its end; is it truncated?`,
    );
  return undefined;
}

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** What a message may have in its body, a media type each. */
type Content = readonly (readonly [type: string, media: Json])[];

class Reader {
  readonly #document: Document;
  readonly #values: Values;
  readonly #made = new Set<string>();
  readonly #base: string;

  constructor(document: Document) {
    this.#document = document;
    this.#values = new Values(document);
    const { basePath } = document.root;
    this.#base = typeof basePath === "string" ? basePath.replace(/\/$/, "") : "";
  }

  read(): OpenApi {
    const { root } = this.#document;
    const recordings: Recording[] = [];
    const templates: string[] = [];
    for (const [path, item] of [...this.#document.entries(root.paths), ...this.#webhooks()]) {
      const full = `${this.#base}${path}`;
      templates.push(full);
      const shared = this.#document.list(item.parameters);
      for (const method of methods) {
        if (isObject(item[method]))
          recordings.push(...this.#operation(full, method, this.#document.object(item[method]), shared));
      }
    }
    recordings.push(...this.#credentials());
    const { meaning } = this.#values;
    return { recordings, templates, meaning, missing: this.#document.missing.size };
  }

  /** Requests that the described service sends. */
  #webhooks(): [string, Json][] {
    return this.#document
      .entries(this.#document.root.webhooks)
      .map(([name, item]) => [`/${encodeURIComponent(name)}`, item]);
  }

  #operation(path: string, method: string, operation: Json, shared: readonly Json[]): Recording[] {
    const parameters = [...shared, ...this.#document.list(operation.parameters)];
    const pairs = (place: string): [string, string][] =>
      parameters
        .filter((parameter) => parameter.in === place)
        .flatMap((parameter) => this.#parameter(String(parameter.name), parameter));
    const query = pairs("query").map((pair) => pair.map(encodeURIComponent).join("="));
    const cookies = pairs("cookie").map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const values = new Map(pairs("path"));
    const filled = path.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => encodeURIComponent(values.get(name) ?? "x"));
    const id = `${method.toUpperCase()} ${path}`;
    const head = {
      method: method.toUpperCase(),
      path: filled + (query.length > 0 ? `?${query.join("&")}` : ""),
      headers: [...pairs("header"), ...(cookies.length > 0 ? [["cookie", cookies.join("; ")] as const] : [])],
    };
    const bodies = this.#bodies("request", this.#asked(operation, parameters));
    const requests = bodies.length > 0 ? bodies.map((body) => withBody<RecordedRequest>(head, body)) : [head];
    const responses = this.#document
      .entries(operation.responses)
      .flatMap(([status, response]) => this.#response(status, response));
    const count = Math.max(requests.length, responses.length);
    return Array.from({ length: count }, (_, index): Recording => {
      const response = responses[index];
      return { id, request: requests[index] ?? { ...head, headers: [] }, ...(response && { response }) };
    });
  }

  /** A parameter; one that is an object is as many, as `deepObject` and `form` have it. */
  #parameter(name: string, parameter: Json): [string, string][] {
    const [media] = Object.values(this.#document.object(parameter.content));
    const schema = parameter.schema ?? (isObject(media) ? media.schema : parameter);
    const value = parameter.example ?? this.#values.of(schema, "request") ?? "x";
    if (media) return [[name, JSON.stringify(value)]];
    if (isObject(value)) return Object.entries(value).map(([key, item]) => [`${name}[${key}]`, scalarOf(item)]);
    return [[name, scalarOf(Array.isArray(value) ? value[0] : value)]];
  }

  /** What a request may hold; Swagger 2 tells it among the parameters. */
  #asked(operation: Json, parameters: readonly Json[]): Content {
    const { content } = this.#document.object(operation.requestBody);
    if (content !== undefined) return this.#document.entries(content);
    const types = this.#types(operation.consumes ?? this.#document.root.consumes, "application/json");
    const body = parameters.find((parameter) => parameter.in === "body");
    if (body) return types.map((type) => [type, { schema: body.schema }]);
    const fields = parameters.filter((parameter) => parameter.in === "formData");
    if (fields.length === 0) return [];
    const properties = Object.fromEntries(fields.map((field) => [String(field.name), field]));
    const forms = types.filter((type) => /form/.test(type));
    const form = fields.some(({ type }) => type === "file")
      ? "multipart/form-data"
      : "application/x-www-form-urlencoded";
    return (forms.length > 0 ? forms : [form]).map((type) => [type, { schema: { type: "object", properties } }]);
  }

  #types(told: unknown, otherwise: string): string[] {
    const types = Array.isArray(told) ? told.map(String) : [];
    return types.length > 0 ? types : [otherwise];
  }

  #response(status: string, response: Json): RecordedResponse[] {
    const types = this.#types(this.#document.root.produces, "application/json");
    const content: Content = response.schema
      ? types.map((type) => [type, response])
      : this.#document.entries(response.content);
    const headers = this.#document
      .entries(response.headers)
      .flatMap(([name, header]) => this.#parameter(name, header).slice(0, 1));
    const bodies = this.#bodies("response", content);
    const head = { status: Number(status) || 200, headers };
    if (bodies.length > 0) return bodies.map((body) => withBody<RecordedResponse>(head, body));
    return headers.length > 0 ? [head] : [];
  }

  #bodies(direction: Direction, content: Content): Body[] {
    return content.flatMap(([type, { schema, example, examples }]) => {
      const named = isObject(schema) && typeof schema.$ref === "string" ? schema.$ref : undefined;
      const key = `${direction} ${type} ${named}`;
      if (named !== undefined && this.#made.has(key)) return [];
      this.#made.add(key);
      const given = [
        example,
        ...Object.values(this.#document.object(examples)).map((one) => this.#document.object(one).value),
      ];
      const values = [this.#values.of(schema, direction), ...given].filter((value) => value !== undefined);
      return values.flatMap((value) => {
        const body = bodyOf(this.#document, type, schema, value);
        if (body === undefined) return [];
        const text = `${direction} ${body.type} ${Buffer.from(body.bytes).toString("latin1")}`;
        if (this.#made.has(text)) return [];
        this.#made.add(text);
        return [body];
      });
    });
  }

  /** What proves who asks, in whatever operation. */
  #credentials(): Recording[] {
    const { components, securityDefinitions } = this.#document.root;
    const schemes = this.#document.entries(this.#document.object(components).securitySchemes ?? securityDefinitions);
    const headers: Header[] = [];
    const query: string[] = [];
    for (const [, { type, in: place, name }] of schemes) {
      if (type !== "apiKey") headers.push(["authorization", "Bearer x"]);
      else if (place === "header") headers.push([String(name), this.#values.secret()]);
      else if (place === "cookie") headers.push(["cookie", `${name}=${this.#values.secret()}`]);
      else if (place === "query") query.push(`${encodeURIComponent(String(name))}=${this.#values.secret()}`);
    }
    if (headers.length + query.length === 0) return [];
    const path = `/${query.length > 0 ? `?${query.join("&")}` : ""}`;
    const unique = [...new Map(headers.map((header) => [header[0].toLowerCase(), header])).values()];
    return [{ id: "security", request: { method: "GET", path, headers: unique } }];
  }
}

const scalarOf = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

const withBody = <T extends { headers: readonly Header[] }>(message: T, { type, bytes }: Body): T => ({
  ...message,
  headers: [...message.headers.filter(([name]) => name.toLowerCase() !== "content-type"), ["content-type", type]],
  body: bytes,
});
