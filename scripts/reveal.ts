/**
 * `frostglass reveal`: tokens from stdin, one a line, back into what they stand for. For people who may, and on record.
 *
 * Invariants: nothing is revealed without the key, a reason and an audit record; the record is on the disk before the
 * first value is on stdout, and holds counts, never values. What is refused is on record too.
 */
import { userInfo } from "node:os";
import { text } from "node:stream/consumers";
import { type Command, InvalidArgumentError, Option } from "commander";
import { AuditLog } from "./audit/log.ts";
import type { EventData } from "./audit/record.gen.ts";
import { KEY_VARIABLE, SealKey } from "./audit/seal.ts";
import { sinksFromEnvironment } from "./audit/sinks/environment.ts";
import { CommandError, note, requirePolicy, requireStdin } from "./console.ts";
import type { CompiledPolicy } from "./policy/index.ts";
import { type Revealed, revealTokens } from "./reveal/tokens.ts";

interface Options {
  policy: string;
  rule: string;
  session: string;
  reason: string;
  ticket?: string;
  key?: string;
  audit: string;
  who: string;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command("reveal")
    .description("turn tokens from stdin, one a line, back into originals; needs the root key, and is audited")
    .requiredOption("--policy <file>", "the policy that made the tokens")
    .requiredOption("--rule <name>", "the tokenize rule to undo")
    .requiredOption("--session <id>", "the session id: `jti` of its token, or the value of the emergency header")
    .requiredOption("--reason <text>", "why, for the audit record", parseReason)
    .option("--ticket <id>", "the ticket or incident it belongs to, for the audit record")
    .option("--key <id>", "id of the root key that was current in the session (default: the current one)")
    .addOption(new Option("--who <name>", "who asks, for the audit record").default(userInfo().username, "the login"))
    .option("--audit <file>", "the audit log to append to", "frostglass.audit.ndjson")
    .option("--json", "one JSON object a line on stdout: value and revealed")
    .addHelpText(
      "after",
      `
The root key comes from the environment variable that the policy names, the key of the audit log's seals from
${KEY_VARIABLE}. What is no token of this session stays as it is;
a format-preserving token of another session becomes another value of its format, since it holds no authenticator.

Example:
  $ echo 4111119283746508 | frostglass reveal --policy p.json --rule pan --session 9f3c --reason "chargeback 4711"

Exit codes: 0 all revealed, 1 not all of them, or a policy error, 2 a wrong call`,
    )
    .action(reveal);
}

function parseReason(reason: string): string {
  if (reason.trim() === "") throw new InvalidArgumentError("say why; auditors will read it.");
  return reason;
}

async function reveal(options: Options): Promise<void> {
  const { rule, session, key } = options;
  const compiled = await requirePolicy(options.policy);
  requireStdin();
  if (process.stdin.isTTY) note("tokens are read from the terminal, one a line; end with Ctrl-D");
  const tokens = (await text(process.stdin)).split("\n").filter((line) => line !== "");
  if (tokens.length === 0) throw new CommandError("no token on stdin; give one a line");
  const seal = SealKey.fromEnvironment();
  if (!seal) note(`${KEY_VARIABLE} is not set, so the audit record is chained but not sealed`);
  const sinks = sinksFromEnvironment();
  const log = await AuditLog.open(options.audit, { writer: "reveal", session: session || undefined, key: seal, sinks });
  let values: Revealed[];
  try {
    const denied = denialOf(compiled, options);
    if (denied) {
      await log.append("reveal", { ...about(compiled, options), ...denied.record, values: tokens.length });
      throw new CommandError(denied.message);
    }
    const environment = process.env as Record<string, string>;
    values = revealTokens(compiled, { rule, session, key, environment }, tokens);
    await recordOutcome(log, about(compiled, options), values);
  } finally {
    await log.close();
  }
  for (const { value, isRevealed } of values) {
    process.stdout.write(`${options.json ? JSON.stringify({ value, revealed: isRevealed }) : value}\n`);
  }
  const left = values.filter(({ isRevealed }) => !isRevealed).length;
  if (left === 0) return;
  note(`${left} of ${tokens.length} lines are no tokens of this rule and session, and stay as they are`);
  process.exitCode = 1;
}

type About = Omit<EventData["reveal"], "decision" | "code" | "values">;

function about({ name, digest }: CompiledPolicy, { who, reason, ticket, rule }: Options): About {
  return { who, reason, ...(ticket === undefined ? {} : { ticket }), policy: name, policyDigest: digest, rule };
}

/** Why nobody is answered at all, for the record and in words. */
function denialOf({ policy: { roots } }: CompiledPolicy, { key }: Options) {
  const denied = (code: string, message: string) => ({ record: { decision: "denied" as const, code }, message });
  if (key !== undefined && !roots.some(({ id }) => id === key)) {
    return denied("key_unknown", `the policy names no key ${key}: ${roots.map(({ id }) => id).join(", ")}`);
  }
  const missing = roots.find(({ variable }) => !process.env[variable]);
  if (missing === undefined) return undefined;
  const { variable, id } = missing;
  return denied("key_missing", `${variable} is not set; it must hold the root key ${id}, and nobody else's`);
}

/** What was turned back, and opaque tokens that were not: of another session, of a key that is gone, or forged. */
async function recordOutcome(log: AuditLog, about: About, values: readonly Revealed[]): Promise<void> {
  const granted = values.filter(({ isRevealed }) => isRevealed).length;
  const denied = values.reduce((sum, { refused }) => sum + refused, 0);
  if (granted > 0 || denied === 0) await log.append("reveal", { ...about, decision: "granted", values: granted });
  if (denied === 0) return;
  await log.append("reveal", { ...about, decision: "denied", code: "no_token_of_session", values: denied });
}
