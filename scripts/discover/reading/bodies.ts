/**
 * Fields of bodies, format by format, with the readers that the leak proof has.
 *
 * Invariant: a body that cannot be read has no fields, and is counted.
 */
import { eventsOf, isPayload, withWholeDocuments } from "../../replay/bodies/events.ts";
import { pairsOf } from "../../replay/bodies/form.ts";
import { formatIn } from "../../replay/bodies/index.ts";
import { withoutMark } from "../../replay/bodies/json.ts";
import { isBlank, linesOf, recordsOf } from "../../replay/bodies/lines.ts";
import { boundaryOf, partsOf, piecesOf, splitLine } from "../../replay/bodies/multipart.ts";
import { beginsAsJson } from "../../replay/bodies/text.ts";
import { parseXml } from "../../replay/bodies/xml/document.ts";
import { type Message, withoutCoding } from "../../replay/coding.ts";
import { fromWire } from "../../replay/text.ts";
import type { Direction, Met, Unread } from "../field.ts";
import type { Messages } from "../messages.ts";
import { documentFields, type Knowledge, literalFields, valueFields, variableFields } from "./documents.ts";
import { elementFields } from "./elements.ts";

export interface BodyKnowledge extends Knowledge {
  /** Reads protobuf; without it such bodies have no fields. */
  readonly messages: Messages | undefined;
  /** A body was decoded before it was read. */
  decoded(): void;
  unread(reason: Unread): void;
}

/** `message` has its header names in lower case. */
export function* bodyFields(
  knowledge: BodyKnowledge,
  direction: Direction,
  path: string,
  given: Message,
): Generator<Met> {
  if (given.body.length === 0) return;
  const inMessages = knowledge.messages?.recorded(direction, path, given);
  if (inMessages) {
    for (const { value = "", ...field } of inMessages) yield { direction, ...field, value };
    return;
  }
  const message = withoutCoding(given);
  if (message) knowledge.decoded();
  const { headers, body } = message ?? given;
  const of = (name: string) => headers.find(([found]) => found === name)?.[1].trim();
  if (/^(?!identity$)./i.test(of("content-encoding") ?? "")) {
    knowledge.unread("unknown coding");
    return;
  }
  // A body that does not say what it is has to be JSON.
  yield* typedFields(knowledge, direction, body, of("content-type") ?? "application/json");
}

/** Of a body, or of a part that is one. */
function* typedFields(knowledge: BodyKnowledge, direction: Direction, body: Uint8Array, type: string): Generator<Met> {
  const { name: format, text } = formatIn(type, body) ?? {};
  const fields = format && text && readers[format]?.(knowledge, direction, text, type);
  if (fields) yield* fields;
  else if (format === "grpc" || format === "protobuf") knowledge.unread("unknown protobuf message");
  else knowledge.unread(format === undefined ? "unknown type" : `broken ${format}`);
}

type Read = (
  knowledge: BodyKnowledge,
  direction: Direction,
  body: Uint8Array,
  type: string,
) => Iterable<Met> | undefined;

const decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

const readers: Partial<Record<string, Read>> = {
  json: (knowledge, direction, body) => documentFields(knowledge, direction, withoutMark(body)),
  lines: (knowledge, direction, body) =>
    each(
      linesOf(withoutMark(body)).filter((line) => !isBlank(line)),
      (line) => documentFields(knowledge, direction, line),
    ),
  sequence: (knowledge, direction, body) =>
    each(
      recordsOf(body).filter((record) => !isBlank(record)),
      (record) => documentFields(knowledge, direction, record),
    ),
  events: (knowledge, direction, body) => {
    const events = eventsOf(decode(withWholeDocuments(body)));
    const payloads = events.flatMap(({ data }) => (isPayload(data) ? [Buffer.from(data!)] : []));
    return each(payloads, (data) => documentFields(knowledge, direction, data));
  },
  form: (knowledge, direction, body) => formFields(knowledge, direction, "form", pairsOf(body)),
  graphql: (knowledge, direction, body) => literalFields(knowledge, direction, decode(body)),
  text: (knowledge, direction, body) => {
    const value = decode(body);
    if (beginsAsJson(value)) return documentFields(knowledge, direction, withoutMark(body));
    return [{ direction, place: "text", expression: "", names: [], value }];
  },
  xml: (knowledge, direction, body) => {
    const content = parseXml(body);
    return content && elementFields(knowledge, direction, content);
  },
  multipart: (knowledge, direction, body, type) => {
    const boundary = boundaryOf(type);
    const parts = boundary === undefined ? undefined : partsOf(body, boundary)?.parts;
    return parts && partFields(knowledge, direction, parts);
  },
  parts: (knowledge, direction, body, type) => {
    const boundary = boundaryOf(type);
    const pieces = boundary === undefined ? undefined : piecesOf(body, boundary)?.pieces;
    return pieces?.flatMap(({ lines, value }) => {
      const line = lines.find((each) => /^content-type:/i.test(each));
      const told = line === undefined ? "text/plain" : splitLine(line)[1];
      return [...typedFields(knowledge, direction, Buffer.from(value, "latin1"), told)];
    });
  },
};

/** Fields of all of them, or undefined when one cannot be read: then none of the body is. */
function each(pieces: readonly Uint8Array[], read: (piece: Uint8Array) => Iterable<Met> | undefined) {
  const fields = pieces.map(read);
  return fields.some((one) => one === undefined) ? undefined : fields.flatMap((one) => [...one!]);
}

/** Of a form or a query; those of a GraphQL request among them. */
export function* formFields(
  knowledge: Knowledge,
  direction: Direction,
  place: "form" | "query",
  pairs: readonly { readonly name: string; readonly value: string }[],
): Generator<Met> {
  const query = pairs.find(({ name }) => name === "query")?.value;
  const literals = query === undefined ? undefined : literalFields(knowledge, direction, query);
  for (const { name, value } of pairs) {
    if (literals && name === "query") yield* literals;
    else if (literals && name === "variables") yield* variableFields(knowledge, direction, value);
    else yield* named(knowledge, { direction, place, expression: name, names: [name], value });
  }
}

/** A field of a name that may be data itself: then it is any name, and the name is looked into by what looks everywhere. */
export function* named(knowledge: Knowledge, met: Met): Generator<Met> {
  const name = met.expression;
  if (!knowledge.names.isData(name) && !/[*|]/.test(name)) {
    yield* valueFields(knowledge, met);
    return;
  }
  yield { direction: met.direction, place: "any", expression: "", names: [], value: name };
  yield* valueFields(knowledge, { ...met, expression: "*", names: ["*"] });
}

function* partFields(
  knowledge: Knowledge,
  direction: Direction,
  parts: NonNullable<ReturnType<typeof partsOf>>["parts"],
): Generator<Met> {
  for (const { name, filename, value } of parts) {
    const told = [...named(knowledge, { direction, place: "multipart", expression: name, names: [name], value: "" })];
    yield* told.slice(0, -1);
    const { expression, names } = told.at(-1)!;
    if (filename) {
      const text = fromWire(filename);
      yield { direction, place: "multipart-filename", expression, names: [...names, "filename"], value: text };
    }
    const text = fromWire(value);
    const isOperations = name === "operations" && direction === "request";
    // What is no text is a file of bytes, of which nothing is known but its name.
    const isText = !text.includes("\0") && !text.includes("\ufffd");
    const met: Met = { direction, place: "multipart", expression, names, value: isText ? text : "(bytes)" };
    if (isOperations || isText) yield* valueFields(knowledge, met);
    else yield met;
  }
}
