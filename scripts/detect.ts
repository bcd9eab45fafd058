/**
 * frostglass detect: spans of personal data and secrets in text from stdin, found by the code that the filter runs.
 *
 * Named detectors (`--detectors`) are each looked for as if alone, at any score. Without names all are on, at the
 * default threshold, and of spans that overlap the best one is printed.
 */
import { type Command, Option } from "commander";
import { CommandError, requireStdin } from "./console.ts";
import { builtInProgram } from "./detect/built-in.ts";
import { DETECTOR_TYPES, DETECTORS } from "./detect/detectors/index.ts";
import { Scanner, type ScanOptions, type Span } from "./detect/scanner.ts";
import { unknownDetector } from "./policy/detect.ts";

interface Options {
  detectors?: string;
  threshold?: string;
  ndjson?: boolean;
  json?: boolean;
  list?: boolean;
}

export function register(program: Command): void {
  program
    .command("detect")
    .description(
      "find personal data and secrets in text from stdin: type, place (code points) and score, never the value",
    )
    .option("--detectors <names>", "only these, separated by commas, each as if alone and at any score")
    .option("--threshold <score>", "least score, 0 to 1 (default: 0.5, or 0 with --detectors)")
    .option("--ndjson", 'stdin holds lines of {"text"}; one line of {"spans"} for each, with its id')
    .option("--json", "one JSON object on stdout")
    .addOption(new Option("--list", "print all detectors").conflicts(["ndjson", "detectors", "threshold"]))
    .action(async (options: Options) => {
      if (options.list) return list(options.json === true);
      const scan = scannerOf(options);
      const input = await readStdin();
      if (options.ndjson) scanLines(input, scan);
      else if (options.json) print({ spans: scan(input) });
      else for (const span of scan(input)) print(span);
    });
}

function scannerOf({ detectors, threshold }: Options): (text: string) => Span[] {
  const types = detectors
    ?.split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  if (types?.length === 0) throw new CommandError("--detectors names none; see them with --list", 2);
  for (const name of types ?? []) {
    if (DETECTOR_TYPES.includes(name)) continue;
    const { message, remedy } = unknownDetector(name, DETECTOR_TYPES);
    throw new CommandError(`${message}; ${remedy}`, 2);
  }
  const least = threshold === undefined ? (types === undefined ? 0.5 : 0) : Number(threshold.trim() || Number.NaN);
  if (!(least >= 0 && least <= 1))
    throw new CommandError("--threshold is no number from 0 to 1; say for example 0.5", 2);
  const scanner = new Scanner(builtInProgram());
  const options: ScanOptions = {
    threshold: least,
    rivals: types === undefined ? "all" : "type",
    ...(types && { types }),
  };
  return (text) => scanner.scan(text, options);
}

function scanLines(input: string, scan: (text: string) => Span[]): void {
  // A byte order mark is no part of the first line (RFC 8259, section 8.1 lets a reader pass over it).
  input
    .replace(/^\ufeff/, "")
    .split("\n")
    .forEach((line, index) => {
      if (line.trim() === "") return;
      const { text, id } = parse(line, index + 1);
      print({ ...(id !== undefined && { id }), spans: scan(text) });
    });
}

function parse(line: string, number: number): { text: string; id?: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new CommandError(`line ${number} of stdin is no JSON; give one {"text"} a line`, 2);
  }
  if (typeof value !== "object" || value === null || !("text" in value) || typeof value.text !== "string") {
    throw new CommandError(`line ${number} of stdin has no "text"; give one {"text"} a line`, 2);
  }
  return { text: value.text, ...("id" in value && { id: value.id }) };
}

function list(json: boolean): void {
  const rows = DETECTOR_TYPES.map((type) => {
    const own = DETECTORS.filter((detector) => detector.type === type);
    return {
      type,
      checks: [...new Set(own.flatMap(({ check }) => check ?? []))],
      score: Math.max(...own.map(({ score }) => score)),
      contextScore: Math.max(...own.map(({ score, contextScore }) => contextScore ?? score)),
    };
  });
  if (json) {
    print({ detectors: rows });
    return;
  }
  for (const { type, checks, score, contextScore } of rows) {
    const scores = `${score.toFixed(2)} ${contextScore.toFixed(2)}`;
    process.stdout.write(`${type.padEnd(32)} ${scores}  ${checks.join(", ")}`.trimEnd().concat("\n"));
  }
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function readStdin(): Promise<string> {
  requireStdin();
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
