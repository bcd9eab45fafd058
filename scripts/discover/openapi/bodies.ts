/**
 * A value in the format of a media type: JSON, lines, events, forms, parts, XML as the schema names its elements, text.
 *
 * Invariant: what has no format that the filter reads has no body.
 */
import { formatOf } from "../../replay/bodies/index.ts";
import { type Document, isObject, type Json } from "./document.ts";

export interface Body {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const boundary = "frostglass-described";

export function bodyOf(document: Document, mediaType: string, schema: unknown, value: unknown): Body | undefined {
  const media = mediaType.split(";", 1)[0]!.trim().toLowerCase();
  const text = JSON.stringify(value);
  if (text === undefined) return undefined;
  const as = (type: string, content: string): Body => ({ type, bytes: Buffer.from(content) });
  switch (media === "*/*" || media === "application/*" ? "json" : formatOf(media)) {
    case "json":
      return as(media.includes("*") ? "application/json" : media, text);
    case "lines":
      return as(media, `${text}\n`);
    case "events":
      return as(media, `data: ${text}\n\n`);
    case "form":
      return as(
        media,
        pairsOf(value)
          .map((pair) => pair.map(encodeURIComponent).join("="))
          .join("&"),
      );
    case "text":
      return as(media, typeof value === "string" ? value : text);
    case "multipart":
      return as(`${media}; boundary=${boundary}`, partsOf(value));
    case "xml":
      return as(media, `<?xml version="1.0"?>${elementOf(document, schema, value, rootOf(schema), true)}`);
    default:
      return undefined;
  }
}

/** Fields of a form; what is in objects and lists has a name in brackets, as forms of large interfaces have it. */
function pairsOf(value: unknown, name = ""): [string, string][] {
  if (isObject(value))
    return Object.entries(value).flatMap(([key, item]) => pairsOf(item, name === "" ? key : `${name}[${key}]`));
  if (Array.isArray(value)) return value.flatMap((item) => pairsOf(item, `${name}[]`));
  return name === "" ? [] : [[name, String(value)]];
}

function partsOf(value: unknown): string {
  const parts = Object.entries(isObject(value) ? value : {}).map(([name, item]) => {
    const isText = typeof item !== "object";
    const type = isText ? "" : "Content-Type: application/json\r\n";
    const content = isText ? String(item) : JSON.stringify(item);
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n${type}\r\n${content}\r\n`;
  });
  return `${parts.join("")}--${boundary}--\r\n`;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

const nameOf = (name: string): string => (/^[A-Za-z_][\w.-]*$/.test(name) ? name : "item");

/** The root is called as its schema is. */
const rootOf = (schema: unknown): string =>
  isObject(schema) && typeof schema.$ref === "string" ? schema.$ref.split("/").at(-1)! : "root";

/** By OpenAPI 3.1, 4.8.26: `xml.name`, `xml.attribute` and `xml.wrapped`. */
function elementOf(document: Document, node: unknown, value: unknown, name: string, isRoot = false): string {
  const schema = document.object(node);
  const xml = document.object(schema.xml);
  const own = nameOf(typeof xml.name === "string" ? xml.name : name);
  if (Array.isArray(value)) {
    const items = value.map((item) => elementOf(document, schema.items, item, name)).join("");
    return xml.wrapped === true || isRoot ? `<${own}>${items}</${own}>` : items;
  }
  if (!isObject(value)) return `<${own}>${escaped(String(value))}</${own}>`;
  let attributes = "";
  let content = "";
  for (const [key, item] of Object.entries(value)) {
    const member = propertyOf(document, schema, key);
    const told = document.object(document.object(member).xml);
    if (told.attribute === true) {
      const label = nameOf(typeof told.name === "string" ? told.name : key);
      attributes += ` ${label}="${escaped(String(item))}"`;
    } else content += elementOf(document, member, item, key);
  }
  return `<${own}${attributes}>${content}</${own}>`;
}

/** A property of a schema or of the parts that it is made of. */
function propertyOf(document: Document, schema: Json, name: string, depth = 0): unknown {
  const own = document.object(schema.properties)[name];
  if (own !== undefined || depth > 8) return own;
  for (const part of [schema.allOf, schema.oneOf, schema.anyOf].flatMap((list) => document.list(list))) {
    const found = propertyOf(document, part, name, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
