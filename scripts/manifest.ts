/**
 * `frostglass manifest`: the configuration that attaches a policy to a gateway, on stdout; `--check`: whether manifests
 * that were edited since would hang or leak.
 *
 * Invariant: the same policy, filter and options give the same bytes, so that a manifest can stand in version control.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { CommandError, note, requirePolicy, roleOption } from "./console.ts";
import { checkManifests } from "./manifest/check.ts";
import { type Attach, attachments, collectLabels, type ManifestOptions } from "./manifest/options.ts";
import { settingsOf } from "./manifest/policy.ts";
import { sizeNotes } from "./manifest/size.ts";
import { sourceOf } from "./manifest/source.ts";
import { print, type Target, targets } from "./manifest/targets.ts";
import { formatDiagnostic, hasErrors } from "./policy/diagnostics.ts";
import type { Role } from "./policy/index.ts";
import { lintForProduction } from "./policy/lint/index.ts";

interface Options extends Omit<ManifestOptions, "attach"> {
  attach?: Attach;
  policy?: string;
  role: Role;
  target?: Target;
  wasm?: string;
  wasmSha256?: string;
  check?: string[];
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command("manifest")
    .description("Prints configuration that attaches a policy to a gateway, or checks such configuration.")
    .option("--policy <file>", "the policy")
    .addOption(roleOption())
    .addOption(new Option("--target <target>", "where it is attached").choices(Object.keys(targets)))
    .option("--check <file...>", "check manifests instead: exit 1 on what would hang or leak")
    .option(
      "--json",
      "one JSON object on stdout: manifest, what it pins and needs, diagnostics; with --check these alone",
    )
    .option(
      "--wasm <path|url>",
      "the filter, as the gateway will find it: a path, https:// or oci:// (default: build/frostglass.wasm of this package)",
    )
    .option("--wasm-sha256 <hex>", "its SHA-256, of an image the manifest's (default: that of this package's filter)")
    .addOption(
      new Option("--protocol <protocol>", "upstream attachments: what the cluster speaks")
        .choices(["http1", "http2"])
        .default("http1"),
    )
    .addOption(
      new Option(
        "--attach <place>",
        "Istio, Envoy Gateway: the chain (default: tunnel; of the egress role gateway)",
      ).choices(attachments),
    )
    .option(
      "--name <name>",
      "name of the resource (default: frostglass-POLICY, of the egress role frostglass-POLICY-egress)",
    )
    .option("--namespace <namespace>", "namespace of the resource (default: istio-system at gateways, else default)")
    .addOption(
      labels("--selector <key=value>", "labels of the proxies, repeatable").default(
        {},
        "at gateways istio=ingressgateway, of the egress role istio=egressgateway",
      ),
    )
    .addOption(labels("--label <key=value>", "further labels of the resource, repeatable"))
    .option("--secret <name>", "the Kubernetes Secret with the key, for the comments", "frostglass-key")
    .option("--host <host>", "the service whose traffic enters the tunnel, by its full name")
    .option("--port <number>", "only this port of the listener or the service", portOf)
    .option("--subset <name>", "the subset that is the tunnel", "tunnel")
    .addOption(
      new Option("--by <rule>", "istio-shift: by weight, or one user by a header")
        .choices(["weight", "header"])
        .default("weight"),
    )
    .option("--weight <percent>", "istio-shift: how much enters the tunnel", percentOf, 100)
    .option("--user-header <name>", "istio-shift --by header: the header that names the user", "x-user-id")
    .option("--user <value>", "istio-shift --by header: the one user")
    .addOption(
      new Option("--gateway <name>", "the gateways that route or are attached to, repeatable")
        .argParser(collect)
        .default([], "none"),
    )
    .addOption(labels("--production-labels <key=value>", "istio-shift: labels of the production endpoints, repeatable"))
    .addOption(labels("--tunnel-labels <key=value>", "istio-shift: labels of the tunnel's endpoints, repeatable"))
    .action(manifest);
}

const labels = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(collectLabels).default({}, "none");

async function manifest(options: Options): Promise<void> {
  if (options.check) {
    check(options.check, options.json === true);
    return;
  }
  if (options.policy === undefined || options.target === undefined) {
    const missing = (["policy", "target"] as const).filter((name) => options[name] === undefined);
    throw new CommandError(`--${missing.join(" and --")} missing; give both, or --check`, 2);
  }
  const policy = await requirePolicy(options.policy, options.role);
  const target = targets[options.target];
  const source = sourceOf(options.wasm, options.wasmSha256);
  const attach = options.attach ?? (options.role === "egress" ? "gateway" : "tunnel");
  const settings = settingsOf(policy);
  const input = { policy, settings, source, options: { ...options, attach } };
  const made = target.make(input);
  const text = print(made);
  const diagnostics = target.attaches ? lintForProduction(policy) : [];
  const notes = [...target.notes(input), ...(Array.isArray(made) ? sizeNotes(made) : [])];
  if (options.json) {
    const { role, hold, environment } = settings;
    const pinned = { name: policy.name, digest: policy.digest, role, hold, environment };
    const wasm = target.attaches ? { wasm: source } : {};
    const result = { target: options.target, policy: pinned, ...wasm, diagnostics, notes, manifest: text };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  for (const each of diagnostics) process.stderr.write(`${formatDiagnostic(each)}\n`);
  for (const each of notes) note(each);
  process.stdout.write(text);
}

function check(files: readonly string[], json: boolean): void {
  const diagnostics = checkManifests(files);
  if (json) process.stdout.write(`${JSON.stringify({ diagnostics }, null, 2)}\n`);
  else for (const diagnostic of diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  if (hasErrors(diagnostics)) process.exitCode = 1;
}

const collect = (text: string, before: string[]) => [...before, text];

function integer(text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`It is not a whole number from ${least} to ${most}.`);
}
const portOf = (text: string) => integer(text, 1, 65535);
const percentOf = (text: string) => integer(text, 0, 100);
