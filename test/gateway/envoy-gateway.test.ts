// Envoy Gateway's resources through Envoy Gateway itself, into a real Envoy: its validation, its translation, its fetching of
// modules, its xDS server.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wasmPath } from "../../scripts/wasm.ts";
import { Releases } from "../istio/releases.ts";
import { cardPolicy, order, orderAfter } from "../support/envoy.ts";
import { codes, manifest } from "../support/manifests.ts";
import { GatewayMesh, programs, tunnelCluster, user } from "./gateway-mesh.ts";

const always = { ...cardPolicy, activation: { always: true } };
const streaming = { ...always, limits: { hold: 0 } };
const inCluster = { ...cardPolicy, activation: { clusters: [tunnelCluster] } };
const keyed = {
  ...streaming,
  rules: [{ name: "pan", select: "json:$..card.number", action: { hash: {} } }],
};
const extension = (policy: object, ...wasm: string[]) =>
  manifest(policy, "--target", "envoy-gateway-extensionpolicy", "--gateway", "eg", "--wasm", ...wasm);
const patch = (policy: object, ...more: string[]) =>
  manifest(policy, "--target", "envoy-gateway-patchpolicy", "--gateway", "eg", "--wasm", wasmPath, ...more);

describe.skipIf(!programs)("Envoy Gateway", () => {
  let mesh: GatewayMesh;
  let releases: Releases;
  beforeAll(async () => {
    releases = await Releases.start();
    mesh = await GatewayMesh.start(releases.trust);
    await mesh.apply();
    await mesh.startProxy();
  });
  afterAll(async () => {
    await mesh?.stop();
    await releases?.stop();
  });

  /** Accepted without a word, and anonymized while it is there. */
  async function expectWorks(text: string, headers: typeof user, at: "production" | "tunnel"): Promise<void> {
    expect(codes(text)).toEqual([]);
    await mesh.apply();
    expect(await mesh.until(({ body }) => body === order, headers)).toMatchObject({ at, body: order });
    expect(await mesh.apply(text)).toBeUndefined();
    expect(mesh.gateway.statuses).toEqual([]);
    expect(await mesh.until(({ body }) => body === orderAfter, headers)).toMatchObject({
      status: 200,
      at,
      body: orderAfter,
    });
    await mesh.apply();
    expect(await mesh.until(({ body }) => body === order, headers)).toMatchObject({ at, body: order });
  }

  test("an EnvoyExtensionPolicy with the module over https: anonymized while applied", async () => {
    await expectWorks(extension(streaming, releases.url), [], "production");
  });

  test.each(["compat", "artifact"] as const)(
    "an EnvoyExtensionPolicy with the module from an image, %s variant: anonymized while applied",
    async (variant) => {
      const sha256 = releases.digests[variant]!.slice("sha256:".length);
      await expectWorks(extension(streaming, releases.image(variant), "--wasm-sha256", sha256), [], "production");
    },
  );

  test("an EnvoyPatchPolicy in the chain of a listener: anonymized while applied", async () => {
    await expectWorks(patch(always, "--attach", "gateway"), [], "production");
  });

  test("an EnvoyPatchPolicy in the tunnel's cluster: anonymized while applied, and production is not", async () => {
    const text = patch(inCluster);
    await expectWorks(text, user, "tunnel");
    await mesh.apply(text);
    await mesh.until(({ body }) => body === orderAfter, user);
    expect(await mesh.send()).toMatchObject({ at: "production", body: order });
  });

  test("a policy with a key gets it from the environment of the proxy", async () => {
    await mesh.apply(extension(keyed, releases.url));
    const hashed = /"number":"[0-9a-f]{64}"/;
    expect((await mesh.until(({ body = "" }) => hashed.test(body))).body).toMatch(hashed);
  });

  test("a module under another digest is not fetched, and its status says so", async () => {
    await mesh.apply(extension(streaming, releases.url, "--wasm-sha256", "ab".repeat(32)));
    expect(mesh.gateway.statuses).toEqual([expect.stringContaining("EnvoyExtensionPolicy/frostglass-t")]);
    const { at } = await mesh.settled();
    expect(at).toBeUndefined();
  });

  test("a wrong manifest is refused before anything is applied", async () => {
    await mesh.apply(extension(streaming, releases.url));
    await mesh.until(({ body }) => body === orderAfter);
    const refused = await mesh.apply(extension(streaming, releases.url).replace("failOpen", "failOpn"));
    expect(refused).toContain("10-frostglass.yaml");
    expect(refused).toContain("failOpn");
    expect(await mesh.send()).toMatchObject({ body: orderAfter });
  });

  test("a push of a damaged policy leaves the good one working", async () => {
    await mesh.apply(patch(always, "--attach", "gateway"));
    await mesh.until(({ body }) => body === orderAfter);
    const damaged = patch(always, "--attach", "gateway").replace(/RkdQ[\w+/=]+/, (base64) => {
      const bytes = Buffer.from(base64, "base64");
      bytes[200]! ^= 1;
      return bytes.toString("base64");
    });
    // A push that the proxy refuses never becomes its configuration: nothing to wait for but its log.
    mesh.apply(damaged).catch(() => {});
    await mesh.envoy.logged(/policy refused: it is damaged/, 60_000);
    expect(await mesh.send()).toMatchObject({ body: orderAfter });
  });
});
