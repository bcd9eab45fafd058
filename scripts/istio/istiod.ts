/**
 * One running istiod-lite: given manifests as a whole, it pushes what they make of a proxy's configuration.
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

/** No workload has a certificate here: plaintext only. */
const mesh = `accessLogFile: ""
enableAutoMtls: false
enableTracing: false
trustDomain: cluster.local
`;

/** Two filters of Istio's that a stock Envoy does not have. */
const switches = { PILOT_ENABLE_METADATA_EXCHANGE: "false", PILOT_ENABLE_ALPN_FILTER: "false" };

export class Istiod {
  readonly port: number;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #folder: string;
  #round = 0;

  static async start(binary: string, environment: Readonly<Record<string, string>> = {}): Promise<Istiod> {
    const folder = await mkdtemp(join(tmpdir(), "frostglass-istiod-"));
    await writeFile(join(folder, "mesh.yaml"), mesh);
    await mkdir(join(folder, "wasm"));
    const flags = ["-mesh", join(folder, "mesh.yaml"), "-wasm-cache", join(folder, "wasm")];
    const child = spawn(binary, flags, { env: { ...process.env, ...switches, ...environment } });
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-100_000);
    });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (;;) {
      const { value, done } = await answers.next();
      if (done) throw new Error(`istiod-lite ended; the end of its log:\n${log.slice(-3000)}`);
      const port = /^serving 127\.0\.0\.1:(\d+)$/.exec(String(value))?.[1];
      if (port) return new Istiod(child, answers, folder, Number(port), () => log);
    }
  }

  private constructor(
    child: ChildProcessWithoutNullStreams,
    answers: AsyncIterator<string>,
    folder: string,
    port: number,
    log: () => string,
  ) {
    this.#child = child;
    this.#answers = answers;
    this.#folder = folder;
    this.port = port;
    this.log = log;
  }

  /** What it wrote so far. */
  readonly log: () => string;

  /** Makes these all the manifests there are; the reason when Istio's validation refuses one. */
  async apply(manifests: Manifests): Promise<string | undefined> {
    const folder = join(this.#folder, `round-${++this.#round}`);
    await writeManifests(folder, manifests);
    this.#child.stdin.write(`${folder}\n`);
    for (;;) {
      const { value, done } = await this.#answers.next();
      if (done) throw new Error(`istiod-lite ended; the end of its log:\n${this.log().slice(-3000)}`);
      const line = String(value);
      if (line.startsWith("applied ")) return undefined;
      if (line.startsWith("refused ")) return line.slice("refused ".length);
    }
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await gone;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export async function writeManifests(folder: string, manifests: Manifests): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(manifests)) await writeFile(join(folder, `${name}.yaml`), text);
}
