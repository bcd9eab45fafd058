/** What each token format promises, said independently of the filter's code. */
import type { Spec, Type } from "./token.ts";

/** Digits, capital and small letters by class; anything else as it is. */
export const shape = (text: string): string => text.replace(/\d/g, "0").replace(/[A-Z]/g, "A").replace(/[a-z]/g, "a");

const hexShape = (text: string): string => text.replace(/[\da-fA-F]/g, "0");

export const digitsOf = (text: string): string => text.replace(/\D/g, "");

/** ISO/IEC 7812-1, annex B: 0 for a number that passes. */
export function luhnSum(text: string): number {
  let sum = 0;
  for (const [index, digit] of [...digitsOf(text)].reverse().entries()) {
    sum += index % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(digit)]! : Number(digit);
  }
  return sum % 10;
}

/** The digits with the one at the end replaced so that the number passes. */
export function withCheckDigit(digits: string): string {
  const open = `${digits.slice(0, -1)}0`;
  return `${digits.slice(0, -1)}${(10 - luhnSum(open)) % 10}`;
}

/** ISO/IEC 7064, MOD 97-10: how far the check digits are from the right ones. */
export function ibanOffset(text: string): number {
  const compact = text.replaceAll(" ", "").toUpperCase();
  const number = `${compact.slice(4)}${compact.slice(0, 4)}`.replace(/[A-Z]/g, (c) => String(c.charCodeAt(0) - 55));
  return Number((BigInt(number) + 96n) % 97n);
}

/** Whether the calendar has the day. */
export function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month >= 1 && month <= 12;
}

/** Days that a spelling may mean, one for each order in which it is a date. */
export function readings(text: string): string[] {
  const [a, b, c] = text.length === 8 ? [text.slice(0, 4), text.slice(4, 6), text.slice(6)] : text.split(/[-./Tt ]/);
  const orders = {
    YMD: [a, b, c],
    DMY: [c, b, a],
    MDY: [c, a, b],
  };
  const possible = text.includes("/")
    ? (["DMY", "MDY"] as const)
    : text.includes(".") && text[2] === "."
      ? (["DMY"] as const)
      : (["YMD"] as const);
  return possible.filter((order) => {
    const [year, month, day] = orders[order].map((part) => Number(part?.slice(0, 4)));
    return isDay(year!, month!, day!);
  });
}

/** What the token breaks, undefined when it keeps every promise. */
export function broken(spec: Spec, type: Type, value: string, token: string): string | undefined {
  if (spec.format === "opaque") return /^fg1\.k1\.[\w-]{22,}$/.test(token) ? undefined : "not an opaque token";
  if (spec.format === "uuid" ? hexShape(token) !== hexShape(value) : shape(token) !== shape(value))
    return "another shape";
  if (type === "number" && BigInt(value) <= Number.MAX_SAFE_INTEGER !== BigInt(token) <= Number.MAX_SAFE_INTEGER) {
    return "crosses 2^53 - 1";
  }
  if (type === "number" && token[0] === "0") return "a leading zero";
  return promises[spec.format]?.(value, token, spec);
}

const ends = (characters: RegExp, text: string, { keepFirst = 0, keepLast = 0 }: Spec): string => {
  const kept = text.replace(characters, "");
  return `${kept.slice(0, keepFirst)} ${kept.slice(kept.length - keepLast)}`;
};

const promises: { [format in Spec["format"]]?: (value: string, token: string, spec: Spec) => string | undefined } = {
  pan(value, token, spec) {
    if (ends(/\D/g, value, spec) !== ends(/\D/g, token, spec)) return "other ends";
    if (spec.luhn === "any") return undefined;
    const distance = (luhnSum(token) - luhnSum(value) + 10) % 10;
    if (spec.luhn === "invalid") return luhnSum(token) !== 0 && distance === 1 ? undefined : "passes Luhn";
    return distance === 0 ? undefined : "another check sum";
  },
  digits: (value, token, spec) => (ends(/\D/g, value, spec) === ends(/\D/g, token, spec) ? undefined : "other ends"),
  alphanumeric: (value, token, spec) =>
    ends(/[^\dA-Za-z]/g, value, spec) === ends(/[^\dA-Za-z]/g, token, spec) ? undefined : "other ends",
  email: (value, token) => (/\.[^.]*$/.exec(value)![0] === /\.[^.]*$/.exec(token)![0] ? undefined : "another domain"),
  phone: (value, token) => (digitsOf(value).slice(0, 1) === digitsOf(token).slice(0, 1) ? undefined : "another prefix"),
  iban(value, token) {
    if (value.slice(0, 2) !== token.slice(0, 2)) return "another country";
    return ibanOffset(value) === ibanOffset(token) ? undefined : "another offset of the check digits";
  },
  date: (value, token) =>
    readings(token).length > 0 &&
    readings(value).join() === readings(token).join() &&
    value.slice(19) === token.slice(19)
      ? undefined
      : "not the same kind of date",
  uuid(value, token) {
    const [own, other] = [value, token].map((text) => text.replaceAll("-", ""));
    if (own![12] !== other![12] || own![16] !== other![16]) return "another version or variant";
    const cases = (text: string) => `${/[a-f]/.test(text)}${/[A-F]/.test(text)}`;
    const isPlain = (text: string) => !/[A-F]/.test(text);
    return cases(value) === cases(token) || (isPlain(value) && isPlain(token)) ? undefined : "another case";
  },
};
