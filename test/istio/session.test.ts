// Who gets into the tunnel, and what gets out of it again, on a real Istio: sessions proven by a token, the filter in the
// tunnel's cluster at the edge, and the same policy at egress, where the hotfix calls a real service.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { sendTo } from "../../scripts/envoy/client.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { json, order } from "../support/envoy.ts";
import { manifest } from "../support/manifests.ts";
import { mintTestToken, type TestClaims } from "../support/session-tokens.ts";
import { expectAccepted, host, istio, Mesh, tokenKey } from "./mesh.ts";
import { rerouting } from "./rerouting.ts";

const pan = "4111111111111111";
const service = "api.pay.example";
const policy = {
  name: "orders",
  activation: {
    verify: "jwt",
    jwt: { algorithm: "HS256", key: { env: "FROSTGLASS_TOKEN_KEY" }, audience: "edge" },
    clusters: [`outbound|*|tunnel|${host}`],
  },
  egress: { clusters: [`outbound|8000|production|${host}`], hosts: [service] },
  rules: [
    { name: "cvv", select: "json:$..card.cvc", action: "strip" },
    { name: "mail", select: "json:$.customer.email", action: "redact" },
    {
      name: "pan",
      select: "json:$.card.number",
      action: { tokenize: { format: "pan", keepFirst: 6, luhn: "valid" } },
    },
  ],
};
const routes = ["--host", host, "--name", "orders", "--namespace", "shop", "--port", "8000"];
const gateway = ["--gateway", "istio-system/public"];

const mint = (claims: Partial<TestClaims> = {}) =>
  mintTestToken(Buffer.from(tokenKey, "hex"), "HS256", {
    session: "incident-1",
    policy: "orders",
    audience: "edge",
    ...claims,
  });
const session = async (claims?: Partial<TestClaims>): Promise<[string, string]> => [
  "x-emergency-tunnel",
  await mint(claims),
];

describe.skipIf(!istio)("a session", () => {
  let mesh: Mesh;
  const edge = manifest(policy, "--target", "istio-envoyfilter", "--host", host, "--wasm", wasmPath);
  const shift = manifest(policy, "--target", "istio-shift", ...routes, ...gateway);
  const unshift = manifest(policy, "--target", "istio-unshift", ...routes, ...gateway);
  /** All of it, once the gateway has it. */
  async function apply(route: string, more: Record<string, string> = {}): Promise<void> {
    const { name, manifests } = mesh.marker();
    await mesh.apply(mesh.base, mesh.gateway, { "02-route": route, "10-edge": edge, ...more }, manifests);
    await mesh.has(name);
  }
  const send = (headers: [string, string][]) => mesh.send(mesh.ports.gateway, { bare: true, headers });
  const refused = { status: 403 };

  beforeAll(async () => {
    mesh = await Mesh.start();
    await mesh.apply(mesh.base, mesh.gateway, mesh.route);
    await mesh.startProxy("gateway");
  });
  afterAll(() => mesh?.stop());
  afterEach(() => {
    for (const upstream of [mesh.production, mesh.tunnel]) upstream.reply = () => ({});
  });

  test("is the only way into the tunnel: everybody else gets 403, and nothing of it arrives", async () => {
    await apply(shift);
    await expectAccepted({ ...mesh.base, ...mesh.gateway }, `${edge}---\n${shift}`);
    const good = await session();
    const { at, body, headers } = await mesh.until(mesh.ports.gateway, (each) => each.at === "tunnel", {
      bare: true,
      headers: [good],
    });
    expect(at).toBe("tunnel");
    expect(body).toMatch(/^\{"card": \{"number":"411111\d{10}"\},\n "customer":\{"email":"\[redacted\]"\} \}$/);
    expect(body).not.toContain(pan);
    expect(headers?.map(([name]) => name)).not.toContain("x-emergency-tunnel");
    const now = Math.floor(Date.now() / 1000);
    const others: [string, string][][] = [
      [],
      [["x-emergency-tunnel", "laptop-1"]],
      [["x-emergency-tunnel", `${good[1]}x`]],
      [await session({ issued: now - 900, expires: now - 600 })],
      [await session({ audience: "another edge" })],
      [await session({ policy: "payments" })],
    ];
    for (const sent of others) {
      expect(await send(sent)).toEqual(refused);
      expect(mesh.tunnel.received).toEqual([]);
    }
    // One session after the refusals, as before them.
    expect(await send([good])).toMatchObject({ at: "tunnel", body });
  });

  test("a mirrored request without one never arrives; with one it arrives anonymized", async () => {
    const mirror = unshift.replace(
      / {6}route:\n/,
      `      mirror: {host: ${host}, subset: tunnel, port: {number: 8000}}\n      mirrorPercentage: {value: 100}\n$&`,
    );
    await apply(mirror);
    const good = await session();
    await mesh.until(mesh.ports.gateway, () => mesh.tunnel.received.length > 0, { bare: true, headers: [good] });
    mesh.tunnel.received.length = 0;
    const before = mesh.tunnel.arrived;
    expect(await mesh.send(mesh.ports.gateway, { bare: true })).toMatchObject({ at: "production", body: order });
    // The one behind it has gone the same way by the time it arrives.
    await mesh.send(mesh.ports.gateway, { bare: true, headers: [good] });
    const arrived = (await mesh.tunnel.take()).body.toString();
    expect(arrived).not.toContain(pan);
    expect(arrived).toMatch(/"number":"411111\d{10}"/);
    expect(mesh.tunnel.arrived).toBe(before + 1);
  });

  test("each attempt of a retried request is anonymized, with the same tokens", async () => {
    const retries = "      retries: {attempts: 2, retryOn: 5xx}\n";
    await apply(shift.replace(/ {6}route:\n/, `${retries}$&`));
    const good = await session();
    await mesh.until(mesh.ports.gateway, ({ at }) => at === "tunnel", { bare: true, headers: [good] });
    let attempts = 0;
    mesh.tunnel.reply = () => ({ status: ++attempts < 3 ? 503 : 200 });
    expect(await send([good])).toMatchObject({ status: 200 });
    const bodies = mesh.tunnel.received.map(({ body }) => body.toString());
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).not.toContain(pan);
  });

  test("a route that changes behind every filter smuggles nothing in", async () => {
    const canary = manifest(policy, "--target", "istio-shift", ...routes, ...gateway, "--by", "header", "--user", "42");
    await apply(canary, { "20-rerouting": rerouting("x-user-id", "42") });
    const good = await session();
    const arrival = await mesh.until(mesh.ports.gateway, ({ at }) => at === "tunnel", { bare: true, headers: [good] });
    expect(arrival).toMatchObject({ at: "tunnel" });
    expect(arrival.body).not.toContain(pan);
    expect(await send([])).toEqual(refused);
    expect(mesh.tunnel.received).toEqual([]);
  });

  test("turns its tokens back where the hotfix calls an allowed service, and nowhere else", async () => {
    const { outbound } = mesh.ports;
    const egress = manifest(
      policy,
      ...["--role", "egress", "--target", "istio-envoyfilter", "--selector", "istio=ingressgateway"],
      ...["--port", String(outbound), "--wasm", wasmPath],
    );
    const calls = egressOf(outbound);
    await expectAccepted({ ...mesh.base, ...mesh.gateway, "03-egress": calls }, `${edge}---\n${egress}---\n${shift}`);
    await apply(shift, { "03-egress": calls, "11-egress": egress });
    const good = await session();
    const edgeArrival = await mesh.until(mesh.ports.gateway, ({ at }) => at === "tunnel", {
      bare: true,
      headers: [good],
    });
    const token = /"number":"(\d+)"/.exec(edgeArrival.body!)![1]!;
    expect(token).not.toBe(pan);

    mesh.production.reply = (request) => ({ headers: [json], body: request.body });
    const call = async (to: string, headers: [string, string][]) => {
      mesh.production.received.length = 0;
      const body = Buffer.from(JSON.stringify({ card: { number: token } }));
      const response = await sendTo("http1", outbound, { headers: [["host", to], json, ...headers], body });
      const received = mesh.production.received[0]?.body.toString();
      return { status: response.status, received, answer: response.body.toString() };
    };
    expect(await call(service, [good])).toEqual({
      status: 200,
      received: JSON.stringify({ card: { number: pan } }),
      // What comes back to the hotfix is the token that it knows.
      answer: JSON.stringify({ card: { number: token } }),
    });
    const denied = { status: 403, received: undefined };
    expect(await call(service, [])).toMatchObject(denied);
    expect(await call(service, [await session({ audience: "another edge" })])).toMatchObject(denied);
    expect(await call("mail.example", [good])).toMatchObject(denied);
  });
});

/** A listener for what the hotfix calls, with two services behind it. */
const egressOf = (port: number) => `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: calls, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: ${port}, name: http-calls, protocol: HTTP}
    bind: 127.0.0.1
    hosts: ["*"]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: calls, namespace: istio-system}
spec:
  hosts: [${service}, mail.example]
  gateways: [istio-system/calls]
  http:
  - route: [{destination: {host: ${host}, subset: production, port: {number: 8000}}}]
`;
