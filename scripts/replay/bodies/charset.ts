/** In which charset a body is, by its content-type and its XML declaration, and its text in UTF-8: TextDecoder decodes here. */
import type { BodyReading } from "./reading.ts";

/** `ascii`: one that contains ASCII, of which nothing else is read. */
export type Charset = "utf-8" | "iso-8859-1" | "windows-1252" | "ascii";

/** Undefined: one that is not read. */
function charsetOf(label: string): Charset | undefined {
  if (/^utf-?8$/.test(label)) return "utf-8";
  if (/^(iso-8859-1|latin1)$/.test(label)) return "iso-8859-1";
  if (/^(windows-|cp)1252$/.test(label)) return "windows-1252";
  return /^((us-)?ascii|iso-8859-[1-9]\d?|windows-125[0-8])$/.test(label) ? "ascii" : undefined;
}

/** Of a content-type; `none` when it names no charset, undefined when it names one that is not read, or two. */
export function namedCharset(parameters: readonly string[]): Charset | "none" | undefined {
  const labels = parameters.flatMap((parameter) => {
    const [, label] = /^charset\s*(?:=\s*["'\s]*(.*?)["']*)?$/.exec(parameter) ?? [];
    return parameter.startsWith("charset") && /^charset\s*(=|$)/.test(parameter) ? [label ?? ""] : [];
  });
  const charsets = new Set(labels.map(charsetOf));
  if (charsets.size === 0) return "none";
  return charsets.size === 1 ? [...charsets][0] : undefined;
}

/** Of an XML document: its declaration counts where content-type says nothing else. */
export function charsetOfXml(body: Uint8Array, named: Charset | "none"): Charset | undefined {
  const text = Buffer.from(body).toString("latin1");
  const [, marked, label] = /^(\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]*)["']/.exec(text) ?? [];
  if (label === undefined) return named === "none" ? "utf-8" : named;
  const declared = charsetOf(label.toLowerCase());
  if (declared === undefined || (marked !== undefined && declared !== "utf-8")) return undefined;
  return named === "none" || named === declared ? declared : "ascii";
}

const isUtf8Inside = /[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xff][\x80-\xbf]{3}/;
/** What windows-1252 has nothing for. */
const hole = /[\x81\x8d\x8f\x90\x9d]/;

/** The body in UTF-8; undefined when a byte of it has no one reading. */
export function toUtf8(body: Uint8Array, charset: Charset): Uint8Array | undefined {
  if (charset === "utf-8") return body;
  const bytes = Buffer.from(body).toString("latin1");
  const isFit =
    charset === "ascii"
      ? !/[\x80-\xff]/.test(bytes)
      : !isUtf8Inside.test(bytes) && !(charset === "iso-8859-1" ? /[\x80-\x9f]/ : hole).test(bytes);
  return isFit ? new Uint8Array(Buffer.from(new TextDecoder("windows-1252").decode(body))) : undefined;
}

/** A reading of the body in UTF-8, asked about bytes in its own charset. */
export function readingIn(charset: Charset, reading: BodyReading): BodyReading {
  if (charset === "utf-8") return reading;
  const widened = (after: Uint8Array) => new Uint8Array(Buffer.from(new TextDecoder("windows-1252").decode(after)));
  return {
    ...reading,
    compare: (after) => reading.compare(widened(after)),
    textIn: (after) => reading.textIn?.(widened(after)) ?? Buffer.from(widened(after)).toString("utf8"),
  };
}
