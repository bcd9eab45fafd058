/**
 * Certificates from a program of the user's own. It is started once for each question, reads one JSON object and answers
 * with one:
 *
 *     {"do": "issue", "session", "side", "commonName", "uri", "notAfter"}  ->  {"chain", "key", "root", "serial"?}
 *     {"do": "revoke", "serials"}                                           ->  {"crl"?}
 *     {"do": "crl"}                                                         ->  {"crl"?}
 *
 * All values are text, PEM where it is one; `notAfter` is RFC 3339. Invariants: the program is started without a shell;
 * an exit code other than 0 is an error; no error quotes what it answered.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Authority, Certificate, CertificateRequest, Retirement } from "./authority.ts";
import { commonNameOf, fingerprintOf, identityOf, serialOf } from "./authority.ts";

type Question =
  | { do: "issue"; session: string; side: string; commonName: string; uri: string; notAfter: string }
  | { do: "revoke"; serials: readonly string[] }
  | { do: "crl" };

export class CommandAuthority implements Authority {
  readonly name: string;
  readonly #command: string[];
  #root: string | undefined;

  constructor(command: string[]) {
    this.name = `command ${command[0]}`;
    this.#command = command;
  }

  async root(): Promise<string> {
    if (this.#root === undefined) throw new Error(`${this.name} has issued nothing yet, so its root is not known`);
    return this.#root;
  }

  async issue({ session, side, notAfter }: CertificateRequest): Promise<Certificate> {
    const { chain, key, root, serial } = await ask(this.#command, {
      do: "issue",
      session,
      side,
      commonName: commonNameOf(side),
      uri: identityOf(session, side),
      notAfter: notAfter.toISOString(),
    });
    if (!chain || !key || !root) throw new Error(`${this.name} has to answer with chain, key and root`);
    this.#root = root;
    return { chain, key, serial: serial ?? serialOf(chain), fingerprint: fingerprintOf(chain) };
  }

  async revocations(): Promise<string | undefined> {
    return (await ask(this.#command, { do: "crl" })).crl;
  }

  async retirement(serials: string[]): Promise<Retirement> {
    return { by: "command", command: this.#command, serials };
  }
}

/** Revokes them; the list that says so, where the program keeps one. */
export async function revokeByCommand(command: string[], serials: readonly string[]): Promise<string | undefined> {
  return (await ask(command, { do: "revoke", serials })).crl;
}

const patience = 30_000;

async function ask([program, ...more]: string[], question: Question): Promise<Partial<Record<string, string>>> {
  const child = spawn(program!, more, { stdio: ["pipe", "pipe", "inherit"], timeout: patience });
  const ended = once(child, "close") as Promise<[number | null]>;
  // A program that does not read what it is asked closes the pipe.
  child.stdin.on("error", () => {}).end(JSON.stringify(question));
  const [answer, [code]] = await Promise.all([text(child.stdout), ended]).catch(() => {
    throw new Error(`${program} cannot be started; is it there, and executable?`);
  });
  if (code !== 0) throw new Error(`${program} ended with ${code ?? "a signal"} when asked to ${question.do}`);
  try {
    return JSON.parse(answer);
  } catch {
    throw new Error(`${program} answered to ${question.do} with something else than one JSON object`);
  }
}
