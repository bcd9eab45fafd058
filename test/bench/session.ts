/** What proof of session costs a usual request: a token that the cache knows, against a header that is merely there. */
import { createSecretKey } from "node:crypto";
import { SignJWT } from "jose";
import { runExchange, Vm } from "../../scripts/host/index.ts";
import { loadWasm } from "../../scripts/wasm.ts";
import { binaryOf } from "../support/engine-policy.ts";
import type { Contender } from "./contenders/contender.ts";
import { order } from "./documents.ts";
import { microseconds } from "./measure.ts";
import { active } from "./policy.ts";

export interface SessionFigures {
  /** Microseconds a request. */
  presence: number;
  jwt: number;
  ratio: number;
}

/** Requests of 1 KB with the same headers, so that nothing but the verification differs. */
export async function sessionFigures(): Promise<SessionFigures> {
  const secret = Buffer.alloc(32, 1);
  const jwt = { algorithm: "HS256", key: { env: "TOKEN_KEY" }, audience: "edge" };
  const claims = { jti: "3f6c1c52-2f0e-4c3e-8d0a-6a8f7a3c9b11", aud: "edge", scope: "frostglass:t" };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setIssuedAt()
    .setExpirationTime("50m")
    .sign(createSecretKey(secret));
  const module = new WebAssembly.Module(loadWasm());
  const contender = (name: string, activation: object): Contender => ({
    name,
    prepare: (body) => {
      const vm = new Vm(module, { environment: { TOKEN_KEY: secret.toString("hex") } });
      const plugin = vm.plugin("t", binaryOf({ ...active, activation }));
      const headers: [string, string][] = [
        ["content-type", "application/json"],
        ["x-emergency-tunnel", token],
      ];
      return () => {
        const result = runExchange(plugin, { request: { method: "POST", path: "/", headers, body } });
        if (result.outcome !== "forwarded") throw new Error(`refused: ${result.reason}`);
        return result;
      };
    },
  });
  const contenders = [contender("presence", { verify: "presence" }), contender("jwt", { verify: "jwt", jwt })];
  const [presence = 0, withToken = 0] = microseconds(contenders, order(1024));
  return { presence, jwt: withToken, ratio: withToken / presence };
}
