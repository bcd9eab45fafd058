/**
 * A synthetic request through a gateway of the user's own, and what it shows: whether the filter judged it, by the
 * gateway's own counts, and whether anything that the policy selects is in what came back.
 *
 * Behind the URL something has to answer with what it received (an echo, such as httpbin's /anything); else the counts
 * alone speak, and the result says so. Invariant: what came back is searched and thrown away; no value is told.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { connectionHeaders } from "../../envoy/wire.ts";
import { readStat } from "../../host/stats.ts";
import type { CompiledPolicy } from "../../policy/index.ts";
import { Prover } from "../../replay/proof.ts";
import type { Recording } from "../../replay/recording.ts";
import type { Finding } from "../../replay/result.ts";
import { headersToWire } from "../../replay/text.ts";
import type { Admin } from "../../tunnel/admin.ts";

export interface Probe {
  /** The status of the answer; 0 when there was none. */
  status: number;
  /** What the filter counted meanwhile: exchanges by outcome, values by action. */
  outcomes: Record<string, number>;
  values: Record<string, number>;
  /** Whether the answer holds what was sent beside what the policy selects. */
  isEcho: boolean;
  /** Selected values that were looked for in the answer, and what of them was found. */
  searched: number;
  findings: Finding[];
}

export interface ProbeOptions {
  admin: Admin;
  url: URL;
  recording: Recording;
  policy: CompiledPolicy;
  /** Headers that the gateway's activation and routes need. */
  headers: readonly (readonly [string, string])[];
}

/** Names the request in an echo. No value of a recording. */
const markHeader = "x-frostglass-probe";
const patience = 5_000;

export async function probe({ admin, url, recording, policy, headers }: ProbeOptions): Promise<Probe> {
  const mark = randomUUID();
  const before = await counts(admin, policy.name);
  const { request } = recording;
  const body = request.body === undefined ? {} : { body: Buffer.from(request.body) };
  const own = headersToWire(request.headers).filter(([name]) => !ofConnection(name.toLowerCase()));
  const sent = [...own, ...headers, [markHeader, mark] as const];
  const answer = await fetch(url, {
    method: request.method,
    headers: sent.map(([name, value]): [string, string] => [name, value]),
    redirect: "manual",
    signal: AbortSignal.timeout(10_000),
    ...body,
  }).catch(() => undefined);
  const received = answer === undefined ? "" : await answer.text().catch(() => "");
  let after = await counts(admin, policy.name);
  // Envoy counts an exchange when it is over, which may be after its last byte came.
  for (const end = Date.now() + patience; Date.now() < end && total(after) === total(before); ) {
    await sleep(50);
    after = await counts(admin, policy.name);
  }
  const path = `${url.pathname}${url.search}`;
  const proof = new Prover(policy).prove({
    isActive: true,
    exchange: { request: { method: request.method, path, headers: sent, ...body } },
    result: {
      outcome: "blocked",
      reason: undefined,
      request: undefined,
      requestComplete: false,
      response: { status: answer?.status ?? 0, headers: [...(answer?.headers ?? [])], body: Buffer.from(received) },
      responseComplete: true,
      isReply: true,
      isCut: false,
      rules: {},
    },
  });
  return {
    status: answer?.status ?? 0,
    outcomes: rise(before.outcomes, after.outcomes),
    values: rise(before.values, after.values),
    isEcho: received.includes(mark) || holdsNames(received, request.body),
    searched: proof.values,
    findings: [...proof.findings],
  };
}

const ofConnection = (name: string): boolean =>
  connectionHeaders.has(name) || name === "host" || name === "content-length" || name.startsWith(":");

interface Counts {
  outcomes: Map<string, number>;
  values: Map<string, number>;
}

async function counts(admin: Admin, policy: string): Promise<Counts> {
  const counted: Counts = { outcomes: new Map(), values: new Map() };
  for (const [stat, value] of await admin.counts("frostglass\\.")) {
    const { metric, labels } = readStat(stat) ?? {};
    if (labels?.policy !== policy) continue;
    const [into, label] =
      metric?.name === "frostglass.requests_total"
        ? [counted.outcomes, labels.outcome]
        : [counted.values, metric?.name === "frostglass.values_total" ? labels.action : undefined];
    if (label !== undefined) into.set(label, (into.get(label) ?? 0) + value);
  }
  return counted;
}

const total = ({ outcomes }: Counts): number => [...outcomes.values()].reduce((sum, count) => sum + count, 0);

function rise(before: Map<string, number>, after: Map<string, number>): Record<string, number> {
  const risen = [...after].map(([name, count]): [string, number] => [name, count - (before.get(name) ?? 0)]);
  return Object.fromEntries(risen.filter(([, count]) => count > 0));
}

/** Whether all names of members of a JSON document stand in the answer: an echo that shows the body alone. */
function holdsNames(answer: string, body: Uint8Array | undefined): boolean {
  if (body === undefined) return false;
  const names = new Set(
    [
      ...Buffer.from(body)
        .toString("utf8")
        .matchAll(/"([A-Za-z_]\w{2,})"\s*:/g),
    ].map(([, name]) => name!),
  );
  return names.size >= 3 && [...names].filter((name) => answer.includes(name)).length >= names.size / 2;
}
