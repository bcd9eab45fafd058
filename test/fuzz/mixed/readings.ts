/**
 * All that a text spells: percent escapes, escapes of JSON and XML, base64 at any place, in one another. It may read what is
 * not there, which holds no token.
 */
import type { Message } from "./back-exchange.ts";

const LEVELS = 6;
const short: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const character = (hex: string): string => String.fromCodePoint(Number.parseInt(hex, 16));

const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-f]{4})|(.))/gis, (_, hex: string | undefined, one: string) =>
    hex === undefined ? (short[one] ?? one) : character(hex),
  );
const unpercented = (text: string): string => text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => character(hex));
const unreferred = (text: string): string =>
  text
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => character(hex))
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

/** What stands in front of base64 in protobuf may look like a part of it: most documents begin with one of these. */
const beginnings = /eyJ|W[1-9A-Za-z]|In?/g;
function* decoded(text: string): Generator<string> {
  for (const [run] of text.matchAll(/[\w+/-]{8,}/g)) {
    for (const from of [0, ...[...run.matchAll(beginnings)].map(({ index }) => index)]) {
      // What follows the base64 may look like more of it.
      const spelled = /^\s*["[{\w][\s\P{Cc}]{7,}/u.exec(Buffer.from(run.slice(from), "base64").toString("latin1"));
      if (spelled !== null) yield spelled[0];
    }
  }
}

/** The text in every reading, each on lines of its own. */
export function readings(text: string, into = new Set<string>(), levels = LEVELS): Set<string> {
  if (into.has(text) || levels === 0) return into;
  into.add(text);
  const inside = [unescaped(text), unpercented(text), unreferred(text), ...decoded(text)];
  for (const one of inside) readings(one, into, levels - 1);
  return into;
}

/** All opaque tokens, and originals of those that are planted, that stand in what left. */
export function valuesIn({ path, headers, body, trailers }: Message): Set<string> {
  const isText = headers.some(([name, value]) => name === "content-type" && value.includes("grpc-web-text"));
  const text = Buffer.from(isText ? Buffer.from(Buffer.from(body).toString(), "base64") : body).toString("latin1");
  const all = [...readings([path, ...headers.flat(), ...trailers.flat(), text].join("\n"))].join("\n");
  return new Set([...(all.match(/fg1\.k0\.[\w-]+/g) ?? []), ...(all.match(/Qrs\d+nmlk/g) ?? [])]);
}
