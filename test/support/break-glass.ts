/**
 * The whole way of a checkout while the glass is broken: client -> edge -> hotfix -> egress -> payment service, through
 * one real Envoy with a filter in each role. The hotfix remembers all that it ever sees.
 */
import { request } from "node:http";
import { bootstrap, cluster, listener } from "../../scripts/envoy/config.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { type Received, Upstream } from "../../scripts/envoy/upstream.ts";
import { filterOf } from "../../scripts/manifest/policy.ts";
import { compilePolicy, formatDiagnostic, type Role } from "../../scripts/policy/index.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { envoyBinary } from "./envoy.ts";

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

export class BrokenGlass {
  readonly hotfix: Upstream;
  readonly payments: Upstream;
  readonly mail: Upstream;
  /** What the hotfix got back from the services that it called. */
  readonly answers: string[] = [];
  readonly #envoy: EnvoyProcess;
  readonly #edge: number;
  readonly #egress: number;

  static async start(policy: object, environment: Record<string, string>): Promise<BrokenGlass> {
    const services = await Promise.all([1, 2, 3].map(() => Upstream.start("http1")));
    const [hotfix, payments, mail] = services as [Upstream, Upstream, Upstream];
    try {
      const filter = (role: Role) => filterOf(compiledFor(policy, role), wasmPath);
      const to = (name: string, match: object = {}) => ({
        match: { prefix: "/", ...match },
        route: { cluster: name, timeout: "0s" },
      });
      const host = { headers: [{ name: ":authority", string_match: { exact: "api.pay.example" } }] };
      const config = bootstrap(
        [
          listener("edge", [filter("edge")], {}, [to("tunnel")]),
          listener("egress", [filter("egress")], {}, [to("payments", host), to("mail")]),
        ],
        [
          cluster("tunnel", { port: hotfix.port, protocol: "http1" }, undefined),
          cluster("payments", { port: payments.port, protocol: "http1" }, undefined),
          cluster("mail", { port: mail.port, protocol: "http1" }, undefined),
        ],
      );
      const envoy = await EnvoyProcess.start({ binary: await envoyBinary(), config, environment });
      return new BrokenGlass(envoy, await envoy.port("edge"), await envoy.port("egress"), services);
    } catch (error) {
      await Promise.all(services.map((service) => service.close()));
      throw error;
    }
  }

  private constructor(envoy: EnvoyProcess, edge: number, egress: number, services: Upstream[]) {
    this.#envoy = envoy;
    this.#edge = edge;
    this.#egress = egress;
    [this.hotfix, this.payments, this.mail] = services as [Upstream, Upstream, Upstream];
  }

  get log(): string {
    return this.#envoy.log;
  }

  /** What the customer's client sends. */
  checkout(body: string, session: string | undefined): Promise<Answer> {
    return post(this.#edge, "shop.example", "/checkout", body, session);
  }

  /** What the hotfix sends out. */
  async call(host: string, body: string, session: string | undefined): Promise<Answer> {
    const answer = await post(this.#egress, host, "/v1/charges", body, session);
    this.answers.push(answer.text, [...answer.headers].map(String).join("\n"));
    return answer;
  }

  /** Everything that the hotfix ever saw, as one text. */
  memory(): string {
    return [...this.hotfix.received.map(whole), ...this.answers].join("\n");
  }

  async stop(): Promise<void> {
    await this.#envoy.stop();
    await Promise.all([this.hotfix.close(), this.payments.close(), this.mail.close()]);
  }
}

export const whole = (request: Received): string =>
  [request.path, ...request.headers.map((pair) => pair.join(": ")), request.body.toString()].join("\n");

function compiledFor(policy: object, role: Role) {
  const text = JSON.stringify(policy);
  const { compiled, diagnostics } = compilePolicy({ path: "policy.json", text }, () => undefined, role);
  if (!compiled) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return compiled;
}

function post(port: number, host: string, path: string, body: string, session: string | undefined) {
  const headers: Record<string, string> = { host, "content-type": "application/json" };
  if (session !== undefined) headers["x-emergency-tunnel"] = session;
  return new Promise<Answer>((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method: "POST", headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.on("end", () => {
        const fields = Object.entries(response.headers).map(
          ([name, value]) => [name, String(value)] as [string, string],
        );
        resolve({ status: response.statusCode ?? 0, headers: new Headers(fields), text });
      });
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
