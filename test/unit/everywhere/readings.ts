/**
 * What a message spells to whoever receives it: as it stands, and decoded by every code that receivers undo, one within
 * another, four deep. It is this file's own reading: nothing of the product is used.
 */
import type { Message } from "../../../scripts/host/index.ts";

const unescapeJson = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_all, hex: string | undefined, one: string) =>
    hex === undefined ? one : String.fromCharCode(Number.parseInt(hex, 16)),
  );
const decodePercent = (text: string): string =>
  text.replace(/%([0-9a-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
const decodeForm = (text: string): string => decodePercent(text.replaceAll("+", " "));
const textOfXml = (text: string): string =>
  text
    .replace(/<!--.*?-->|<!\[CDATA\[|\]\]>/gs, "")
    .replace(/&#x([0-9a-f]+);/gi, (_all, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_all, digits: string) => String.fromCodePoint(Number(digits)))
    .replaceAll("&amp;", "&");
const decodeBase64 = (text: string): string =>
  [...text.matchAll(/[A-Za-z0-9+/_-]{8,}/g)].map(([run]) => Buffer.from(run, "base64").toString("latin1")).join("\n");
/** Every varint of protobuf, which stands for the digits of a number, and every eight bytes. */
const numbersIn = (text: string): string => {
  const bytes = Buffer.from(text, "latin1");
  const numbers: bigint[] = [];
  for (let at = 0; at < bytes.length; at++) {
    let value = 0n;
    for (let end = at; end < at + 10; end++) {
      value |= BigInt((bytes[end] ?? 0) & 127) << BigInt(7 * (end - at));
      if ((bytes[end] ?? 0) < 128) break;
    }
    numbers.push(value, (value >> 1n) ^ -(value & 1n));
    if (at + 8 <= bytes.length) numbers.push(bytes.readBigUInt64LE(at));
  }
  return numbers.join(" ");
};

const decoders = [unescapeJson, decodePercent, decodeForm, textOfXml, decodeBase64];

export function readingsOf({ headers, body, trailers = [] }: Message): Set<string> {
  const raw = Buffer.from(body).toString("latin1");
  const all = new Set([[...headers, ...trailers].flat().join("\n"), raw, numbersIn(raw)]);
  let level = [...all];
  for (let depth = 0; depth < 4; depth++) {
    level = level
      .flatMap((text) => decoders.map((decode) => decode(text)))
      .filter((text) => text !== "" && !all.has(text));
    for (const text of level) all.add(text);
  }
  return all;
}

/** Without what may stand between the digits and letters of a value. */
export const squeezed = (text: string): string => text.replace(/[\s.()-]/g, "");
