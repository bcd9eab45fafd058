/**
 * `frostglass apply`: one body from stdin through the wasm to stdout.
 * Exit 0 forwarded; 3 blocked (stdout holds only what was already released, stderr the refusal); 1 policy error; 2 usage.
 */
import type { Command } from "commander";
import { parseChunk, runner, usablePolicy } from "./replay/command.ts";
import type { Recording } from "./replay/recording.ts";
import type { Result } from "./replay/run.ts";
import { type Header, headersFromWire } from "./replay/text.ts";

interface Options {
  policy: string;
  direction: string;
  method?: string;
  path: string;
  header: string[];
  status: string;
  chunk?: string;
  inactive?: boolean;
  json?: boolean;
}

const examples = `
Examples:
  npx frostglass apply --policy policies/checkout.json < order.json
  npx frostglass apply --policy policies/checkout.json --json --chunk random:7 -H 'x-user-email: a@example.com' < order.json

Exit codes: 0 forwarded, 3 blocked, 1 policy error, 2 usage.`;

export function register(program: Command): void {
  program
    .command("apply")
    .description("send one body from stdin through the filter to stdout")
    .requiredOption("--policy <file>", "the policy")
    .option("--direction <direction>", "request or response", "request")
    .option("--method <method>", "method of the request (default: POST, for a response GET)")
    .option("--path <path>", "path and query of the request", "/")
    .option("-H, --header <header>", "a header 'name: value' of the message; may be repeated", collect, [])
    .option("--status <status>", "status of the response", "200")
    .option("--chunk <size>", "deliver the body in pieces: a size in bytes, or random:SEED")
    .option("--inactive", "without emergency tunnel mode: the message passes untouched")
    .option("--json", "one JSON object: outcome, reason, status, headers, body (base64), rules")
    .addHelpText("after", examples)
    .action(run);
}

const collect = (value: string, earlier: string[]): string[] => [...earlier, value];

async function run(options: Options, command: Command): Promise<void> {
  const usage = (message: string): never => command.error(`error: ${message}`, { exitCode: 2 });
  const { direction } = options;
  if (direction !== "request" && direction !== "response") return usage("--direction is request or response");
  const chunk = options.chunk === undefined ? undefined : parseChunk(options.chunk);
  if (options.chunk !== undefined && (chunk === undefined || chunk === "each")) {
    return usage("--chunk is a size in bytes or random:SEED");
  }
  const status = Number(options.status);
  if (!Number.isInteger(status) || status < 200 || status > 599) return usage("--status is a number from 200 to 599");
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(options.method ?? "GET")) return usage("--method is an HTTP method");
  const headers = options.header.map((header): Header => {
    const match = /^([!#$%&'*+.^_`|~\w-]+)\s*:[ \t]*([^\r\n\0]*)$/.exec(header);
    return match ? [match[1]!.toLowerCase(), match[2]!.trimEnd()] : usage("-H takes 'name: value'");
  });
  const compiled = await usablePolicy(options.policy);
  if (compiled === undefined) return;
  const body = await readStdin();
  const { exchangeThrough } = await runner(compiled, { isActive: options.inactive !== true });
  const { result } = await exchangeThrough(recordingOf(options, direction, status, headers, body), chunk);
  print(options, direction, result);
}

async function readStdin(): Promise<Uint8Array> {
  if (process.stdin.isTTY) process.stderr.write("frostglass: reading the body from the terminal; end it with Ctrl-D\n");
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function recordingOf(
  options: Options,
  direction: "request" | "response",
  status: number,
  given: Header[],
  content: Uint8Array,
): Recording {
  const body = content.length > 0 ? { body: content } : {};
  const hasType = content.length === 0 || given.some(([name]) => name === "content-type");
  const headers: Header[] = hasType ? given : [...given, ["content-type", "application/json"]];
  const { path } = options;
  if (direction === "request") {
    return { id: "stdin", request: { method: options.method ?? "POST", path, headers, ...body } };
  }
  const request = { method: options.method ?? "GET", path, headers: [] };
  return { id: "stdin", request, response: { status, headers, ...body } };
}

function print(options: Options, direction: "request" | "response", result: Result): void {
  const isBlocked = result.outcome === "blocked";
  const isResponse = direction === "response";
  // What the client gets for a refused message is the refusal, not the message.
  const refusal = result.isReply ? result.response : undefined;
  const left = isResponse ? (refusal ? undefined : result.response) : result.request;
  if (options.json) {
    const output = {
      outcome: result.outcome,
      reason: result.reason ?? null,
      status: refusal?.status ?? (isResponse ? (result.response?.status ?? null) : null),
      headers: headersFromWire(left?.headers ?? []),
      body: Buffer.from(left?.body ?? []).toString("base64"),
      rules: result.rules,
    };
    process.stdout.write(`${JSON.stringify(output)}\n`);
  } else if (left !== undefined) {
    process.stdout.write(left.body);
  }
  if (!isBlocked) return;
  process.exitCode = 3;
  if (options.json) return;
  const released =
    left === undefined || left.body.length === 0 ? "" : ` after ${left.body.length} bytes had been released`;
  process.stderr.write(`frostglass: blocked${released}: ${result.reason ?? "no reason"}\n`);
  if (refusal !== undefined) process.stderr.write(refusal.body);
}
