/**
 * Generalizations, seen from outside: whether a value says no more than its kind lets through.
 *
 * Invariant: each check is a bound on what may be kept, written from the policy language; the exact spelling is the
 * filter's own matter and is tested there.
 */
import { isIP } from "node:net";
import type { Generalization } from "../policy/action.ts";

export function isCoarser(by: Generalization, original: string, output: string): boolean {
  switch (by.by) {
    case "date":
      return isDate(by.to === "month", original, output);
    case "aged":
      return isDateUpTo(new Date().getUTCFullYear() - by.age, original, output);
    case "zip":
      return isZip(by.digits, by.restricted, original, output);
    case "age":
      return Number(original) >= by.cap ? Number(output) === by.cap : output === original;
    case "ip":
      return isNetwork(by.v4, by.v6, original, output);
    case "number":
      return isFloor(by.bucket, original, output);
    case "geo":
      return original.startsWith(output) && (output.split(".")[1] ?? "").length <= by.decimals;
  }
}

/** The same form, with 01 for what is hidden of the date and midnight for the time; or the start of a period as epoch. */
function isDate(keepsMonth: boolean, original: string, output: string): boolean {
  if (output === original && (/^\d{4}$/.test(output) || (keepsMonth && /^\d{4}-\d{2}$/.test(output)))) return true;
  if (/^\d{9,13}$/.test(original)) return isPeriodStart(keepsMonth, original, output);
  const shape = (text: string): string => text.slice(0, 10).replace(/\d/g, "0");
  if (output.length !== original.length || shape(output) !== shape(original)) return false;
  const year = yearOf(output);
  if (year === undefined || !original.includes(year)) return false;
  const rest = output.slice(0, 10).replace(year, "").match(/\d{2}/g) ?? [];
  const time = output.slice(10).replace(/\D/g, "");
  return rest.filter((pair) => pair !== "01").length <= (keepsMonth ? 1 : 0) && /^0*$/.test(time);
}

/** The same, but that no year comes before the earliest one, which stands for all of those. */
function isDateUpTo(earliest: number, original: string, output: string): boolean {
  if (/^\d{9,13}$/.test(original)) {
    const unit = original.length > 10 ? 1 : 1000;
    const start = Date.UTC(earliest, 0) / unit;
    return Number(original) < start ? Number(output) === start : isPeriodStart(false, original, output);
  }
  const year = yearOf(original);
  if (year === undefined || Number(year) >= earliest) return isDate(false, original, output);
  return isDate(false, original.replace(year, String(earliest)), output);
}

const yearOf = (date: string): string | undefined => /^\d{4}/.exec(date)?.[0] ?? /\d{4}$/.exec(date.slice(0, 10))?.[0];

function isPeriodStart(keepsMonth: boolean, original: string, output: string): boolean {
  const unit = original.length > 10 ? 1 : 1000;
  const start = new Date(Number(output) * unit);
  const isStart = start.getTime() % 86_400_000 === 0 && start.getUTCDate() === 1;
  const year = new Date(Number(original) * unit).getUTCFullYear();
  return isStart && start.getUTCFullYear() === year && (keepsMonth || start.getUTCMonth() === 0);
}

/** The first characters stay, digits become 0 and letters X, separators stay. Leading zeros of a number may be lost. */
function isZip(digits: number, restricted: readonly string[], original: string, output: string): boolean {
  const plain = original.replace(/[ -]/g, "");
  const lost = /^\d{1,4}$/.test(plain) ? 5 - plain.length : 0;
  const isRestricted = restricted.includes("0".repeat(lost).concat(plain).slice(0, 3));
  const keep = isRestricted ? 0 : Math.max(0, digits - lost);
  if (keep === 0 && output === "0") return true;
  let seen = 0;
  return (
    output.length === original.length &&
    [...original].every((character, at) => {
      if (/[ -]/.test(character)) return output[at] === character;
      return output[at] === (seen++ < keep ? character : /\d/.test(character) ? "0" : "X");
    })
  );
}

function isNetwork(v4: number, v6: number, original: string, output: string): boolean {
  const family = isIP(original);
  if (family === 0 || isIP(output) !== family) return false;
  const before = addressBits(original);
  const after = addressBits(output);
  const isMapped = family === 6 && before.startsWith(`${"0".repeat(80)}${"1".repeat(16)}`);
  const keep = family === 4 ? v4 : isMapped ? 96 + v4 : v6;
  return [...after].every((bit, at) => bit === "0" || (at < keep && before[at] === "1"));
}

/** The bits of an address, most significant first. */
function addressBits(address: string): string {
  const bits = (value: number, width: number): string => value.toString(2).padStart(width, "0");
  if (isIP(address) === 4)
    return address
      .split(".")
      .map((octet) => bits(Number(octet), 8))
      .join("");
  const [, lead = "", tail = ""] = /^(.*?)(\d+\.\d+\.\d+\.\d+)?$/.exec(address) ?? [];
  const last = tail === "" ? [] : (addressBits(tail).match(/.{16}/g) ?? []);
  const [left = "", right] = lead.replace(/([^:]):$/, "$1").split("::");
  const groups = (part: string): string[] =>
    part
      .split(":")
      .filter(Boolean)
      .map((group) => bits(Number.parseInt(group, 16), 16));
  const before = groups(left);
  const after = [...groups(right ?? ""), ...last];
  return [
    ...before,
    ..."0"
      .repeat(Math.max(0, 8 - before.length - after.length))
      .split("")
      .map(() => bits(0, 16)),
    ...after,
  ].join("");
}

function isFloor(bucket: number, original: string, output: string): boolean {
  const distance = Number(original) - Number(output);
  return distance >= 0 && distance < bucket && Number(output) % bucket === 0;
}
