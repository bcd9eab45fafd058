/**
 * `frostglass apply`: one body through the filter, from stdin to stdout, in constant memory.
 * Exit 0 forwarded, 3 blocked (stdout holds only what had been released), 1 a policy error, 2 a wrong call.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { applyBody } from "./apply/body.ts";
import { note, requirePolicy, requireStdin, roleOption } from "./console.ts";
import type { Role } from "./policy/index.ts";
import { type ChunkPlan, parseSingleChunk, wholeBodies } from "./replay/chunks.ts";
import { equip } from "./replay/equip.ts";
import { startPlugin } from "./replay/run.ts";
import { fromWire, type Header, headersFromWire } from "./replay/text.ts";

interface Options {
  policy: string;
  role: Role;
  direction: "request" | "response";
  method?: string;
  path: string;
  header: Header[];
  status: number;
  chunk: ChunkPlan;
  inactive?: boolean;
  json?: boolean;
}

const blockedExit = 3;

export function register(program: Command): void {
  program
    .command("apply")
    .description("send one body from stdin through the filter to stdout")
    .requiredOption("--policy <file>", "the policy")
    .addOption(roleOption())
    .addOption(
      new Option("--direction <direction>", "what the body is").choices(["request", "response"]).default("request"),
    )
    .option("--method <method>", "method of the request (default: POST, for a response GET)", parseMethod)
    .option("--path <path>", "path of the request, with its query", "/")
    .addOption(
      new Option("-H, --header <header>", "'name: value' of the message, repeatable")
        .argParser(addHeader)
        .default([], "none"),
    )
    .option("--status <number>", "status of the response", parseStatus, 200)
    .addOption(
      new Option("--chunk <how>", "pieces of the body: N bytes, or random[:SEED]")
        .argParser(parseSingleChunk)
        .default(wholeBodies, "as it comes"),
    )
    .option("--inactive", "without the emergency header: the body passes untouched")
    .option("--json", "one JSON object on stdout: outcome, reason, status, headers, body (base64), rules")
    .addHelpText(
      "after",
      `
A content-type of application/json is added when none is given, and the emergency header of the policy unless
--inactive is given. One given by -H is used as it stands; for a response it is that of its request,
and so is host.

Examples:
  $ echo '{"card":{"number":"4111111111111111"}}' | frostglass apply --policy policies/checkout.json
  $ frostglass apply --policy p.json --direction response --status 201 -H 'content-type: application/json' <body.json

Exit codes: 0 forwarded, 3 blocked, 1 a policy error, 2 a wrong call`,
    )
    .action(apply);
}

const token = /^[!#$%&'*+.^_`|~\w-]+$/;

function parseMethod(text: string): string {
  if (!token.test(text)) throw new InvalidArgumentError("give the name of a method.");
  return text;
}

function addHeader(text: string, headers: Header[]): Header[] {
  const [, name = "", value = ""] = /^([^:]*?)\s*:[ \t]*(.*?)[ \t]*$/s.exec(text) ?? [];
  if (!token.test(name) || /[\r\n\0]/.test(value)) throw new InvalidArgumentError("write it as 'name: value'.");
  return [...headers, [name.toLowerCase(), value]];
}

function parseStatus(text: string): number {
  if (!/^[2-5]\d\d$/.test(text)) throw new InvalidArgumentError("give a number from 200 to 599.");
  return Number(text);
}

async function apply(options: Options): Promise<void> {
  requireStdin();
  const session = await equip(await requirePolicy(options.policy, options.role));
  const { compiled, environment } = session;
  for (const text of session.notes) note(text);
  if (options.chunk.label.startsWith("random")) note(`chunk ${options.chunk.label}`);
  const plugin = startPlugin(compiled, environment);
  if (process.stdin.isTTY) note("the body is read from the terminal; end it with Ctrl-D");
  const kept: Uint8Array[] = [];
  const result = await applyBody(compiled, plugin, {
    ...options,
    method: options.method ?? (options.direction === "request" ? "POST" : "GET"),
    headers: options.header,
    isActive: !options.inactive,
    session,
    chunking: options.chunk.chunking,
    body: process.stdin,
    release: async (piece) => {
      if (options.json) kept.push(piece);
      else if (!process.stdout.write(piece)) await new Promise((resolve) => process.stdout.once("drain", resolve));
    },
  });
  if (options.json) {
    const { outcome, reason, status, rules, problem } = result;
    const body = Buffer.concat(kept).toString("base64");
    const shown = { outcome, reason, status, headers: headersFromWire(result.headers), body, rules };
    process.stdout.write(`${JSON.stringify(problem === undefined ? shown : { ...shown, problem: parsed(problem) })}\n`);
  }
  if (result.outcome !== "blocked") return;
  const why =
    result.problem === undefined || result.problem === "" ? `frostglass: blocked: ${result.reason}\n` : result.problem;
  process.stderr.write(fromWire(why));
  process.exitCode = blockedExit;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
