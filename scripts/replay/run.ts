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
import type { CompiledPolicy } from "../policy/index.ts";
import { loadWasm } from "../wasm.ts";
import type { Recording } from "./recording.ts";
import { headersToWire, toWire } from "./text.ts";

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

/** The emergency header of a policy with the value that a run gives it; undefined when no header activates. */
export const emergencyHeader = ({ policy }: CompiledPolicy): Pair | undefined =>
  policy.activation.header === undefined ? undefined : [policy.activation.header, "frostglass-replay"];

/** The environment of the filter: the root key, and a note when one had to be made up. */
export function filterEnvironment(compiled: CompiledPolicy): { environment: Record<string, string>; note?: string } {
  const needsKey = compiled.rules.some((rule) => rule.action.kind === "hash");
  if (!needsKey) return { environment: {} };
  const variable = compiled.policy.keyVariable;
  const key = process.env[variable];
  if (key !== undefined && key !== "") return { environment: { [variable]: key } };
  const note = `${variable} is not set, so this run hashes with a random key; for equal hashes in every run: export ${variable}=$(npx frostglass keygen)`;
  return { environment: { [variable]: randomBytes(32).toString("base64url") }, note };
}

/** The filter, configured; an error says what its log said. */
export function startPlugin(compiled: CompiledPolicy, environment: Record<string, string>): Plugin {
  const log: string[] = [];
  const module = new WebAssembly.Module(loadWasm());
  const vm = new Vm(module, { environment, log: (_level, message) => log.push(message) });
  try {
    return vm.plugin(compiled.name, compiled.binary);
  } catch (error) {
    throw new Error([error instanceof Error ? error.message : String(error), ...log].join("; "));
  }
}

export function nodeEngine(compiled: CompiledPolicy, plugin: Plugin, settings: Settings): Engine {
  const cluster = settings.isActive ? tunnelCluster(compiled) : undefined;
  return async (exchange, chunk) =>
    runExchange(plugin, exchange, {
      holdHeaders: compiled.limits.hold > 0,
      ...(chunk === undefined ? {} : { chunk }),
      ...(cluster === undefined ? {} : { properties: { "xds.cluster_name": cluster } }),
    });
}

export const envoyEngine =
  (engine: EnvoyEngine): Engine =>
  (exchange, chunk) =>
    engine.run(exchange, chunk === undefined ? {} : { chunk });

export async function run(
  engine: Engine,
  compiled: CompiledPolicy,
  recording: Recording,
  settings: Settings,
  chunk: Chunking | undefined,
): Promise<Run> {
  const { exchange, isActive } = prepare(compiled, recording, settings);
  const raw = await engine(exchange, chunk);
  return { exchange, isActive, result: resultOf(compiled, raw, isActive) };
}

function prepare(
  compiled: CompiledPolicy,
  recording: Recording,
  settings: Settings,
): { exchange: Exchange; isActive: boolean } {
  const { request, response } = recording;
  const { activation } = compiled.policy;
  const mayActivate = settings.isActive && recording.active !== false;
  const added = mayActivate ? emergencyHeader(compiled) : undefined;
  const isGiven = request.headers.some(([name]) => name.toLowerCase() === activation.header);
  const headers = headersToWire(isGiven || added === undefined ? request.headers : [...request.headers, added]);
  return {
    exchange: {
      request: { method: request.method, path: toWire(request.path), headers, body: request.body },
      response: response && { status: response.status, headers: headersToWire(response.headers), body: response.body },
    },
    isActive:
      activation.always ||
      isGiven ||
      added !== undefined ||
      (settings.isActive && tunnelCluster(compiled) !== undefined),
  };
}

function resultOf(compiled: CompiledPolicy, raw: ExchangeResult, isActive: boolean): Result {
  const isRefused = raw.outcome !== "forwarded";
  return {
    outcome: isRefused ? "blocked" : isActive ? "forwarded" : "bypassed",
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
function inOrder({ rules }: CompiledPolicy, counts: Readonly<Record<string, number>>): Record<string, number> {
  const names = [...rules.map((rule) => rule.name), "unmatched"];
  return Object.fromEntries(names.flatMap((name) => (counts[name] === undefined ? [] : [[name, counts[name]]])));
}
