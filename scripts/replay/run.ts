/**
 * A policy at work on recorded exchanges: in the embedded host, or in a real Envoy.
 *
 * Invariants: an exchange is active unless the recording or the caller says otherwise, and an emergency header that the
 * recording brings is used as it stands; results say what left, in the words of the contract.
 */
import type { EnvoyEngine } from "../envoy/engine.ts";
import {
  type Chunking,
  type Exchange,
  type ExchangeResult,
  type Pair,
  type Plugin,
  type PropertyValue,
  runExchange,
  Vm,
} from "../host/index.ts";
import type { CompiledPolicy } from "../policy/index.ts";
import { nodeForeign } from "../token/foreign.ts";
import { loadWasm } from "../wasm.ts";
import type { Equipment } from "./equip.ts";
import type { Recording } from "./recording.ts";
import { type Header, headersToWire, toWire } from "./text.ts";

/** What left in one direction. */
export interface Left {
  readonly headers: readonly Pair[];
  readonly body: Uint8Array;
  readonly trailers?: readonly Pair[];
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
  /** What proves the session of the run (equip.ts). */
  readonly session: Pick<Equipment, "emergency" | "claims">;
}

/** Where exchanges go. */
export type Engine = (exchange: Exchange, chunk: Chunking | undefined) => Promise<ExchangeResult>;

/** The cluster that a policy takes for a tunnel, made from the first of its patterns. */
export const tunnelCluster = ({ policy }: CompiledPolicy): string | undefined =>
  policy.activation.clusters[0]?.replaceAll("*", "tunnel");

/** The headers as they stand, or with the emergency header of the policy added, where a header activates. */
export function activated(
  { policy }: CompiledPolicy,
  headers: readonly Header[],
  { session }: Settings,
): readonly Header[] {
  const { header } = policy.activation;
  const isGiven = headers.some(([name]) => name.toLowerCase() === header);
  return header === undefined || isGiven ? headers : [...headers, [header, session.emergency]];
}

/** Whether the filter acts on a request with these headers. Where the policy ignores what proves nothing, only the token
 * of the run is known to prove something. */
export const isActive = (compiled: CompiledPolicy, headers: readonly Header[], settings: Settings): boolean => {
  const { always, header, session } = compiled.policy.activation;
  const given = headers.find(([name]) => name.toLowerCase() === header)?.[1];
  const isProven = session?.invalid !== "ignore" || given === settings.session.emergency;
  return always || (given !== undefined && isProven) || (settings.isActive && tunnelCluster(compiled) !== undefined);
};

/** What the gateway tells the filter of the destination, and what its own JWT filter has proven. */
export function propertiesOf(
  compiled: CompiledPolicy,
  settings: Settings,
): { properties?: Record<string, PropertyValue> } {
  const cluster = settings.isActive ? tunnelCluster(compiled) : undefined;
  const metadata = settings.isActive ? metadataOf(compiled, settings) : {};
  const properties = { ...metadata, ...(cluster === undefined ? {} : { "xds.cluster_name": cluster }) };
  return Object.keys(properties).length === 0 ? {} : { properties };
}

/** Claims as Envoy gives them to a module: text as it is, a number as a double. */
function metadataOf({ policy }: CompiledPolicy, { session }: Settings): Record<string, PropertyValue> {
  const proof = policy.activation.session?.proof;
  if (proof?.by !== "metadata") return {};
  return Object.fromEntries(
    Object.entries(session.claims ?? {}).map(([name, value]) => [
      `metadata.filter_metadata.envoy.filters.http.jwt_authn.${proof.key}.${name}`,
      typeof value === "number" ? new Uint8Array(Float64Array.of(value).buffer) : String(value),
    ]),
  );
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
  const headers = mayActivate ? activated(compiled, request.headers, settings) : request.headers;
  const exchange: Exchange = {
    request: {
      method: request.method,
      path: toWire(request.path),
      headers: headersToWire(headers),
      body: request.body,
      trailers: request.trailers && headersToWire(request.trailers),
    },
    response: response && {
      status: response.status,
      headers: headersToWire(response.headers),
      body: response.body,
      trailers: response.trailers && headersToWire(response.trailers),
    },
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
