/**
 * A policy at work on recorded exchanges: in the embedded host, or in a real Envoy.
 *
 * Invariants: an exchange is active unless the recording or the caller says otherwise, and an emergency header that the
 * recording brings is used as it stands; results say what left, in the words of the contract.
 */
import { randomBytes } from "node:crypto";
import type { EnvoyEngine } from "../envoy/engine.ts";
import {
  type Chunking,
  type Exchange,
  type ExchangeResult,
  type Pair,
  type Plugin,
  runExchange,
  Vm,
} from "../host/index.ts";
import { needsKey } from "../policy/binary.ts";
import type { CompiledPolicy } from "../policy/index.ts";
import { nodeForeign } from "../token/foreign.ts";
import { loadWasm } from "../wasm.ts";
import type { Recording } from "./recording.ts";
import { type Header, headersToWire, toWire } from "./text.ts";

/** What left in one direction. */
export interface Left {
  readonly headers: readonly Pair[];
  readonly body: Uint8Array;
}

export interface Result {
  readonly outcome: "forwarded" | "blocked" | "bypassed";
  readonly reason: string | undefined;
  readonly request: Left | undefined;
  readonly requestComplete: boolean;
  readonly response: (Left & { readonly status: number }) | undefined;
  readonly responseComplete: boolean;
  /** The response is the gateway's own refusal. */
  readonly isReply: boolean;
  /** Bytes had left before the refusal. */
  readonly isCut: boolean;
  readonly rules: Readonly<Record<string, number>>;
}

export interface Run {
  readonly result: Result;
  /** The exchange as it went in, emergency header included. */
  readonly exchange: Exchange;
  readonly isActive: boolean;
}

export interface Settings {
  /** False: no emergency header is added. */
  readonly isActive: boolean;
}

/** Where exchanges go. */
export type Engine = (exchange: Exchange, chunk: Chunking | undefined) => Promise<ExchangeResult>;

/** The cluster that a policy takes for a tunnel, made from the first of its patterns. */
export const tunnelCluster = ({ policy }: CompiledPolicy): string | undefined =>
  policy.activation.clusters[0]?.replaceAll("*", "tunnel");

/** The headers as they stand, or with the emergency header of the policy added, where a header activates. */
export function activated({ policy }: CompiledPolicy, headers: readonly Header[]): readonly Header[] {
  const { header } = policy.activation;
  const isGiven = headers.some(([name]) => name.toLowerCase() === header);
  return header === undefined || isGiven ? headers : [...headers, [header, "frostglass"]];
}

/** Whether the filter acts on a request with these headers. */
export const isActive = (compiled: CompiledPolicy, headers: readonly Header[], settings: Settings): boolean =>
  compiled.policy.activation.always ||
  headers.some(([name]) => name.toLowerCase() === compiled.policy.activation.header) ||
  (settings.isActive && tunnelCluster(compiled) !== undefined);

/** What the gateway tells the filter of the destination. */
export function propertiesOf(compiled: CompiledPolicy, settings: Settings): { properties?: Record<string, string> } {
  const cluster = settings.isActive ? tunnelCluster(compiled) : undefined;
  return cluster === undefined ? {} : { properties: { "xds.cluster_name": cluster } };
}

/** The environment of the filter: its root keys, and a note when one had to be made up. */
export function filterEnvironment(compiled: CompiledPolicy): { environment: Record<string, string>; note?: string } {
  if (!needsKey(compiled.rules)) return { environment: {} };
  const environment: Record<string, string> = {};
  const missing: string[] = [];
  for (const { variable } of compiled.policy.roots) {
    const key = process.env[variable];
    if (key) environment[variable] = key;
    else {
      missing.push(variable);
      environment[variable] = randomBytes(32).toString("base64url");
    }
  }
  const [first] = missing;
  if (first === undefined) return { environment };
  const note = `${missing.join(" and ")} is not set, so this run works with a random key; for equal hashes and tokens in every run: export ${first}=$(npx frostglass keygen)`;
  return { environment, note };
}

/** The filter, configured; an error says what its log said. */
export function startPlugin(compiled: CompiledPolicy, environment: Record<string, string>): Plugin {
  const log: string[] = [];
  const module = new WebAssembly.Module(loadWasm());
  const vm = new Vm(module, { environment, foreign: nodeForeign, log: (_level, message) => log.push(message) });
  try {
    return vm.plugin(compiled.name, compiled.binary);
  } catch (error) {
    throw new Error([error instanceof Error ? error.message : String(error), ...log].join("; "));
  }
}

export function nodeEngine(compiled: CompiledPolicy, plugin: Plugin, settings: Settings): Engine {
  const options = { holdHeaders: compiled.limits.hold > 0, ...propertiesOf(compiled, settings) };
  return async (exchange, chunk) =>
    runExchange(plugin, exchange, chunk === undefined ? options : { ...options, chunk });
}

export const envoyEngine =
  (engine: EnvoyEngine): Engine =>
  (exchange, chunk) =>
    engine.run(exchange, chunk === undefined ? {} : { chunk });

export async function run(
  engine: Engine,
  compiled: CompiledPolicy,
  { request, response, active }: Recording,
  settings: Settings,
  chunk: Chunking | undefined,
): Promise<Run> {
  const mayActivate = settings.isActive && active !== false;
  const headers = mayActivate ? activated(compiled, request.headers) : request.headers;
  const exchange: Exchange = {
    request: {
      method: request.method,
      path: toWire(request.path),
      headers: headersToWire(headers),
      body: request.body,
    },
    response: response && { status: response.status, headers: headersToWire(response.headers), body: response.body },
  };
  const acts = isActive(compiled, headers, settings);
  return { exchange, isActive: acts, result: resultOf(compiled, await engine(exchange, chunk), acts) };
}

function resultOf(compiled: CompiledPolicy, raw: ExchangeResult, acts: boolean): Result {
  const isRefused = raw.outcome !== "forwarded";
  return {
    outcome: isRefused ? "blocked" : acts ? "forwarded" : "bypassed",
    reason: raw.outcome === "hung" ? "hung" : raw.reason,
    request: raw.request,
    requestComplete: raw.requestComplete,
    response: raw.response,
    responseComplete: raw.responseComplete,
    isReply: raw.localReply !== undefined,
    isCut: raw.outcome === "cut",
    rules: inOrder(compiled, raw.rules),
  };
}

/** Counts in the order of the policy, so that engines are told alike. */
export function inOrder({ rules }: CompiledPolicy, counts: Readonly<Record<string, number>>): Record<string, number> {
  const names = [...rules.map((rule) => rule.name), "unmatched"];
  return Object.fromEntries(names.flatMap((name) => (counts[name] === undefined ? [] : [[name, counts[name]]])));
}
