/**
 * `frostglass token mint` and `frostglass token verify`: session tokens, made by whoever holds the signing key, and judged
 * by the very filter that will judge them.
 */
import { randomUUID } from "node:crypto";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CommandError, requirePolicy, requireStdin } from "./console.ts";
import { MAX } from "./policy/constants.ts";
import type { CompiledPolicy } from "./policy/index.ts";
import { parseSpan, type ResolvedSession, type TokenAlgorithm } from "./policy/session.ts";
import { privateKeyVariable, readPrivateKey, requireSecret } from "./token/key.ts";
import { type Claims, mintToken } from "./token/mint.ts";
import { externalSigner } from "./token/signer.ts";
import { tokenVerifier, type Verdict } from "./token/verify.ts";

interface MintOptions {
  policy: string;
  ttl: number;
  subject?: string;
  scope?: string;
  audience?: string;
  session: string;
  signer?: string;
  keyFile?: string;
  json?: boolean;
}

export function register(program: Command): void {
  const token = program.command("token").description("session tokens: make them, and judge them");
  token
    .command("mint")
    .description("print a session token that the policy accepts")
    .requiredOption("--policy <file>", "the policy: algorithm, audience and scope come from it")
    .addOption(
      new Option("--ttl <span>", "how long the session lasts, at most maxAge of the policy")
        .argParser(parseTtl)
        .default(1800, "30m"),
    )
    .option("--subject <name>", "who opens the session (claim sub)")
    .option("--scope <scope>", "instead of the policy's own scope, frostglass:NAME")
    .option("--audience <audience>", "instead of the policy's audience")
    .addOption(
      new Option("--session <id>", "the session id, visible ASCII")
        .argParser(parseSessionId)
        .default(randomUUID(), "random"),
    )
    .option("--key-file <pem>", `private key of ES256 or RS256 (default: the variable ${privateKeyVariable})`)
    .option("--signer <command>", "signs instead: gets the signing input on stdin, answers with the signature")
    .option("--json", "one JSON object on stdout: token and claims")
    .addHelpText(
      "after",
      `
The key of HS256 comes from the environment variable that the policy names.

Examples:
  $ frostglass token mint --policy policy.json --ttl 30m --subject ann
  $ frostglass token mint --policy policy.json --signer 'openssl dgst -sha256 -sign key.pem'

Exit codes: 0, 1 no key or a policy error, 2 a wrong call`,
    )
    .action(mint);
  token
    .command("verify")
    .description("judge a token from stdin as the filter would now")
    .requiredOption("--policy <file>", "the policy")
    .option("--json", "one JSON object on stdout: valid, reason, session, expires, subject")
    .addHelpText(
      "after",
      `
Example:
  $ frostglass token mint --policy policy.json | frostglass token verify --policy policy.json

Exit codes: 0 valid, 1 not valid or a policy error, 2 a wrong call`,
    )
    .action(verify);
}

function parseTtl(text: string): number {
  if (!/^[1-9][0-9]{0,5}[smh]$/.test(text)) throw new InvalidArgumentError("write it as 90s, 30m or 1h.");
  return parseSpan(text);
}

function parseSessionId(text: string): string {
  if (/^[\x21-\x7e]+$/.test(text) && text.length <= MAX.SESSION_ID) return text;
  throw new InvalidArgumentError(`give 1 to ${MAX.SESSION_ID} characters of visible ASCII.`);
}

type SignedProof = ResolvedSession & { proof: { by: TokenAlgorithm } };

/** What the policy says of tokens, when it is the filter that checks them. */
function requireSession({ policy }: CompiledPolicy, file: string): SignedProof {
  const { session } = policy.activation;
  if (!session) throw new CommandError(`${file} demands no token; set activation.verify to "jwt"`);
  if (session.proof.by === "metadata") {
    throw new CommandError(
      `${file} leaves tokens to envoy.filters.http.jwt_authn; make and check them with its issuer`,
    );
  }
  return session as SignedProof;
}

async function mint(options: MintOptions): Promise<void> {
  const compiled = await requirePolicy(options.policy);
  const session = requireSession(compiled, options.policy);
  if (options.ttl > session.maxAge) {
    throw new CommandError(`--ttl is longer than maxAge of the policy; choose ${session.maxAge}s at most`, 2);
  }
  const now = Math.floor(Date.now() / 1000);
  const claims: Claims = {
    jti: options.session,
    ...(options.subject === undefined ? {} : { sub: options.subject }),
    aud: options.audience ?? session.audience,
    scope: options.scope ?? session.scope,
    iat: now,
    exp: now + options.ttl,
  };
  const token = await mintToken(session.proof.by, claims, signingKey(session, options));
  const environment = tokenEnvironment(session);
  // An external signer may be the only one that holds the secret of HS256: what it answers is then not checked here.
  const reason = environment && tokenVerifier(compiled, environment)(token).reason;
  if (reason === "session_invalid") {
    throw new CommandError("the token does not verify under the policy: the signing key is not the policy's");
  }
  process.stdout.write(`${options.json ? JSON.stringify({ token, claims }) : token}\n`);
}

function signingKey({ proof }: SignedProof, { signer, keyFile }: MintOptions) {
  if (signer !== undefined) return externalSigner(signer, proof.by);
  if (proof.by === "HS256") return requireSecret((proof as { variable: string }).variable);
  const key = readPrivateKey(keyFile);
  if (!key) {
    throw new CommandError(`no private key: give --key-file, --signer, or set ${privateKeyVariable}`, 2);
  }
  const type = proof.by === "ES256" ? "ec" : "rsa";
  if (key.asymmetricKeyType !== type) throw new CommandError(`the private key is not for ${proof.by}`);
  return key;
}

/** What the judging filter needs of the environment; undefined when it is not there. */
function tokenEnvironment({ proof }: SignedProof): Record<string, string> | undefined {
  if (proof.by !== "HS256") return {};
  const { variable } = proof as { variable: string };
  const value = process.env[variable];
  return value ? { [variable]: value } : undefined;
}

async function verify({ policy, json }: { policy: string; json?: boolean }): Promise<void> {
  const compiled = await requirePolicy(policy);
  const session = requireSession(compiled, policy);
  if (session.proof.by === "HS256") requireSecret((session.proof as { variable: string }).variable);
  requireStdin();
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  const token = Buffer.concat(chunks).toString("latin1").trim();
  const verdict = tokenVerifier(compiled, tokenEnvironment(session) ?? {})(token);
  if (!verdict.valid) process.exitCode = 1;
  process.stdout.write(
    json ? `${JSON.stringify(shown(verdict, token, session))}\n` : `${sentence(verdict, token, session)}\n`,
  );
}

function shown(verdict: Verdict, token: string, session: ResolvedSession): object {
  if (!verdict.valid) return verdict;
  const { sub } = claimsOf(token);
  return { ...verdict, expires: endOf(token, session), ...(sub === undefined ? {} : { subject: sub }) };
}

const sentence = ({ valid, reason, session: id }: Verdict, token: string, session: ResolvedSession): string =>
  valid ? `valid: session ${id}, until ${endOf(token, session)}` : `not valid: ${reason}`;

/** The claims of a token that was found valid. */
const claimsOf = (token: string): Claims => JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());

function endOf(token: string, { maxAge }: ResolvedSession): string {
  const { iat, exp } = claimsOf(token);
  return new Date(Math.min(exp, iat + maxAge) * 1000).toISOString();
}
