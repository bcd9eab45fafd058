/**
 * Throughput of the detectors: one, ten and all on, in one pass of the wasm, beside a JavaScript
 * regular expression for each detector over the same text, in the same run; and through the whole filter, by `any:`, in
 * bodies of text and in JSON lines with such texts among other values, where the detectors are a part of the work.
 * What a find costs does not depend on the number of detectors, and all of them find more than one: so their cost is
 * measured against that of one twice, in one text for all, and in texts in which all find what one finds. Texts of others,
 * folder by folder, say whether the speed holds where nothing was tuned.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { builtInProgram } from "../../scripts/detect/built-in.ts";
import type { Detector } from "../../scripts/detect/detector.ts";
import { DETECTORS } from "../../scripts/detect/detectors/index.ts";
import { compileProgram, type Program } from "../../scripts/detect/program.ts";
import { Scanner } from "../../scripts/detect/scanner.ts";
import { corpora, corpus } from "../support/corpora.ts";
import { Filter } from "../support/engine-filter.ts";
import { binaryOf } from "../support/engine-policy.ts";
import { geometricMean, microseconds } from "./measure.ts";

/** The issue that asks for detectors: throughput with all on, and its cost against that of one. */
const TARGETS = { megabytesPerSecond: 200, allToOne: 1.5 };
const ROUNDS = 7;

export interface DetectorFigures {
  rows: { detectors: string; megabytesPerSecond: number; spans: number }[];
  /** Cost with all on, as a multiple of the mean cost with one on, in a text that has something for many of them. */
  allToOne: number;
  /** The same where more plain sentences stand between: bytes of text for each find, and the cost with all on. */
  thinned: { bytesPerFind: number; allToOne: number }[];
  /** The same in texts of which all detectors find what one finds: nothing, or things of its type. */
  sameFinds: { detectors: string; one: number; all: number; spans: number }[];
  /** Texts of others, a row a folder: megabytes a second with one on (the mean of their costs) and with all; empty without them. */
  thirdParty: { folder: string; one: number; all: number; bytesPerFind: number }[];
  regexMegabytesPerSecond: number;
  /** Through the filter: with one on (the mean of their costs), and with all. */
  filtered: { body: string; one: number; all: number }[];
}

const ONES = ["CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE", "PHONE_NUMBER"];
const PIECE = 16 * 1024;
/** Plain sentences for each sentence of a text that has something for many detectors, on top of its own. */
const THINNED = [2, 4, 8];

/** What people write to a shop: sentences, now and then with something to find in them. */
const SENTENCES = [
  "Hello, I ordered two pairs of shoes last week and only one of them has arrived so far.",
  "Could you please check where the other parcel is, and tell me when I can expect it?",
  "The order number is 100482, and it was sent to my office in Bern, not to my home address.",
  "You can reach me at zoe.mueller@example.org, or by phone on +41 44 668 18 00 in the afternoon.",
  "The colour is fine, the size is not; maybe the label on the box does not match what is inside.",
  "I paid with my card 4111 1111 1111 1111, and the amount was debited on the same day.",
  "Thank you for the quick answer! My colleague says that she had the very same problem in spring.",
  "If it helps, here is the page that I used: https://shop.example.com/shoes/winter?size=42",
  "We would rather have the money back than wait for another delivery, if that is possible at all.",
  "Kind regards, and have a nice weekend. Zoë Müller, Customer since 2014.",
];

/** Sentences in which nothing is to be found, and for each of `ONES` one with something that is of its type alone. */
const PLAIN = [0, 1, 4, 6, 8].map((index) => SENTENCES[index]!);
const WITH_ONE: Readonly<Record<string, string>> = {
  CREDIT_CARD: "I paid with my card 4111 1111 1111 1111, and the amount was debited on the same day.",
  EMAIL_ADDRESS: "You can reach me at zoe.mueller@example.org in the afternoon, or in the evening after dinner.",
  IBAN_CODE: "Please send the money back to CH93 0076 2011 6238 5295 7, as we said when we spoke last week.",
  PHONE_NUMBER: "You can reach me by phone on +41 44 668 18 00 in the afternoon, or in the evening.",
};

function repeated(sentences: readonly string[], size: number): string {
  const once = `${sentences.join(" ")} `;
  return once.repeat(Math.ceil(size / once.length));
}

function typicalText(size: number): string {
  let text = "";
  for (let index = 0; text.length < size; index++) text += `${SENTENCES[index % SENTENCES.length]} `;
  return text;
}

/** The same sentences with `times` plain ones behind each. */
function thinnedText(size: number, times: number): string {
  const sentences = SENTENCES.flatMap((sentence, index) => [
    sentence,
    ...Array.from({ length: times }, (_, after) => PLAIN[(index * times + after) % PLAIN.length]!),
  ]);
  return repeated(sentences, size);
}

const PAYLOADS = "payloads";
const LABELLED = "pii";
/** What is read of a folder, and below which it says little. */
const FOLDER_MOST = 1 << 20;
const FOLDER_LEAST = 20_000;

/** The files of a folder, one behind the other. */
function filesOf(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const paths = files.map((file) => join(folder, file)).filter((path) => statSync(path).isFile());
  return Buffer.concat(paths.map((path) => readFileSync(path))).subarray(0, FOLDER_MOST);
}

/** Orders with a note of two sentences each, a line an order. */
function typicalLines(size: number): string {
  let lines = "";
  for (let index = 0; lines.length < size; index++) {
    const sentence = (at: number) => SENTENCES[at % SENTENCES.length];
    const order = {
      id: index,
      customer: { name: "Zoë", since: 2014, active: true },
      items: [
        { sku: "A-1", qty: 1, price: 12.5 },
        { sku: "B-2", qty: 2, price: 7 },
      ],
      channel: "web",
      note: `${sentence(index)} ${sentence(index * 3 + 1)}`,
    };
    lines += `${JSON.stringify(order)}\n`;
  }
  return lines;
}

/** Through the release filter, with each of `ONES` and with all. */
function throughFilter(body: string, type: string, text: string): { body: string; one: number; all: number } {
  const bytes = Buffer.from(text);
  const all = [...new Set(DETECTORS.map((detector) => detector.type))];
  const costs = microseconds(
    [...ONES.map((one) => [one]), all].map((detect) => ({
      name: detect.join(),
      prepare: () => {
        const filter = new Filter();
        filter.use(binaryOf({ rules: [{ name: "found", select: "any:", detect, action: "redact" }] }));
        return () => {
          const result = filter.rewrite(bytes, PIECE, type);
          if (result.error) throw new Error(`the filter refuses the ${body} of the benchmark: ${result.error}`);
          return result;
        };
      },
    })),
    bytes,
  );
  const one = costs.slice(0, -1).reduce((sum, cost) => sum + cost, 0) / ONES.length;
  return { body, one: bytes.length / one, all: bytes.length / costs.at(-1)! };
}

/** Megabytes a second, the median of some rounds. */
function throughput(bytes: number, run: () => void): number {
  run();
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return bytes / 1000 / times[ROUNDS >> 1]!;
}

function regexOf({ pattern, ignoreCase, left = "\\w", right = "\\w" }: Detector): RegExp {
  const before = left === "" ? "" : `(?<![${left}])`;
  const behind = right === "" ? "" : `(?![${right}])`;
  return new RegExp(`${before}(?:${pattern})${behind}`, ignoreCase === false ? "gu" : "giu");
}

export function detectorFigures(): DetectorFigures {
  const text = typicalText(1 << 20);
  const bytes = Buffer.from(text);
  const named = (types: readonly string[]) => compileProgram(DETECTORS.filter(({ type }) => types.includes(type)));
  const ten = [...ONES, "IP_ADDRESS", "URL", "US_SSN", "JWT", "DATE_OF_BIRTH", "GENERIC_SECRET"];
  const ones = ONES.map((type) => ({ detectors: type, program: named([type]) }));
  const all = { detectors: `all (${DETECTORS.length})`, program: builtInProgram() };
  const rows = inTurns(bytes, [...ones, { detectors: "ten types", program: named(ten) }, all]);
  const thinned = THINNED.map((times) => {
    const thin = Buffer.from(thinnedText(1 << 18, times));
    const thinRows = inTurns(thin, [...ones, all]);
    return { bytesPerFind: thin.length / thinRows.at(-1)!.spans, allToOne: allToOneOf(thinRows) };
  });
  const expressions = DETECTORS.map(regexOf);
  const sample = text.slice(0, 1 << 16);
  const regexMegabytesPerSecond = throughput(Buffer.byteLength(sample), () => {
    for (const expression of expressions) for (const _ of sample.matchAll(expression));
  });
  const sameFinds = ONES.map((type) => sameFindsOf(type, [...PLAIN, WITH_ONE[type]!]));
  sameFinds.push({ ...sameFindsOf(ONES[0]!, PLAIN), detectors: "nothing" });
  const filtered = [
    throughFilter("text", "text/plain", typicalText(1 << 18)),
    throughFilter("JSON lines", "application/x-ndjson", typicalLines(1 << 18)),
  ];
  const thirdParty = thirdPartyFigures([...ones, all]);
  return { rows, allToOne: allToOneOf(rows), thinned, sameFinds, thirdParty, regexMegabytesPerSecond, filtered };
}

function thirdPartyFigures(programs: Parameters<typeof inTurns>[1]): DetectorFigures["thirdParty"] {
  const payloads = corpus(PAYLOADS);
  const labelled = corpus(LABELLED);
  if (payloads === undefined || labelled === undefined) return [];
  const folders = readdirSync(payloads)
    .sort()
    .map((name) => ({ folder: name, path: join(payloads, name) }));
  return [...folders, { folder: LABELLED, path: labelled }].flatMap(({ folder, path }) => {
    const bytes = statSync(path).isDirectory() ? filesOf(path) : Buffer.alloc(0);
    if (bytes.length < FOLDER_LEAST) return [];
    const rows = inTurns(bytes, programs);
    const { megabytesPerSecond, spans } = rows.at(-1)!;
    const one = megabytesPerSecond * allToOneOf(rows);
    return [
      {
        folder,
        one,
        all: megabytesPerSecond,
        bytesPerFind: spans === 0 ? Number.POSITIVE_INFINITY : bytes.length / spans,
      },
    ];
  });
}

/** The cost of the last row, with all on, as a multiple of the mean cost of the first, with one on each. */
function allToOneOf(rows: DetectorFigures["rows"]): number {
  const costs = rows.map(({ megabytesPerSecond }) => 1 / megabytesPerSecond);
  const one = costs.slice(0, ONES.length).reduce((sum, cost) => sum + cost, 0) / ONES.length;
  return costs.at(-1)! / one;
}

/** Each program over the same text. */
function inTurns(
  bytes: Uint8Array,
  programs: readonly { detectors: string; program: Pick<Program, "binary" | "types"> }[],
): DetectorFigures["rows"] {
  const scanners = programs.map(({ program }) => new Scanner(program));
  const costs = microseconds(
    scanners.map((scanner, index) => ({
      name: programs[index]!.detectors,
      prepare: () => () => scanner.scanBytes([bytes]).length,
    })),
    bytes,
  );
  return programs.map(({ detectors }, index) => ({
    detectors,
    megabytesPerSecond: bytes.length / costs[index]!,
    spans: scanners[index]!.scanBytes([bytes]).length,
  }));
}

/** One detector and all of them over sentences in which all find the same, in turns. */
function sameFindsOf(type: string, sentences: readonly string[]): DetectorFigures["sameFinds"][number] {
  const bytes = Buffer.from(repeated(sentences, 1 << 18));
  const one = new Scanner(compileProgram(DETECTORS.filter((detector) => detector.type === type)));
  const all = new Scanner(builtInProgram());
  const spans = one.scanBytes([bytes]).length;
  if (all.scanBytes([bytes]).length !== spans) throw new Error(`not only ${type} is found in its sentences`);
  const [costOfOne, costOfAll] = microseconds(
    [one, all].map((scanner, index) => ({
      name: ["one", "all"][index]!,
      prepare: () => () => scanner.scanBytes([bytes]).length,
    })),
    bytes,
  );
  return { detectors: type, one: bytes.length / costOfOne!, all: bytes.length / costOfAll!, spans };
}

export function printDetectorFigures(figures: DetectorFigures): void {
  const { rows, allToOne, thinned, sameFinds, thirdParty, regexMegabytesPerSecond, filtered } = figures;
  const verdict = (holds: boolean) => (holds ? "pass" : "miss");
  console.log(`\n${"detectors".padEnd(28)}${"MB/s".padStart(8)}${"spans".padStart(8)}`);
  for (const { detectors, megabytesPerSecond, spans } of rows) {
    console.log(`${detectors.padEnd(28)}${megabytesPerSecond.toFixed(0).padStart(8)}${String(spans).padStart(8)}`);
  }
  console.log(`${"a RegExp for each".padEnd(28)}${regexMegabytesPerSecond.toFixed(2).padStart(8)}`);
  const all = rows.at(-1)!.megabytesPerSecond;
  console.log(
    `all on                      ${all.toFixed(0)} MB/s, target ${TARGETS.megabytesPerSecond}: ${verdict(all >= TARGETS.megabytesPerSecond)}`,
  );
  const judged = (ratio: number) =>
    `${ratio.toFixed(2)}x, target ${TARGETS.allToOne}x: ${verdict(ratio <= TARGETS.allToOne)}`;
  console.log(`all to one, one text        ${judged(allToOne)}`);
  for (const { bytesPerFind, allToOne: ratio } of thinned) {
    console.log(`  with a find in ${String(Math.round(bytesPerFind)).padStart(4)} bytes  ${ratio.toFixed(2)}x`);
  }
  console.log(`all to one, same finds      ${judged(geometricMean(sameFinds.map(({ one, all }) => one / all)))}`);
  for (const { detectors, one, all } of sameFinds) {
    console.log(
      `  a text with ${detectors.padEnd(14)}${one.toFixed(0)} MB/s with one, ${all.toFixed(0)} with all: ${(one / all).toFixed(2)}x`,
    );
  }
  if (thirdParty.length === 0) {
    console.log(
      `texts of others             skipped: no ${PAYLOADS} and ${LABELLED} below ${corpora}; set CORPORA_DIR`,
    );
  } else {
    console.log(
      `\n${"texts of others".padEnd(28)}${"one".padStart(8)}${"all".padStart(8)}${"bytes a find".padStart(14)}`,
    );
  }
  for (const { folder, one, all, bytesPerFind } of thirdParty) {
    const find = Number.isFinite(bytesPerFind) ? bytesPerFind.toFixed(0) : "none";
    console.log(`${folder.padEnd(28)}${one.toFixed(0).padStart(8)}${all.toFixed(0).padStart(8)}${find.padStart(14)}`);
  }
  for (const { body, one, all } of filtered) {
    console.log(
      `in the filter, ${body.padEnd(13)}${one.toFixed(0)} MB/s with one, ${all.toFixed(0)} with all: ${(one / all).toFixed(2)}x`,
    );
  }
}

if (import.meta.main) printDetectorFigures(detectorFigures());
