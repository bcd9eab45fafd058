/**
 * The cases of NAME.test.json (policies/test.schema.json): each one message, and what must come of it.
 *
 * Invariant: a case with an unknown member is refused, since a check that is never made is worse than none.
 */
import { Source } from "../policy/source.ts";
import { type Expectation, type MessageExpectation, readMessage } from "./expect.ts";
import { fail, type Json, known, object, text } from "./form.ts";
import type { Recording } from "./recording.ts";
import type { Header } from "./text.ts";

export interface PolicyCase {
  readonly title: string;
  readonly recording: Recording;
  readonly expect: Expectation;
}

export function readCases(content: string, file: string): PolicyCase[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    const [{ line, column, message } = { line: 1, column: 1, message: "this is no JSON" }] = new Source(file, content)
      .diagnostics;
    return fail(`${file}:${line}:${column}`, `${message}; the tests are strict JSON, see policies/test.schema.json`);
  }
  const { tests } = object(parsed, file, "the file");
  if (!Array.isArray(tests) || tests.length === 0) return fail(file, '"tests" must be a list of at least one case');
  return tests.map((value: unknown, index) => readCase(value, `${file}: tests[${index}]`));
}

const members = ["title", "why", "direction", "active", "request", "response", "input", "body", "expect"];
const expectations = [
  "outcome",
  "reason",
  "rules",
  "output",
  "json",
  "body",
  "path",
  "status",
  "headers",
  "contains",
  "absent",
];

function readCase(value: unknown, place: string): PolicyCase {
  const one = object(value, place, "a case");
  known(one, members, place, "case");
  const direction = one.direction ?? "request";
  if (direction !== "request" && direction !== "response") fail(place, '"direction" must be request or response');
  const isResponse = direction === "response";
  if (one.input !== undefined && one.body !== undefined) fail(place, 'give "input" or "body", not both');
  const body = one.body === undefined ? undefined : text(one.body, place, '"body"');
  const content = body ?? (one.input === undefined ? undefined : JSON.stringify(one.input));
  const bytes = content === undefined ? {} : { body: new TextEncoder().encode(content) };
  const request = one.request === undefined ? {} : object(one.request, place, '"request"');
  const response = one.response === undefined ? {} : object(one.response, place, '"response"');
  const recording: Recording = {
    id: text(one.title, place, '"title"'),
    ...(one.active === undefined ? {} : { active: one.active !== false }),
    request: {
      method: text(request.method ?? (isResponse ? "GET" : "POST"), place, '"method"'),
      path: text(request.path ?? "/", place, '"path"'),
      headers: headersOf(request, place, !isResponse && content !== undefined),
      ...(isResponse ? {} : bytes),
    },
    ...(isResponse && {
      response: {
        status: Number(response.status ?? 200),
        headers: headersOf(response, place, content !== undefined),
        ...bytes,
      },
    }),
  };
  return { title: recording.id, recording, expect: readExpect(one.expect, place, direction) };
}

/** The expectations of a case stand in one object: those of the message are told apart here. */
function readExpect(value: unknown, place: string, direction: "request" | "response"): Expectation {
  const expect = object(value, place, '"expect"');
  known(expect, expectations, place, '"expect"');
  const { outcome = "forwarded", reason, rules, ...rest } = expect;
  const headers = Array.isArray(rest.headers) ? Object.fromEntries(rest.headers as [string, string][]) : rest.headers;
  const message = readMessage(headers === undefined ? rest : { ...rest, headers }, place, '"expect"');
  return {
    outcome: text(outcome, place, '"outcome"'),
    ...(reason !== undefined && { reason: text(reason, place, '"reason"') }),
    ...(rules !== undefined && { rules: object(rules, place, '"rules"') as Record<string, number> }),
    ...(Object.keys(rest).length > 0 && { [direction]: message as MessageExpectation }),
  };
}

function headersOf(message: Json, place: string, hasBody: boolean): Header[] {
  const given = message.headers ?? [];
  if (!Array.isArray(given) || given.some((pair: unknown) => !Array.isArray(pair) || pair.length !== 2)) {
    fail(place, '"headers" must be a list of [name, value]');
  }
  const headers = given as Header[];
  const hasType = !hasBody || headers.some(([name]) => name.toLowerCase() === "content-type");
  return hasType ? headers : [...headers, ["content-type", "application/json"]];
}
