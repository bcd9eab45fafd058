/** Labelled rows of the third-party corpora: a text, the types that the row is about, and where they are in it. */
import { readFileSync } from "node:fs";
import { corpus } from "../support/corpora.ts";

export interface Row {
  source: string;
  text: string;
  /** Types that are scored on this row: its labels, complete for them. */
  types: readonly string[];
  spans: readonly { start: number; end: number; type: string }[];
}

/** Labels of sentence corpora whose spans a pattern can know; others (names, places) are nobody's here. */
const PATTERN_TYPES = [
  "CREDIT_CARD",
  "PHONE_NUMBER",
  "IBAN_CODE",
  "EMAIL_ADDRESS",
  "IP_ADDRESS",
  "US_SSN",
  "URL",
  "US_DRIVER_LICENSE",
];
const RENAMED: Record<string, string> = { DOMAIN_NAME: "URL" };

interface Sentence {
  text: string;
  type?: string;
  expected?: number | null;
  spans?: { start: number; end: number; type: string }[];
  spans_complete?: boolean;
}

const lines = (path: string): Sentence[] => {
  const file = corpus(path);
  return file
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Sentence)
    : [];
};

/** Sentences in which all personal data is labelled: a find of a type without a label is wrong. */
function sentences(path: string): Row[] {
  return lines(path).map(({ text, spans = [] }) => ({
    source: path,
    text,
    types: PATTERN_TYPES,
    spans: spans
      .map(({ start, end, type }) => ({ start, end, type: RENAMED[type] ?? type }))
      .filter(({ type }) => PATTERN_TYPES.includes(type)),
  }));
}

/**
 * Cases of a single recognizer: how often its type is in the text, and mostly where. A row that expects none has no label,
 * whatever place it names: those of four near misses of Aadhaar numbers are where one would be.
 */
function cases(path: string): Row[] {
  return lines(path)
    .filter(
      ({ spans, spans_complete: isComplete, expected }) =>
        expected === 0 || (isComplete === true && spans?.length === expected),
    )
    .map(({ text, type, expected, spans = [] }) => ({
      source: path,
      text,
      types: [type!],
      spans: expected === 0 ? [] : spans,
    }));
}

function whole(source: string, type: string, text: string, isOne: boolean): Row {
  const end = [...text].length;
  return { source, text, types: [type], spans: isOne ? [{ start: 0, end, type }] : [] };
}

interface Case {
  validator: string;
  args: unknown[];
  value: string;
  valid: boolean;
}

/** validator.js says of whole values what they are; those with options are about something else. */
function validators(path: string): Row[] {
  const types: Record<string, string> = {
    isEmail: "EMAIL_ADDRESS",
    isIBAN: "IBAN_CODE",
    isCreditCard: "CREDIT_CARD",
    isMACAddress: "MAC_ADDRESS",
    isIP: "IP_ADDRESS",
    isISIN: "ISIN_CODE",
    isIMEI: "IMEI",
    isJWT: "JWT",
  };
  const file = corpus(path);
  if (!file) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Case)
    .filter(({ validator, args, value }) => validator in types && args.length === 0 && typeof value === "string")
    .map(({ validator, value, valid }) => whole(path, types[validator]!, value, valid));
}

function cards(path: string): Row[] {
  const file = corpus(path);
  if (!file) return [];
  const { cards: list } = JSON.parse(readFileSync(file, "utf8")) as {
    cards: { display: string; pan: string; luhn: boolean }[];
  };
  return list
    .filter(({ luhn }) => luhn)
    .flatMap(({ display, pan }) => [whole(path, "CREDIT_CARD", display, true), whole(path, "CREDIT_CARD", pan, true)]);
}

function ibans(path: string): Row[] {
  const file = corpus(path);
  if (!file) return [];
  const { registry } = JSON.parse(readFileSync(file, "utf8")) as { registry: { example: string; mod97_ok: boolean }[] };
  return registry.map(({ example, mod97_ok: isOne }) => whole(path, "IBAN_CODE", example, isOne));
}

function phones(path: string): Row[] {
  const file = corpus(path);
  if (!file) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { international: string; valid: boolean })
    .filter(({ valid }) => valid)
    .map(({ international }) => whole(path, "PHONE_NUMBER", international, true));
}

export const allRows = (): Row[] => [
  ...sentences("pii/presidio-research/synth_dataset_v2.jsonl"),
  ...sentences("pii/presidio-research/generated_large.jsonl"),
  ...cases("pii/presidio-unit/recognizer_cases.jsonl"),
  ...validators("pii/validatorjs/cases.jsonl"),
  ...cards("pii/cards/test_cards.json"),
  ...ibans("pii/iban/iban_examples.json"),
  ...phones("pii/phones/libphonenumber_examples.jsonl"),
];
