/**
 * One running control plane for tests, istiod-lite or gateway-lite: given manifests as a whole, it pushes what they make of
 * a proxy's configuration.
 *
 * Invariant: it ends with this process, since its stdin does; and a refused set of manifests changes nothing.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Manifests by file name without its ending. */
export type Manifests = Readonly<Record<string, string>>;

export class ControlPlane {
  /** Of its ADS. */
  readonly port: number;
  /** What it wrote so far. */
  readonly log: () => string;
  /** What it would write into the status of resources that it did not accept the last time. */
  statuses: readonly string[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #folder: string;
  #round = 0;

  protected constructor({ child, answers, folder, port, log }: Started) {
    this.#child = child;
    this.#answers = answers;
    this.#folder = folder;
    this.port = port;
    this.log = log;
  }

  /** Makes these all the manifests there are; the reason when one is refused. */
  async apply(manifests: Manifests): Promise<string | undefined> {
    const folder = join(this.#folder, `round-${++this.#round}`);
    await writeManifests(folder, manifests);
    this.#child.stdin.write(`${folder}\n`);
    const statuses: string[] = [];
    for (;;) {
      const line = await nextLine(this.#answers, this.log);
      if (line.startsWith("status ")) statuses.push(line.slice("status ".length));
      if (line.startsWith("refused ")) return line.slice("refused ".length);
      if (!line.startsWith("applied ")) continue;
      this.statuses = statuses;
      return undefined;
    }
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await gone;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A process that has said where it serves. */
export interface Started {
  child: ChildProcessWithoutNullStreams;
  answers: AsyncIterator<string>;
  folder: string;
  port: number;
  log: () => string;
  /** Lines that it wrote before. */
  lines: string[];
}

/** Starts it with a folder of its own, which `flags` may fill; Wasm modules are kept in `wasm` in there. */
export async function startProgram(
  binary: string,
  flags: (folder: string) => Promise<string[]>,
  environment: Readonly<Record<string, string>>,
): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), "frostglass-control-plane-"));
  await mkdir(join(folder, "wasm"));
  const parameters = [...(await flags(folder)), "-wasm-cache", join(folder, "wasm")];
  const child = spawn(binary, parameters, { env: { ...process.env, ...environment } });
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (more: string) => {
    text = (text + more).slice(-100_000);
  });
  const log = () => text;
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const lines: string[] = [];
  for (;;) {
    const line = await nextLine(answers, log);
    const port = /^serving 127\.0\.0\.1:(\d+)$/.exec(line)?.[1];
    if (port) return { child, answers, folder, port: Number(port), log, lines };
    lines.push(line);
  }
}

async function nextLine(answers: AsyncIterator<string>, log: () => string): Promise<string> {
  const { value, done } = await answers.next();
  if (done) throw new Error(`the control plane ended; the end of its log:\n${log().slice(-3000)}`);
  return String(value);
}

export async function writeManifests(folder: string, manifests: Manifests): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(manifests)) await writeFile(join(folder, `${name}.yaml`), text);
}
