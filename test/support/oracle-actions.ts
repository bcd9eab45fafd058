/**
 * What stands in the place of one value, by the actions of the policy language: nothing of the filter is
 * asked. A result is the spelling that the filter must write; undefined leaves the value as it is.
 */
import { createHmac } from "node:crypto";
import type { NodeType } from "jsonc-parser";
import { testKey } from "./engine.ts";
import type { Action } from "./oracle.ts";

const byType: Record<string, string> = {
  string: '"[redacted]"',
  number: "0",
  boolean: "false",
  object: "{}",
  array: "[]",
};

export function replacement(action: Action, type: NodeType, raw: string, limit: number): string | undefined {
  if (type === "null" || raw === '""') return undefined;
  if (action.kind === "redact" && "with" in action) return JSON.stringify(action.with);
  const redacted = byType[type];
  if (action.kind === "redact" || action.kind === "strip" || type === "boolean") return redacted;
  if (Buffer.byteLength(raw) > limit) return redacted;
  if (type === "number") return changedNumber(action, raw) ?? redacted;
  const before = Array.from(JSON.parse(raw) as string);
  const after = changedText(action, before);
  if (after === undefined) return redacted;
  return after === before ? undefined : quoted(after);
}

/** The characters that take the place; the very same array when nothing changes; undefined when it must be redacted. */
function changedText(action: Action, before: string[]): string[] | undefined {
  if (action.kind === "mask") return masked(action, before);
  if (action.kind === "hash") {
    const code = createHmac("sha256", Buffer.from(testKey, "hex")).update(wtf8(before)).digest(action.encoding);
    return [...code.slice(0, action.length || undefined)];
  }
  if (action.kind !== "truncate") return undefined;
  const { keepFirst, keepLast } = action;
  if (keepFirst + keepLast >= before.length) return before;
  return [...before.slice(0, keepFirst), ...before.slice(before.length - keepLast)];
}

function masked(action: Action & { kind: "mask" }, before: string[]): string[] {
  const skip = new Set(action.skip);
  const places = before.flatMap((character, index) => (skip.has(character) ? [] : index));
  if (places.length === 0) return before;
  const after = [...before];
  for (const place of hidden(action, places)) after[place] = action.char;
  return after;
}

/** What a mask hides of its places: all of them when the ends that stay would cover everything. */
function hidden<T>({ keepFirst, keepLast }: { keepFirst: number; keepLast: number }, places: T[]): T[] {
  return keepFirst + keepLast >= places.length ? places : places.slice(keepFirst, places.length - keepLast);
}

function changedNumber(action: Action, raw: string): string | undefined {
  if (action.kind === "hash") {
    const code = createHmac("sha256", Buffer.from(testKey, "hex")).update(raw).digest();
    return String(10n ** 14n + (code.readBigUInt64BE() % (9n * 10n ** 14n)));
  }
  if (action.kind === "mask") {
    const characters = [...raw];
    const digits = characters.flatMap((character, index) => (/[0-9]/.test(character) ? index : []));
    const first = digits[0]!;
    for (const place of hidden(action, digits)) {
      characters[place] = place === first ? "1" : "0";
    }
    return characters.join("");
  }
  if (action.kind !== "truncate" || !/^[0-9]+$/.test(raw)) return undefined;
  const { keepFirst, keepLast } = action;
  if (keepFirst + keepLast >= raw.length) return raw;
  const after = raw.slice(0, keepFirst) + raw.slice(raw.length - keepLast);
  // 007 is no JSON number.
  return /^0[0-9]/.test(after) ? undefined : after;
}

/** Each character by itself, so that two halves of a pair which only now stand together stay two escapes. */
function quoted(characters: readonly string[]): string {
  const unicode = (found: string) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const inside = characters.map((character) => {
    if (character === '"' || character === "\\") return `\\${character}`;
    return character < " " || !character.isWellFormed() ? unicode(character) : character;
  });
  return `"${inside.join("")}"`;
}

/** UTF-8 in which a lone surrogate has three bytes, as any other code point of its size. */
function wtf8(characters: readonly string[]): Buffer {
  return Buffer.concat(
    characters.map((character) => {
      if (character.isWellFormed()) return Buffer.from(character);
      const code = character.charCodeAt(0);
      return Buffer.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    }),
  );
}
