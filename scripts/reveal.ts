/**
 * `frostglass reveal`: tokens from stdin, one a line, back into what they stand for. For people who may, and on record.
 *
 * Invariants: nothing is revealed without the key, a reason and an audit record; the record is on the disk before the
 * first value is on stdout, and holds counts, never values.
 */
import { userInfo } from "node:os";
import { text } from "node:stream/consumers";
import { type Command, InvalidArgumentError } from "commander";
import { AuditLog } from "./audit/log.ts";
import { KEY_VARIABLE, SealKey } from "./audit/seal.ts";
import { sinksFromEnvironment } from "./audit/sinks/environment.ts";
import { CommandError, note, requirePolicy } from "./console.ts";
import { revealTokens } from "./reveal/tokens.ts";

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
    .option("--who <name>", "who asks, for the audit record", userInfo().username)
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
  const { rule, session, reason, ticket, key, who } = options;
  const compiled = await requirePolicy(options.policy);
  for (const { variable, id } of compiled.policy.roots) {
    if (!process.env[variable]) {
      throw new CommandError(`${variable} is not set; it must hold the root key ${id}, and nobody else's`);
    }
  }
  const environment = process.env as Record<string, string>;
  if (process.stdin.isTTY) note("tokens are read from the terminal, one a line; end with Ctrl-D");
  const tokens = (await text(process.stdin)).split("\n").filter((line) => line !== "");
  if (tokens.length === 0) throw new CommandError("no token on stdin; give one a line");
  const values = revealTokens(compiled, { rule, session, key, environment }, tokens);
  const count = values.filter(({ isRevealed }) => isRevealed).length;
  const seal = SealKey.fromEnvironment();
  if (!seal) note(`${KEY_VARIABLE} is not set, so the audit record is chained but not sealed`);
  const sinks = sinksFromEnvironment();
  const log = await AuditLog.open(options.audit, { writer: "reveal", session: session || undefined, key: seal, sinks });
  try {
    await log.append("reveal", {
      who,
      reason,
      ...(ticket === undefined ? {} : { ticket }),
      policy: compiled.name,
      policyDigest: compiled.digest,
      rule,
      decision: "granted",
      values: count,
    });
  } finally {
    await log.close();
  }
  for (const { value, isRevealed } of values) {
    process.stdout.write(`${options.json ? JSON.stringify({ value, revealed: isRevealed }) : value}\n`);
  }
  if (count === tokens.length) return;
  note(
    `${tokens.length - count} of ${tokens.length} lines are no tokens of this rule and session, and stay as they are`,
  );
  process.exitCode = 1;
}
