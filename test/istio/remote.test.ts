// The module from elsewhere: over https, and as the image that `frostglass package` writes, fetched and verified by the
// code of istio-agent, in the chain of a gateway, in the tunnel's cluster and as a WasmPlugin.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cardPolicy, order, orderAfter } from "../support/envoy.ts";
import { manifest } from "../support/manifests.ts";
import { expectAccepted, host, istio, Mesh } from "./mesh.ts";
import { Releases } from "./releases.ts";

const streaming = { ...cardPolicy, limits: { hold: 0 } };
const inTunnel = { ...cardPolicy, activation: { verify: "presence", clusters: [`outbound|*|tunnel|${host}`] } };
const routes = ["--host", host, "--name", "orders", "--namespace", "shop", "--port", "8000"];
const gateway = ["--gateway", "istio-system/public"];

describe.skipIf(!istio)("the module from", () => {
  let mesh: Mesh;
  let releases: Releases;
  beforeAll(async () => {
    releases = await Releases.start();
    mesh = await Mesh.start(releases.trust);
    await mesh.apply(mesh.base, mesh.gateway, mesh.route);
    await mesh.startProxy("gateway");
  });
  afterAll(async () => {
    await mesh?.stop();
    await releases?.stop();
  });
  const arrival = (wanted: string) => mesh.until(mesh.ports.gateway, ({ body }) => body === wanted);
  const sources: [string, () => string[]][] = [
    ["https", () => [releases.url]],
    ["an image, compat variant", () => [releases.image("compat")]],
    [
      "an image, artifact variant",
      () => [releases.image("artifact"), "--wasm-sha256", releases.digests.artifact!.slice("sha256:".length)],
    ],
  ];

  describe.each(sources)("%s", (_, wasm) => {
    test.each([
      ["an EnvoyFilter", cardPolicy, ["--target", "istio-envoyfilter", "--attach", "gateway"]],
      ["a WasmPlugin", streaming, ["--target", "istio-wasmplugin", "--attach", "gateway"]],
    ])("in %s: anonymized while applied", async (_, policy, parameters) => {
      const text = manifest(policy, ...parameters, "--wasm", ...wasm());
      await expectAccepted({ ...mesh.base, ...mesh.gateway, ...mesh.route }, text);
      await mesh.apply(mesh.base, mesh.gateway, mesh.route, { "10-filter": text });
      expect(await arrival(orderAfter)).toMatchObject({ status: 200, body: orderAfter });
      await mesh.apply(mesh.base, mesh.gateway, mesh.route);
      expect(await arrival(order)).toMatchObject({ status: 200, body: order });
    });

    test("in the tunnel's cluster: anonymized while applied", async () => {
      const shift = manifest(inTunnel, "--target", "istio-shift", ...routes, ...gateway);
      const text = manifest(inTunnel, "--target", "istio-envoyfilter", "--host", host, "--wasm", ...wasm());
      await expectAccepted({ ...mesh.base, ...mesh.gateway }, `${text}---\n${shift}`);
      await mesh.apply(mesh.base, mesh.gateway, mesh.route, { "10-filter": text });
      await mesh.apply(mesh.base, mesh.gateway, { "02-route": shift, "10-filter": text });
      expect(await arrival(orderAfter)).toMatchObject({ at: "tunnel", body: orderAfter });
      await mesh.apply(mesh.base, mesh.gateway, mesh.route);
      expect(await arrival(order)).toMatchObject({ at: "production", body: order });
    });
  });

  test("what is served under another digest denies every request, in a gateway and in the tunnel", async () => {
    const wrong = ["--wasm", releases.url, "--wasm-sha256", "ab".repeat(32)];
    const inGateway = manifest(cardPolicy, "--target", "istio-envoyfilter", "--attach", "gateway", ...wrong);
    await mesh.apply(mesh.base, mesh.gateway, mesh.route, { "10-filter": inGateway });
    expect(await mesh.until(mesh.ports.gateway, ({ status }) => status === 403)).toEqual({ status: 403 });
    const shift = manifest(inTunnel, "--target", "istio-shift", ...routes, ...gateway);
    const filter = manifest(inTunnel, "--target", "istio-envoyfilter", "--host", host, ...wrong);
    await mesh.apply(mesh.base, mesh.gateway, { "02-route": shift, "10-filter": filter });
    expect(await mesh.until(mesh.ports.gateway, ({ at, status }) => at === undefined && status !== 403)).toMatchObject({
      status: 503,
    });
    expect(mesh.tunnel.received).toEqual([]);
  });
});
