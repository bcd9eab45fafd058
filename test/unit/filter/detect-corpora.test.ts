// Rules that detect, over the labelled texts of third parties: in every format and spelling the filter replaces exactly what
// `frostglass detect` finds in the plain text, and of what others labelled as much is gone as docs/detectors.md says.

import { beforeAll, describe, expect, test } from "vitest";
import { DETECTORS } from "../../../scripts/detect/detectors/index.ts";
import { compileProgram } from "../../../scripts/detect/program.ts";
import { Scanner } from "../../../scripts/detect/scanner.ts";
import { allRows, type Row } from "../../detect-peer/rows.ts";
import { Bench, request, textOf } from "../replay/support.ts";

const TYPES = ["CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "PHONE_NUMBER", "US_SSN"];
/** Recall of a type over these rows, at the least; docs/detectors.md has the figures. */
const RECALL: Readonly<Record<string, number>> = { CREDIT_CARD: 0.98, EMAIL_ADDRESS: 0.95, IBAN_CODE: 0.9 };
/** Texts in one body, so that bodies are longer than chunks and shorter than what is held. */
const BATCH = 120;

// Control characters have no spelling in XML, and half a surrogate pair none in UTF-8.
const rows = allRows().filter(({ text }) => /^[\t\n\u0020-\ud7ff\u{10000}-\u{10ffff}]+$/u.test(text));
const batches = Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, index) =>
  rows.slice(index * BATCH, (index + 1) * BATCH),
);

const scanner = new Scanner(compileProgram(DETECTORS.filter(({ type }) => TYPES.includes(type))));

/** The text with every find replaced. */
/** All that any find covers, whatever it overlaps, is gone; what touches becomes one. */
function redacted(text: string): string {
  const points = [...text];
  const runs: [number, number][] = [];
  for (const { start, end } of scanner.scan(text, { rivals: "none" }).toSorted((a, b) => a.start - b.start)) {
    const last = runs.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else runs.push([start, end]);
  }
  for (const [start, end] of runs.reverse()) points.splice(start, end - start, "[redacted]");
  return points.join("");
}

const inRuns = (text: string): string => text.replace(/(?:\[redacted\])+/g, "[redacted]");

const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")}"`;
const percent = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const references = (text: string): string => [...text].map((point) => `&#${point.codePointAt(0)};`).join("");
const read = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(lt|gt|amp|quot|apos));/gi, (_, decimal, hex, name) =>
    decimal || hex
      ? String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16))
      : { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }[name as string]!,
  );

interface Spelling {
  media: string;
  write: (texts: readonly string[]) => string;
  read: (body: string) => string[];
}

const jsonTexts = (body: string) => (JSON.parse(body) as { note: string }[]).map(({ note }) => note);
const formTexts = (body: string) => new URLSearchParams(body).getAll("note");
const xmlTexts = (body: string) => [...body.matchAll(/<t>([^<]*)<\/t>/g)].map(([, text]) => read(text!));

const spellings: Readonly<Record<string, Spelling>> = {
  JSON: {
    media: "application/json",
    write: (texts) => JSON.stringify(texts.map((note) => ({ note }))),
    read: jsonTexts,
  },
  "JSON, all escaped": {
    media: "application/json",
    write: (texts) => `[${texts.map((note) => `{"note":${escaped(note)}}`).join()}]`,
    read: jsonTexts,
  },
  lines: {
    media: "application/x-ndjson",
    write: (texts) => texts.map((note) => JSON.stringify({ note })).join("\n"),
    read: (body) => body.split("\n").map((line) => (JSON.parse(line) as { note: string }).note),
  },
  events: {
    media: "text/event-stream",
    write: (texts) => texts.map((note) => `data: ${JSON.stringify({ note })}\n\n`).join(""),
    read: (body) =>
      body
        .split("\n\n")
        .filter(Boolean)
        .map((event) => (JSON.parse(event.slice("data: ".length)) as { note: string }).note),
  },
  form: {
    media: "application/x-www-form-urlencoded",
    write: (texts) => new URLSearchParams(texts.map((note) => ["note", note])).toString(),
    read: formTexts,
  },
  "form, all escaped": {
    media: "application/x-www-form-urlencoded",
    write: (texts) => texts.map((note) => `note=${percent(note)}`).join("&"),
    read: formTexts,
  },
  XML: {
    media: "application/xml",
    write: (texts) =>
      `<n>${texts.map((note) => `<t>${note.replace(/[<&>]/g, (c) => ({ "<": "&lt;", "&": "&amp;", ">": "&gt;" })[c]!)}</t>`).join("")}</n>`,
    read: xmlTexts,
  },
  "XML, all references": {
    media: "application/xml",
    write: (texts) => `<n>${texts.map((note) => `<t>${references(note)}</t>`).join("")}</n>`,
    read: xmlTexts,
  },
};

const bench = new Bench({
  limits: { hold: "256KiB" },
  rules: [
    { name: "notes", select: ["json:$..note", "form:note", "xml://t", "text:"], detect: TYPES, action: "redact" },
  ],
});

/** Whether a labelled value does not stand in what came out for its text. */
const isGone = ({ text }: Row, { start, end }: Row["spans"][number], after: string): boolean =>
  !after.includes([...text].slice(start, end).join(""));

describe.skipIf(rows.length === 0)("labelled texts", () => {
  let expected: string[][];
  beforeAll(() => {
    expected = batches.map((batch) => batch.map(({ text }) => redacted(text)));
  });

  test.each(Object.entries(spellings))("%s", { timeout: 120_000 }, async (_name, { media, write, read: readBack }) => {
    for (const [index, batch] of batches.entries()) {
      const recording = request(write(batch.map(({ text }) => text)), { headers: [["content-type", media]] });
      const { result } = await bench.run(recording, { random: index });
      expect(result.outcome, `batch ${index}`).toBe("forwarded");
      expect(readBack(textOf(result.request?.body)).map(inRuns), `batch ${index}`).toEqual(expected[index]);
    }
  });

  test("text, each a body of its own", { timeout: 120_000 }, async () => {
    for (const [index, { text }] of rows.entries()) {
      const recording = request(text, { headers: [["content-type", "text/plain; charset=utf-8"]] });
      const { result } = await bench.run(recording, { random: index });
      expect(inRuns(textOf(result.request?.body))).toBe(redacted(text));
    }
  });

  test("of what is labelled as much is gone as the documentation says", () => {
    const counts = new Map(Object.keys(RECALL).map((type) => [type, { labels: 0, gone: 0 }]));
    const after = expected.flat();
    rows.forEach((row, index) => {
      for (const label of row.spans) {
        const count = counts.get(label.type);
        if (!count) continue;
        count.labels++;
        if (isGone(row, label, after[index]!)) count.gone++;
      }
    });
    expect(rows.filter(({ text }, index) => text !== after[index]).length).toBeGreaterThan(1000);
    for (const [type, { labels, gone }] of counts) expect(gone / labels, type).toBeGreaterThanOrEqual(RECALL[type]!);
  });
});
