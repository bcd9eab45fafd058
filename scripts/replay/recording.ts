/**
 * Recorded exchanges: NDJSON as the contract has it, and by their shape HAR and Envoy tap files.
 *
 * Invariants: a recording that cannot be understood is refused with its file and line and is never skipped; the message
 * names what is missing, never what was found.
 */
import { readFileSync } from "node:fs";
import { type Expectation, readExpectation } from "./expect.ts";
import { fail, type Json, object, RecordingError, text } from "./form.ts";
import { isHar, readHar } from "./har.ts";
import { isTap, readTap, readTaps } from "./tap.ts";
import type { Header } from "./text.ts";

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  /** Undefined: the message ends with its headers. */
  readonly body?: Uint8Array;
  readonly trailers?: readonly Header[];
}

export interface RecordedResponse {
  readonly status: number;
  readonly headers: readonly Header[];
  /** Undefined: the message ends with its headers. */
  readonly body?: Uint8Array;
  readonly trailers?: readonly Header[];
}

export interface Recording {
  readonly id: string;
  /** What the exchange shows, for reports. */
  readonly title?: string;
  /** False: no emergency header is added, so that inactive traffic can be recorded too. */
  readonly active?: boolean;
  readonly request: RecordedRequest;
  readonly response?: RecordedResponse;
  readonly expect?: Expectation;
}

export function readRecordings(path: string): Recording[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new RecordingError(`${path}: the recording cannot be read (${code}); check the path`);
  }
  return parseRecordings(text, path);
}

export function parseRecordings(given: string, file: string): Recording[] {
  // Tools of Windows begin their archives with a byte order mark.
  const text = given.replace(/^\ufeff/, "");
  const whole = tryParse(text);
  if (isHar(whole)) return readHar(whole, file);
  const recordings = readTaps(text, file) ?? readLines(text, file);
  if (recordings.length === 0) throw new RecordingError(`${file}: no exchange was found; write one exchange a line`);
  return recordings;
}

function readLines(text: string, file: string): Recording[] {
  const recordings: Recording[] = [];
  text.split("\n").forEach((content, index) => {
    if (content.trim() === "") return;
    const place = `${file}:${index + 1}`;
    const value = tryParse(content);
    if (value === undefined) throw new RecordingError(`${place}: the line is not JSON; write one exchange a line`);
    recordings.push(isTap(value) ? readTap(value, place, index) : readExchange(value, place, index));
  });
  return recordings;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Recorders write null for what there was not, and so does `--emit`. */
const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

function readExchange(value: unknown, place: string, index: number): Recording {
  const exchange = object(value, place, "an exchange");
  const request = object(exchange.request, place, '"request"');
  const id = exchange.id ?? String(index + 1);
  if (typeof id !== "string" && typeof id !== "number") fail(place, '"id" must be a text or a number');
  return {
    id: String(id),
    ...(isAbsent(exchange.title) ? {} : { title: text(exchange.title, place, '"title"') }),
    ...(isAbsent(exchange.active) ? {} : { active: exchange.active !== false }),
    request: readRequest(request, place),
    ...(isAbsent(exchange.response) ? {} : { response: readResponse(exchange.response, place) }),
    ...(isAbsent(exchange.expect) ? {} : { expect: readExpectation(exchange.expect, place) }),
  };
}

function readRequest(request: Json, place: string): Recording["request"] {
  const all = headers(request.headers, place);
  const told = (name: string): string | undefined => all.find(([key]) => key === name)?.[1];
  const own = all.filter(isPlain);
  const authority = told(":authority");
  const hasHost = authority === undefined || own.some(([name]) => name.toLowerCase() === "host");
  return {
    method: text(request.method ?? told(":method") ?? "GET", place, '"method"'),
    path: text(request.path ?? told(":path") ?? "/", place, '"path"'),
    headers: hasHost ? own : [["host", authority], ...own],
    ...body(request, place),
    ...trailers(request, place),
  };
}

/** Method, path, authority and status have members of their own; recorders of HTTP/2, and `--emit`, write them as headers too. */
const isPlain = ([name]: Header): boolean => !name.startsWith(":");

function readResponse(value: unknown, place: string): RecordedResponse {
  const response = object(value, place, '"response"');
  const status = response.status ?? 200;
  if (typeof status !== "number" || !Number.isInteger(status) || status < 100 || status > 599) {
    fail(place, '"status" must be a number from 100 to 599');
  }
  return {
    status,
    headers: headers(response.headers, place).filter(isPlain),
    ...body(response, place),
    ...trailers(response, place),
  };
}

const trailers = (message: Json, place: string): { trailers?: Header[] } =>
  isAbsent(message.trailers) ? {} : { trailers: headers(message.trailers, place, "trailers") };

function headers(value: unknown, place: string, key = "headers"): Header[] {
  if (isAbsent(value)) return [];
  if (!Array.isArray(value)) fail(place, `"${key}" must be a list of [name, value]`);
  return value.map((pair: unknown) => {
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((part) => typeof part !== "string")) {
      fail(place, `each of "${key}" must be [name, value], both texts`);
    }
    return [pair[0] as string, pair[1] as string];
  });
}

function body(message: Json, place: string): { body?: Uint8Array } {
  if (!isAbsent(message.bodyBase64)) {
    if (!isAbsent(message.body)) fail(place, 'give "body" or "bodyBase64", not both');
    const encoded = text(message.bodyBase64, place, '"bodyBase64"');
    if (!/^[\w+/-]*={0,2}$/.test(encoded)) fail(place, '"bodyBase64" must be base64');
    return { body: new Uint8Array(Buffer.from(encoded, "base64")) };
  }
  if (isAbsent(message.body)) return {};
  return { body: new TextEncoder().encode(text(message.body, place, '"body"')) };
}
