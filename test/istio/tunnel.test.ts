// The filter in the upstream chain of the tunnel's cluster, and the shift of traffic into it and back, on a real Istio.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { wasmPath } from "../../scripts/wasm.ts";
import { cardPolicy, order, orderAfter } from "../support/envoy.ts";
import { fileOf, frostglass, manifest } from "../support/manifests.ts";
import { type Arrival, expectAccepted, host, istio, Mesh } from "./mesh.ts";
import { rerouting } from "./rerouting.ts";

const policy = { ...cardPolicy, activation: { verify: "presence", clusters: [`outbound|*|tunnel|${host}`] } };
const attach = ["--target", "istio-envoyfilter", "--attach", "tunnel", "--host", host, "--wasm", wasmPath];
const routes = [
  "--host",
  host,
  "--name",
  "orders",
  "--namespace",
  "shop",
  "--port",
  "8000",
  "--gateway",
  "istio-system/public",
];
const shift = (...more: string[]) => manifest(policy, "--target", "istio-shift", ...routes, ...more);
const canary = shift("--by", "header", "--user-header", "x-user-id", "--user", "42");
const unshift = manifest(policy, "--target", "istio-unshift", ...routes);
const user: [string, string] = ["x-user-id", "42"];

describe.skipIf(!istio)("tunnel", () => {
  let mesh: Mesh;
  const filter = manifest(policy, ...attach);
  const apply = (route: string, ...more: string[]) =>
    mesh.apply(mesh.base, mesh.gateway, {
      "02-route": route,
      ...Object.fromEntries(more.map((text, index) => [`1${index}`, text])),
    });
  const until = (fits: (arrival: Arrival) => boolean, headers: [string, string][] = []) =>
    mesh.until(mesh.ports.gateway, fits, { headers });
  const into = (at: Arrival["at"], body: string) => (arrival: Arrival) => arrival.at === at && arrival.body === body;

  beforeAll(async () => {
    mesh = await Mesh.start();
    await apply(unshift, filter);
    await mesh.startProxy("gateway");
  });
  afterAll(() => mesh?.stop());
  beforeEach(async () => {
    await apply(unshift, filter);
    await until(into("production", order), [user]);
  });
  afterEach(() => {
    for (const upstream of [mesh.production, mesh.tunnel]) upstream.reply = () => ({});
  });

  test.each([
    ["100 %", shift()],
    ["1 %", shift("--weight", "1")],
    ["one user", canary],
    ["the way back", unshift],
  ])("filter and %s are accepted by istioctl validate, analyze and manifest --check", async (_, route) => {
    await expectAccepted({ ...mesh.base, ...mesh.gateway }, `${filter}---\n${route}`);
  });

  test("one user first, then all, then back, without a restart", async () => {
    await apply(canary, filter);
    expect(await until(into("tunnel", orderAfter), [user])).toMatchObject({ at: "tunnel", body: orderAfter });
    expect(await mesh.send(mesh.ports.gateway)).toMatchObject({ at: "production", body: order });
    await apply(shift(), filter);
    expect(await until(into("tunnel", orderAfter))).toMatchObject({ at: "tunnel", body: orderAfter });
    await apply(unshift, filter);
    expect(await until(into("production", order))).toMatchObject({ at: "production", body: order });
  });

  test("half of the traffic: some of it here, some of it there", async () => {
    await apply(shift("--weight", "50"), filter);
    expect(await until(into("tunnel", orderAfter))).toMatchObject({ at: "tunnel", body: orderAfter });
    expect(await until(into("production", order))).toMatchObject({ at: "production", body: order });
    expect(await until(into("tunnel", orderAfter))).toMatchObject({ at: "tunnel", body: orderAfter });
  });

  test("removed, originals enter: the tests above can fail", async () => {
    await apply(shift());
    expect(await until(into("tunnel", order))).toMatchObject({ at: "tunnel", body: order });
  });

  test("a mirrored request is anonymized, the one it mirrors is not", async () => {
    const mirror = unshift.replace(
      / {6}route:\n/,
      `      mirror: {host: ${host}, subset: tunnel, port: {number: 8000}}\n      mirrorPercentage: {value: 100}\n$&`,
    );
    await apply(mirror, filter);
    await until(() => mesh.tunnel.received.length > 0);
    mesh.tunnel.received.length = 0;
    mesh.production.received.length = 0;
    await mesh.send(mesh.ports.gateway);
    expect((await mesh.tunnel.take()).body.toString()).toBe(orderAfter);
    expect((await mesh.production.take()).body.toString()).toBe(order);
  });

  test("each attempt of a retried request is anonymized", async () => {
    const retries = "      retries: {attempts: 2, retryOn: 5xx}\n";
    await apply(shift().replace(/ {6}route:\n/, `${retries}$&`), filter);
    await until(into("tunnel", orderAfter));
    let attempts = 0;
    mesh.tunnel.reply = () => ({ status: ++attempts < 3 ? 503 : 200 });
    expect(await mesh.send(mesh.ports.gateway)).toMatchObject({ status: 200 });
    expect(mesh.tunnel.received.map(({ body }) => body.toString())).toEqual([orderAfter, orderAfter, orderAfter]);
  });

  test("a filter that changes the route at the last moment smuggles nothing in", async () => {
    await apply(canary, filter, rerouting(...user));
    expect(await until(into("tunnel", orderAfter))).toMatchObject({ at: "tunnel", body: orderAfter });
    expect(mesh.production.received).toEqual([]);
  });

  test("a request without the emergency header is anonymized: the cluster makes it active", async () => {
    await apply(shift(), filter);
    await until(into("tunnel", orderAfter));
    expect(await mesh.send(mesh.ports.gateway, { bare: true })).toMatchObject({ at: "tunnel", body: orderAfter });
  });

  test("a policy that is not active by the tunnel's cluster is refused", () => {
    const { status, stdout, stderr } = frostglass(
      "manifest",
      "--policy",
      fileOf(JSON.stringify(cardPolicy)),
      ...attach,
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(`set activation.clusters to ["outbound|*|tunnel|${host}"]`);
  });
});
