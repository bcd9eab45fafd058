/**
 * `npm run bench:envoy`: CPU time of a real Envoy a request, with nothing in its chain, with the filter inactive and
 * active, and beside a peer (Rust, serde_json; `shared/race`) when that folder stands beside the project.
 *
 * The contenders take turns round by round on the same machine, so their ratios hold where microseconds do not. Client
 * and service run in this process: only Envoy's own CPU time is counted, as the kernel tells it (10 ms ticks).
 */
import { existsSync, readFileSync } from "node:fs";
import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { findEnvoy } from "../../scripts/envoy/binary.ts";
import { gatewayConfig } from "../../scripts/envoy/config.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { type JsonObject, wasmHttpFilter } from "../../scripts/manifest/filter.ts";
import { packageRoot, wasmPath } from "../../scripts/wasm.ts";
import { compileTest } from "../support/engine-policy.ts";
import { order } from "./documents.ts";

interface Contender {
  name: string;
  filter?: JsonObject;
  headers: Record<string, string>;
}

const policy = compileTest({
  activation: { verify: "presence" },
  rules: [
    { name: "pan", select: "json:$.card.number", action: { mask: { keepLast: 4 } } },
    { name: "cvv", select: "json:$.card.cvc", action: "strip" },
    { name: "rest", select: ["json:$.customer.email", "json:$.items[*].note"], action: "redact" },
  ],
});
const frostglass = wasmHttpFilter({
  name: "bench",
  wasm: wasmPath,
  configuration: policy.binary,
  hold: true,
  environment: [],
});
const peer = join(packageRoot, "../shared/race/rust-serde.wasm");

const contenders: Contender[] = [
  { name: "bare Envoy", headers: {} },
  { name: "frostglass, inactive", filter: frostglass, headers: {} },
  { name: "frostglass, active", filter: frostglass, headers: { "x-emergency-tunnel": "bench" } },
];
if (existsSync(peer)) {
  const filter = wasmHttpFilter({
    name: "peer",
    wasm: peer,
    configuration: new Uint8Array(),
    hold: false,
    environment: [],
  });
  contenders.push({ name: "Rust Proxy-Wasm, serde_json", filter, headers: { "x-break-glass": "on" } });
}

const sizes: [name: string, bytes: number, requests: number][] = [
  ["1 KB", 1024, 2000],
  ["16 KB", 16 * 1024, 1000],
  ["256 KB", 256 * 1024, 200],
];
const rounds = 5;
const lanes = 8;

/** CPU time of a process so far, in microseconds: user and system, at 100 ticks a second. */
function cpu(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function post(agent: Agent, port: number, headers: Record<string, string>, body: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const options = {
    agent,
    port,
    method: "POST",
    headers: { "content-type": "application/json", "content-length": body.length, ...headers },
  };
  request(options, (response) => {
    response.resume().on("end", () => {
      if (response.statusCode === 200) resolve();
      else reject(new Error(`a request was answered with ${response.statusCode}`));
    });
  })
    .on("error", reject)
    .end(body);
  return promise;
}

async function load(port: number, headers: Record<string, string>, body: Uint8Array, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await post(agent, port, headers, body);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  agent.destroy();
}

function startService(): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    incoming.resume().on("end", () => outgoing.end("{}"));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const service = await startService();
const production = { port: (service.address() as AddressInfo).port, protocol: "http1" as const };
const binary = await findEnvoy({});
const running: { contender: Contender; envoy: EnvoyProcess; port: number }[] = [];
try {
  for (const contender of contenders) {
    const config = gatewayConfig({ filter: contender.filter, attachment: "downstream", production });
    const envoy = await EnvoyProcess.start({ binary, config, logLevel: "error" });
    running.push({ contender, envoy, port: await envoy.port() });
  }
  process.stdout.write(
    `${"CPU microseconds a request".padEnd(32)}${sizes.map(([name]) => name.padStart(16)).join("")}\n`,
  );
  const costs = new Map<string, string[]>();
  for (const [, bytes, count] of sizes) {
    const body = order(bytes);
    const samples = running.map((): number[] => []);
    for (const { contender, port } of running) await load(port, contender.headers, body, count / 10);
    for (let round = 0; round < rounds; round++) {
      for (const [index, { contender, envoy, port }] of running.entries()) {
        const before = cpu(envoy.pid);
        await load(port, contender.headers, body, count);
        samples[index]!.push((cpu(envoy.pid) - before) / count);
      }
    }
    const bare = median(samples[0]!);
    for (const [index, { contender }] of running.entries()) {
      const cost = median(samples[index]!);
      const cells = costs.get(contender.name) ?? [];
      costs.set(contender.name, [...cells, `${cost.toFixed(0)} (${(cost / bare).toFixed(2)}x)`]);
    }
  }
  for (const [name, cells] of costs) {
    process.stdout.write(`${name.padEnd(32)}${cells.map((cell) => cell.padStart(16)).join("")}\n`);
  }
} finally {
  await Promise.all(running.map(({ envoy }) => envoy.stop()));
  service.close();
  service.closeAllConnections();
}
