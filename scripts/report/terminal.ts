/**
 * The report for a terminal: a header, one aligned line an exchange with what is wrong below it, a summary.
 *
 * Invariants: ids, names, counts and places, never values; no control character but the line feed and, with `color`,
 * the colours of this file; an id is never shortened, so that it can be searched for.
 */
import { describe, type ExchangeReport, type ReplayReport } from "../replay/result.ts";
import { type Mark, markOf, outcomeOf, rulesOf, summaryOf, totalsOf, visible } from "./summary.ts";

export interface TerminalOptions {
  readonly color: boolean;
  /** Columns at which text wraps; without it no line is wrapped. */
  readonly width?: number;
}

/** Longer ids push their own line to the right instead of every line. */
const widestIdColumn = 40;
const indent = " ".repeat("LEAK  ".length);

const codes = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 };
type Paint = (style: keyof typeof codes, text: string) => string;
const markStyles: Record<Mark, keyof typeof codes> = { ok: "green", LEAK: "red", FAIL: "red" };

export function terminalReport(report: ReplayReport, options: TerminalOptions): string {
  const width = options.width ?? Number.POSITIVE_INFINITY;
  const paint: Paint = (style, text) => (options.color && text !== "" ? `\x1b[${codes[style]}m${text}\x1b[0m` : text);
  const { policy, engine, chunk } = report;
  const header = `policy ${policy.name}, digest ${policy.digest}, engine ${engine}, chunking ${chunk}`;
  const idColumn = Math.min(widestIdColumn, longest(report.exchanges.map(({ id }) => visible(id))));
  const outcomeColumn = longest(report.exchanges.map(outcomeOf));
  const { exchanges, unclean } = totalsOf(report);
  const verdict = unclean > 0 ? "red" : exchanges === 0 ? "yellow" : "green";
  return [
    ...wrap(visible(header), width).map((line) => paint("dim", line)),
    "",
    ...report.exchanges.flatMap((exchange) => exchangeLines(exchange, idColumn, outcomeColumn, width, paint)),
    ...(exchanges === 0 ? [] : [""]),
    ...wrap(summaryOf(report), width).map((line) => paint(verdict, line)),
    "",
  ].join("\n");
}

function exchangeLines(
  exchange: ExchangeReport,
  idColumn: number,
  outcomeColumn: number,
  width: number,
  paint: Paint,
): string[] {
  const mark = markOf(exchange);
  const id = pad(visible(exchange.id), idColumn);
  const rules = rulesOf(exchange);
  const outcome = rules === "" ? outcomeOf(exchange) : pad(outcomeOf(exchange), outcomeColumn);
  const before = `${pad(mark, 4)}  ${id}  ${outcome}  `.length;
  const [first = "", ...more] = wrap(rules, width - before);
  const head = `${paint(markStyles[mark], mark)}${" ".repeat(4 - mark.length)}  ${id}`;
  const painted = exchange.outcome === "forwarded" ? outcome : paint("yellow", outcome);
  const wrong = [
    ...exchange.findings.map(describe),
    ...exchange.failures.map((failure) => `failed expectation: ${failure}`),
  ];
  return [
    [head, painted, ...(first === "" ? [] : [first])].join("  "),
    ...more.map((line) => " ".repeat(before) + line),
    ...wrong.flatMap((text) =>
      wrap(visible(text), width - indent.length - 2).map((line, i) =>
        i === 0 ? `${indent}${paint("bold", line)}` : `${indent}  ${paint("bold", line)}`,
      ),
    ),
  ];
}

/** Breaks at spaces; a word that does not fit stays whole, and where hardly anything fits nothing is broken. */
function wrap(text: string, width: number): string[] {
  if (width < 20) return [text];
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(" ")) {
    if (line === undefined) line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line ?? ""];
}

const pad = (text: string, columns: number): string => text + " ".repeat(Math.max(0, columns - [...text].length));

const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => [...text].length));
