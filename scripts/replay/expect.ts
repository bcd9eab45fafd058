/**
 * What a recording or a policy test says must come of an exchange.
 *
 * Invariants: an expectation with an unknown member is refused, since one that is never checked is worse than none; a
 * failure names what differs and where, never the value that was found.
 */
import { isDeepStrictEqual } from "node:util";
import { fail, known, object, text } from "./form.ts";
import type { Left, Result } from "./run.ts";
import { type Header, headersFromWire } from "./text.ts";
import { normalizedPath } from "./tree.ts";

export interface MessageExpectation {
  /** The exact text. */
  readonly body?: string;
  /** These members and elements, and whatever else. */
  readonly json?: unknown;
  /** Exactly this JSON value. */
  readonly output?: unknown;
  readonly contains?: readonly string[];
  readonly absent?: readonly string[];
  /** Name to value; null says that the header must not be there. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** The target, with its query, of a request. */
  readonly path?: string;
  readonly status?: number;
}

export interface Expectation {
  readonly outcome?: string;
  readonly reason?: string;
  readonly rules?: Readonly<Record<string, number>>;
  readonly request?: MessageExpectation;
  readonly response?: MessageExpectation;
}

const outcomes = ["forwarded", "blocked", "bypassed"];
const messageMembers = ["body", "json", "output", "contains", "absent", "headers", "path", "status"];

export function readExpectation(value: unknown, place: string): Expectation {
  const expectation = object(value, place, '"expect"');
  known(expectation, ["outcome", "reason", "rules", "request", "response"], place, '"expect"');
  if (expectation.outcome !== undefined && !outcomes.includes(text(expectation.outcome, place, '"outcome"'))) {
    fail(place, `"outcome" must be one of ${outcomes.join(", ")}`);
  }
  if (expectation.rules !== undefined) object(expectation.rules, place, '"rules"');
  for (const side of ["request", "response"] as const) {
    if (expectation[side] !== undefined) readMessage(expectation[side], place, `"expect.${side}"`);
  }
  return expectation as Expectation;
}

export function readMessage(value: unknown, place: string, what: string): MessageExpectation {
  const message = object(value, place, what);
  known(message, messageMembers, place, what);
  for (const name of ["contains", "absent"]) {
    const list = message[name];
    if (list !== undefined && !(Array.isArray(list) && list.every((item) => typeof item === "string"))) {
      fail(place, `"${name}" must be a list of texts`);
    }
  }
  if (message.headers !== undefined) object(message.headers, place, '"headers"');
  return message as MessageExpectation;
}

/** What does not hold, in words. */
export function failures(expect: Expectation, result: Result): string[] {
  const failed: string[] = [];
  if (expect.outcome !== undefined && expect.outcome !== result.outcome) {
    const why = result.reason === undefined ? "" : ` (${result.reason})`;
    failed.push(`outcome is ${result.outcome}${why} instead of ${expect.outcome}`);
  }
  if (expect.reason !== undefined && expect.reason !== result.reason) {
    failed.push(`reason is ${result.reason ?? "absent"} instead of ${expect.reason}`);
  }
  for (const [rule, count] of Object.entries(expect.rules ?? {})) {
    const acted = result.rules[rule] ?? 0;
    if (acted !== count) failed.push(`rule ${rule} acted ${acted} times instead of ${count}`);
  }
  for (const side of ["request", "response"] as const) {
    const expected = expect[side];
    if (expected !== undefined)
      failed.push(...messageFailures(expected, result[side]).map((text) => `${side}: ${text}`));
  }
  return failed;
}

function messageFailures(expected: MessageExpectation, left: (Left & { status?: number }) | undefined): string[] {
  const failed: string[] = [];
  const body = Buffer.from(left?.body ?? []).toString("utf8");
  const headers = headersFromWire(left?.headers ?? []);
  const all = [body, ...headers.flat()].join("\n");
  if (expected.body !== undefined && expected.body !== body) failed.push(bodyDifference(expected.body, body));
  if (expected.json !== undefined || expected.output !== undefined) failed.push(...jsonFailures(expected, body));
  (expected.contains ?? []).forEach((part, index) => {
    if (!all.includes(part)) failed.push(`"contains" ${index + 1} is missing`);
  });
  (expected.absent ?? []).forEach((part, index) => {
    if (all.includes(part)) failed.push(`"absent" ${index + 1} is there`);
  });
  for (const [name, value] of Object.entries(expected.headers ?? {}))
    failed.push(...headerFailures(headers, name, value));
  if (expected.path !== undefined && expected.path !== headerValue(headers, ":path")) failed.push("the path differs");
  if (expected.status !== undefined && expected.status !== left?.status) {
    failed.push(`status is ${left?.status ?? "absent"} instead of ${expected.status}`);
  }
  return failed;
}

const headerValue = (headers: readonly Header[], name: string): string | undefined =>
  headers.find(([candidate]) => candidate === name.toLowerCase())?.[1];

function headerFailures(headers: readonly Header[], name: string, value: string | null): string[] {
  const found = headerValue(headers, name);
  if (value === null) return found === undefined ? [] : [`header ${name} is there`];
  if (found === undefined) return [`header ${name} is missing`];
  return found === value ? [] : [`header ${name} differs`];
}

function bodyDifference(expected: string, body: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === body[at]) at++;
  return `the body differs from character ${at} on (${body.length} characters instead of ${expected.length})`;
}

function jsonFailures(expected: MessageExpectation, body: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return ["the body is not JSON"];
  }
  const failed: string[] = [];
  if (expected.json !== undefined) failed.push(...missing(expected.json, value, []));
  if (expected.output !== undefined && !isDeepStrictEqual(value, expected.output)) {
    const places = missing(expected.output, value, []);
    failed.push(...(places.length > 0 ? places : ["the body holds more than it should"]));
  }
  return failed;
}

/** Where `value` does not hold what is expected; it may hold more members. */
function missing(expected: unknown, value: unknown, location: readonly (string | number)[]): string[] {
  if (typeof expected !== "object" || expected === null || typeof value !== "object" || value === null) {
    return Object.is(expected, value) ? [] : [`${normalizedPath(location)} differs`];
  }
  if (Array.isArray(expected) !== Array.isArray(value)) return [`${normalizedPath(location)} differs`];
  if (Array.isArray(expected) && Array.isArray(value) && expected.length !== value.length) {
    return [`${normalizedPath(location)} has ${value.length} elements instead of ${expected.length}`];
  }
  return Object.entries(expected).flatMap(([key, item]) => {
    const step = Array.isArray(expected) ? Number(key) : key;
    if (!Object.hasOwn(value, key)) return [`${normalizedPath([...location, step])} is missing`];
    return missing(item, (value as Record<string, unknown>)[key], [...location, step]);
  });
}
