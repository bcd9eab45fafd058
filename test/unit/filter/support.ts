// The release filter in the embedded host, for tests of what stands around the engine.
import {
  type Exchange,
  type ExchangeOptions,
  type ExchangeResult,
  type Plugin,
  runExchange,
  Vm,
} from "../../../scripts/host/index.ts";
import type { Role } from "../../../scripts/policy/index.ts";
import { loadWasm } from "../../../scripts/wasm.ts";
import { binaryOf } from "../../support/engine-policy.ts";

export const key = `${"00".repeat(31)}01`;
export const json: [string, string] = ["content-type", "application/json"];

const module = new WebAssembly.Module(loadWasm());

/** A VM and the lines that the filter logs in it. */
export function machine(environment: Record<string, string> = { FROSTGLASS_KEY: key }): { vm: Vm; log: string[] } {
  const log: string[] = [];
  return { vm: new Vm(module, { environment, log: (level, message) => log.push(`${level} ${message}`) }), log };
}

/** A plugin in a VM of its own, with an always active policy. */
export const pluginOf = (policy: object, role: Role = "edge"): Plugin =>
  machine().vm.plugin("test", binaryOf(policy, role));

export interface Sent {
  method?: string;
  path?: string;
  headers?: [string, string][];
  body?: string;
  response?: { status?: number; headers?: [string, string][]; body?: string };
}

export function send(plugin: Plugin, sent: Sent, options: ExchangeOptions = {}): ExchangeResult {
  const { method = "POST", path = "/", headers = [json], body, response } = sent;
  const exchange: Exchange = {
    request: { method, path, headers, ...(body !== undefined && { body: Buffer.from(body) }) },
    ...(response && {
      response: {
        status: response.status ?? 200,
        headers: response.headers ?? [json],
        ...(response.body !== undefined && { body: Buffer.from(response.body) }),
      },
    }),
  };
  return runExchange(plugin, exchange, options);
}

export const bodyOf = (result: ExchangeResult): string => Buffer.from(result.request?.body ?? []).toString();

export const headerOf = (result: ExchangeResult, name: string): string | undefined =>
  result.request?.headers.find(([other]) => other === name)?.[1];
