/**
 * What a token may look like, seen from outside: the promises of each format, without the keys that make it.
 *
 * Invariants: written from the policy language, not from the filter's code; a token is never its original.
 */
import type { ResolvedToken } from "../policy/token.ts";
import type { Scalar } from "./replacement.ts";

const opaque = /^fg1\.[a-z0-9]{1,12}\.[A-Za-z0-9_-]{22,}$/;
/** Inside a text it begins where no other word does, or right behind an escape by percent sign or backslash. */
const opaqueInside =
  /(?<=^|[^\w-]|%[\da-fA-F]{2}|\\(?:[bfnrtv0]|x[\da-fA-F]{2}|u[\da-fA-F]{4}))fg1\.[a-z0-9]{1,12}\.[A-Za-z0-9_-]{22,}(?![\w-])/;

/** Whether `output` can be what tokenize makes of a value; redactions have been judged before. */
export function isTokenOf(token: ResolvedToken, original: Scalar, output: string): boolean {
  if (output === original.value) return false;
  if (original.kind !== "number" && (token.format === "opaque" || token.fallback === "opaque") && opaque.test(output)) {
    return true;
  }
  return token.format !== "opaque" && sameClasses(original.value, output) && fits(token, original.value, output);
}

/** Whether `output` can be what a token, or with `anywhere` the opaque ones in a text, stood for; nothing else is turned back. */
export function isRevealed(token: ResolvedToken, anywhere: boolean, { kind, value }: Scalar, output: string): boolean {
  if (kind !== "number" && (opaque.test(value) || (anywhere && stands(value.split(opaqueInside), output)))) return true;
  return isTokenOf(token, { kind, value: output }, value);
}

/** Whether the parts stand in the text in their order, the first and last at its ends, and something may be in between. */
function stands([first = "", ...rest]: readonly string[], text: string): boolean {
  const last = rest.pop();
  if (last === undefined || !text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length >= at + last.length && text.endsWith(last);
}

/** One character of the same class for each: digits, capital and small letters; anything else is the same. */
const classes = (text: string): string => text.replace(/\d/g, "0").replace(/[A-Z]/g, "A").replace(/[a-z]/g, "a");

/** A hexadecimal digit may become a letter. */
const hexClasses = (text: string): string => text.replace(/[\da-fA-F]/g, "0");

function sameClasses(original: string, output: string): boolean {
  return classes(original) === classes(output) || hexClasses(original) === hexClasses(output);
}

function fits({ format, luhn, keepFirst, keepLast }: ResolvedToken, original: string, output: string): boolean {
  switch (format) {
    case "pan":
      if (!/^\d{13,19}$/.test(output.replace(/[ -]/g, ""))) return false;
      if (luhn === "valid" && luhnSum(original) !== luhnSum(output)) return false;
      if (luhn === "invalid" && luhnSum(output) === 0) return false;
      return keptDigits(original, keepFirst, keepLast) === keptDigits(output, keepFirst, keepLast);
    case "email":
      return output.split("@").at(-1)?.split(".").at(-1) === original.split("@").at(-1)?.split(".").at(-1);
    case "iban":
      return output.slice(0, 2) === original.slice(0, 2);
    case "date":
      return !Number.isNaN(Date.parse(output)) || !/^\d{4}-/.test(output);
    default:
      return true;
  }
}

/** The sum of ISO/IEC 7812-1, annex B, modulo 10: 0 for a number that passes. */
function luhnSum(text: string): number {
  return [...text.replace(/\D/g, "")].reverse().reduce((sum, character, index) => {
    const digit = Number(character) * (index % 2 === 1 ? 2 : 1);
    return (sum + (digit > 9 ? digit - 9 : digit)) % 10;
  }, 0);
}

function keptDigits(text: string, first: number, last: number): string {
  const digits = text.replace(/\D/g, "");
  return digits.slice(0, first) + digits.slice(digits.length - last);
}
