/**
 * An XML text as a tree that keeps every character: saxes judges it first, so the walk may assume a well-formed one.
 * Independent of the filter and of the policy compiler.
 */
import { SaxesParser } from "saxes";
import { MAX } from "../../../policy/constants.ts";

export interface Attribute {
  readonly kind: "attribute";
  /** White space, name, equals sign and quote as they are spelled. */
  readonly lead: string;
  readonly name: string;
  readonly local: string;
  readonly quote: string;
  /** As it is spelled, without its quotes. */
  readonly raw: string;
}

export interface Element {
  readonly kind: "element";
  readonly local: string;
  /** The start tag up to its first attribute, and from behind its last one on. */
  readonly head: string;
  readonly tail: string;
  readonly attributes: readonly Attribute[];
  readonly children: Content[];
  /** The end tag; empty for an empty-element tag. */
  end: string;
}

/** `text` is character data and CDATA sections; `markup` a comment, an instruction or the XML declaration. */
export interface Leaf {
  readonly kind: "text" | "markup";
  readonly raw: string;
}

export type Content = Element | Leaf;

/** What stands at the top level, in order; undefined when it is no XML that the contract says is read. */
export function parseXml(body: Uint8Array): readonly Content[] | undefined {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
  return isReadable(text) ? walk(text) : undefined;
}

/** Well-formed XML 1.0 in UTF-8 with qualified names, without a document type declaration. */
function isReadable(text: string): boolean {
  const parser = new SaxesParser({ defaultXMLVersion: "1.0", position: false });
  let isSound = true;
  const fail = (): void => {
    isSound = false;
  };
  const checkName = (name: string): void => {
    if (!/^[^:]+(:[^:.\-0-9][^:]*)?$/.test(name)) fail();
  };
  parser.on("error", fail);
  parser.on("doctype", fail);
  parser.on("xmldecl", ({ version, encoding }) => {
    // Whoever has decoded it has read which one it is: here it only must not be a charset that nothing reads.
    const isRead = /^((us-)?ascii|utf-?8|latin1|iso-8859-[1-9]\d?|windows-125[0-8]|cp1252)$/i.test(encoding ?? "utf-8");
    if (version !== "1.0" || !isRead) fail();
  });
  parser.on("processinginstruction", ({ target }) => {
    if (target.includes(":")) fail();
  });
  parser.on("opentag", ({ name, attributes }) => {
    for (const each of [name, ...Object.keys(attributes)]) checkName(each);
  });
  parser.write(text).close();
  return isSound;
}

const token =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<\/[^>]*>|<[^\s/>]+((?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>|[^<]+/g;
const attribute = /(\s+([^\s=/>]+)\s*=\s*(["']))([\s\S]*?)\3/g;

function walk(text: string): readonly Content[] | undefined {
  const top: Content[] = [];
  const open: Element[] = [];
  for (const [raw, attributes = ""] of text.matchAll(token)) {
    const siblings = open.at(-1)?.children ?? top;
    if (raw.startsWith("</")) {
      open.pop()!.end = raw;
    } else if (raw.startsWith("<!--") || raw.startsWith("<?")) {
      siblings.push({ kind: "markup", raw });
    } else if (!raw.startsWith("<") || raw.startsWith("<![CDATA[")) {
      siblings.push({ kind: "text", raw });
    } else {
      const element = elementOf(raw, attributes);
      siblings.push(element);
      if (raw.endsWith("/>")) continue;
      open.push(element);
      // Deeper than any policy lets through: such a body is refused.
      if (open.length > MAX.DEPTH) return undefined;
    }
  }
  return top;
}

const localOf = (name: string) => name.slice(name.indexOf(":") + 1);

function elementOf(raw: string, attributes: string): Element {
  const name = /^<([^\s/>]+)/.exec(raw)![1]!;
  const head = `<${name}`;
  return {
    kind: "element",
    local: localOf(name),
    head,
    tail: raw.slice(head.length + attributes.length),
    attributes: [...attributes.matchAll(attribute)].map(([, lead, name, quote, value]) => ({
      kind: "attribute",
      lead: lead!,
      name: name!,
      local: localOf(name!),
      quote: quote!,
      raw: value!,
    })),
    children: [],
    end: "",
  };
}

/** Text of an element as a receiver reads it. */
export function textOf(raw: string): string {
  const parser = new SaxesParser({ position: false, fragment: true });
  const parts: string[] = [];
  parser.on("text", (text) => parts.push(text));
  parser.on("cdata", (text) => parts.push(text));
  parser.write(raw).close();
  return parts.join("");
}

/** An attribute value as a receiver reads it. */
export function attributeValue(raw: string, quote: string): string {
  const parser = new SaxesParser({ position: false });
  let value = "";
  parser.on("attribute", (attribute) => {
    value = attribute.value;
  });
  parser.write(`<a a=${quote}${raw}${quote}/>`).close();
  return value;
}

/** Texts and attributes that refer to another part of a message (RFC 2392), in order. */
export function referencesIn(content: readonly Content[]): string[] {
  const found: string[] = [];
  // Sections, and comments between them, divide no text.
  let raw = "";
  for (const child of content) {
    if (child.kind === "text") raw += child.raw;
    if (child.kind !== "element") continue;
    found.push(...referring(textOf(raw)), ...attributesReferring(child), ...referencesIn(child.children));
    raw = "";
  }
  return [...found, ...referring(textOf(raw))];
}

/** Whether an attribute of the element does so. */
export const refersFrom = (element: Element): boolean => attributesReferring(element).length > 0;

const attributesReferring = ({ attributes }: Element): string[] =>
  attributes.flatMap(({ raw, quote }) => referring(attributeValue(raw, quote)));

/** A reference without its host: with it all of them are written as addresses of mail. */
export const withoutHost = (value: string): string => value.replace(/@[^@]*$/s, "");

const referring = (value: string): string[] => (/^\s*cid:/i.test(value) ? [value.trim()] : []);
