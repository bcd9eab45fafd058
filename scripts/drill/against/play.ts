/**
 * `frostglass drill --against`: looks at a gateway of the user's own through its admin interface, and sends it one
 * synthetic request where a URL is given. Nothing is shifted, pushed or changed.
 *
 * Invariant: a check that could not be made says so (`ok: null`) and counts as neither passed nor failed.
 */
import type { JsonObject } from "../../manifest/filter.ts";
import { globMatches } from "../../manifest/glob.ts";
import type { CompiledPolicy } from "../../policy/index.ts";
import type { Recording } from "../../replay/recording.ts";
import { describe } from "../../replay/result.ts";
import { Admin } from "../../tunnel/admin.ts";
import type { Address } from "../../tunnel/resources.ts";
import { type Dump, readDump } from "./attached.ts";
import { type Probe, probe } from "./probe.ts";

export interface AgainstOptions {
  gateway: Address;
  /** The policy that should run there, in each form in which a session may have compiled it. */
  policies: readonly CompiledPolicy[];
  send?: { url: URL; recording: Recording; headers: readonly (readonly [string, string])[] } | undefined;
}

export interface AgainstCheck {
  name: string;
  /** Null: it could not be seen. */
  ok: boolean | null;
  detail: string;
}

export interface AgainstReport {
  gateway: string;
  envoy: string;
  attached: { place: string; policy: string; digest: string; wasm: string }[];
  checks: AgainstCheck[];
  ok: boolean;
}

/** From this version on a filter can hold headers. */
const oldest = [1, 35] as const;

export async function against({ gateway, policies, send }: AgainstOptions): Promise<AgainstReport> {
  const admin = new Admin(gateway);
  const version = await versionOf(admin, gateway);
  const dump = readDump(JSON.parse(await admin.get("/config_dump")) as JsonObject);
  const checks: AgainstCheck[] = [
    { name: "envoy", ok: await admin.isReady(), detail: `version ${version.text}` },
    versionCheck(dump, version),
    attachedCheck(dump),
    settingsCheck(dump),
    await loadedCheck(admin, dump),
    policyCheck(dump, policies),
    clusterCheck(dump),
  ];
  if (send) {
    const running = policies.find(({ digest }) => dump.attached.some(({ policy }) => policy?.digest === digest));
    if (running) checks.push(...probeChecks(await probe({ admin, policy: running, ...send })));
    else checks.push({ name: "request", ok: null, detail: "not sent: the gateway does not run --policy" });
  }
  return {
    gateway: `${gateway.host}:${gateway.port}`,
    envoy: version.text,
    attached: dump.attached.map(({ place, policy, wasm }) => ({
      place,
      policy: policy?.name ?? "unreadable",
      digest: policy?.digest ?? "",
      wasm: wasm ?? "a local file",
    })),
    checks,
    ok: checks.every(({ ok }) => ok !== false),
  };
}

interface Version {
  text: string;
  isOld: boolean;
}

async function versionOf(admin: Admin, { host, port }: Address): Promise<Version> {
  const answer = await admin.get("/server_info").catch(() => {
    throw new Error(
      `nobody answers at ${host}:${port}; is it the admin interface of an Envoy, and reachable from here?`,
    );
  });
  const [, text = "unknown"] = /"version":\s*"[0-9a-f]*\/([\w.-]+)/.exec(answer) ?? [];
  const [major = 0, minor = 0] = text.split(".").map(Number);
  return { text, isOld: major < oldest[0] || (major === oldest[0] && minor < oldest[1]) };
}

function versionCheck({ attached }: Dump, { text, isOld }: Version): AgainstCheck {
  const holds = attached.some(({ policy }) => policy?.settings.hold);
  return {
    name: "holding",
    ok: !(isOld && holds),
    detail: !holds
      ? "no policy holds bodies"
      : isOld
        ? `Envoy ${text} cannot hold headers: requests would hang; 1.35 can`
        : "policies hold bodies, and this Envoy can",
  };
}

function attachedCheck({ attached }: Dump): AgainstCheck {
  const places = attached.map(({ place, policy }) => `${policy?.name ?? "an unreadable policy"} in ${place}`);
  return {
    name: "filter attached",
    ok: attached.length > 0 && attached.every(({ policy }) => policy !== undefined),
    detail: places.length === 0 ? "no listener, cluster or extension that runs has the filter" : places.join(", "),
  };
}

function settingsCheck({ findings }: Dump): AgainstCheck {
  const errors = findings.filter(({ severity }) => severity === "error");
  const words = (errors.length > 0 ? errors : findings).map(
    ({ file, code, message }) => `${file}: ${message} (${code})`,
  );
  return {
    name: "settings",
    ok: errors.length === 0,
    detail: words.length === 0 ? "nothing that would hang requests or let originals through" : words.join("; "),
  };
}

/** Metrics of a policy are there once the filter has loaded it. */
async function loadedCheck(admin: Admin, { attached }: Dump): Promise<AgainstCheck> {
  const stats = [...(await admin.counts("frostglass\\.requests_total\\.")).keys()];
  const names = [...new Set(attached.flatMap(({ policy }) => policy?.name ?? []))];
  const missing = names.filter((name) => !stats.some((stat) => stat.includes(`frostglass.requests_total.${name}.`)));
  return {
    name: "policy loaded",
    ok: names.length > 0 && missing.length === 0,
    detail:
      names.length === 0
        ? "there is none"
        : missing.length === 0
          ? `the filter counts for ${names.join(", ")}`
          : `the filter has not loaded ${missing.join(", ")}: Envoy's log says why, often a missing key`,
  };
}

function policyCheck({ attached }: Dump, policies: readonly CompiledPolicy[]): AgainstCheck {
  const name = "policy digest";
  const running = [...new Set(attached.flatMap(({ policy }) => policy?.digest ?? []))];
  const [wanted] = policies;
  if (!wanted) return { name, ok: null, detail: `give --policy to compare: ${running.join(", ") || "none runs"}` };
  const isThere = policies.some(({ digest }) => running.includes(digest));
  return {
    name,
    ok: isThere,
    detail: isThere
      ? `${wanted.name} runs as the file says`
      : `the gateway does not run ${wanted.digest}, but ${running.join(", ") || "none"}`,
  };
}

/** A policy that names clusters is active for them alone, and one that nobody has is a typing error. */
function clusterCheck({ attached, clusters }: Dump): AgainstCheck {
  const globs = [...new Set(attached.flatMap(({ policy }) => policy?.settings.clusters ?? []))];
  const missing = globs.filter((glob) => !clusters.some((cluster) => globMatches(glob, cluster)));
  return {
    name: "clusters",
    ok: missing.length === 0 ? true : null,
    detail:
      globs.length === 0
        ? "the policy is active by header or always, not by cluster"
        : missing.length === 0
          ? `there: ${globs.join(", ")}`
          : `not there now: ${missing.join(", ")}; a tunnel's cluster may come with its session`,
  };
}

function probeChecks({ status, outcomes, values, isEcho, searched, findings }: Probe): AgainstCheck[] {
  const refused = Object.keys(outcomes).filter((code) => code !== "forwarded");
  const told = Object.entries({ ...outcomes, ...values }).map(([name, count]) => `${name} ${count}`);
  const isJudged = (outcomes.forwarded ?? 0) > 0;
  const isTurnedBack = (values.reveal ?? 0) > 0;
  const acted = Object.entries(values).filter(([action]) => action !== "pass" && action !== "reveal");
  return [
    {
      name: "request judged",
      ok: isJudged,
      detail: isJudged
        ? `answer ${status}; the filter counted ${told.join(", ")}`
        : refused.length > 0
          ? `answer ${status}; the filter refused: ${refused.join(", ")}`
          : `answer ${status}; the filter counted nothing: the route is another one, or the policy is not active for it`,
    },
    {
      name: "rules acted",
      ok: isJudged && acted.length > 0,
      detail: acted.length > 0 ? acted.map(([action, count]) => `${action} ${count}`).join(", ") : "none did",
    },
    {
      name: "anonymized",
      ok: !isEcho || (findings.length > 0 && isTurnedBack) ? null : findings.length === 0 && searched > 0,
      detail: !isEcho
        ? "the answer does not show what the service received: send it to an echo"
        : findings.length === 0
          ? `${searched} selected values looked for in the echo, none found`
          : isTurnedBack
            ? "tokens were turned back on the way, as the policy says: send it to an echo whose answer no rule reveals in"
            : findings.map(describe).join("; "),
    },
  ];
}
