// The filter in the HTTP chain of a gateway that a real Istio configures.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wasmPath } from "../../scripts/wasm.ts";
import { cardPolicy, order, orderAfter } from "../support/envoy.ts";
import { manifest } from "../support/manifests.ts";
import { expectAccepted, istio, Mesh, patience } from "./mesh.ts";

const parameters = ["--target", "istio-envoyfilter", "--attach", "gateway", "--wasm", wasmPath];

describe.skipIf(!istio)("gateway", () => {
  let mesh: Mesh;
  const filter = manifest(cardPolicy, ...parameters);
  const apply = (text?: string) =>
    mesh.apply(mesh.base, mesh.gateway, mesh.route, text === undefined ? {} : { "10-filter": text });
  const arrival = (body: string) => mesh.until(mesh.ports.gateway, (each) => each.body === body);

  beforeAll(async () => {
    mesh = await Mesh.start();
    await apply();
    await mesh.startProxy("gateway");
  });
  afterAll(() => mesh?.stop());

  test("is accepted by istioctl validate, analyze and manifest --check", async () => {
    await expectAccepted({ ...mesh.base, ...mesh.gateway, ...mesh.route }, filter);
  });

  test("applied, a request is anonymized; removed, it is not", async () => {
    expect(await arrival(order)).toMatchObject({ status: 200, body: order });
    await apply(filter);
    expect(await arrival(orderAfter)).toMatchObject({ status: 200, body: orderAfter });
    await apply();
    expect(await arrival(order)).toMatchObject({ body: order });
  });

  test("a push of a damaged policy leaves the good one working, and a good one takes over", async () => {
    await apply(filter);
    await arrival(orderAfter);
    const before = mesh.envoy.log.length;
    await apply(damaged(filter));
    await mesh.envoy.logged(/policy refused: it is damaged/, patience);
    expect(mesh.envoy.log.slice(before)).toMatch(/Unable to create Wasm plugin|rejected/i);
    expect(await mesh.send(mesh.ports.gateway)).toMatchObject({ body: orderAfter });
    const next = { ...cardPolicy, rules: [{ name: "all", select: "json:$.customer", action: "strip" }] };
    await apply(manifest(next, ...parameters));
    const expected = order.replace(/,\n "customer":{[^}]*}/, "");
    expect(await arrival(expected)).toMatchObject({ body: expected });
  });

  test("a policy with a key gets it from the environment of the proxy", async () => {
    const hashing = { ...cardPolicy, rules: [{ name: "pan", select: "json:$.card.number", action: "hash" }] };
    const text = manifest(hashing, ...parameters);
    expect(text).toContain("secretKeyRef: {name: frostglass-key, key: FROSTGLASS_KEY}");
    await apply(text);
    const { body } = await mesh.until(mesh.ports.gateway, (each) => /"number":"[0-9a-f]{64}"/.test(each.body ?? ""));
    expect(body).toMatch(/"number":"[0-9a-f]{64}"/);
  });
});

/** One bit of the policy differs; its annotation stays. */
const damaged = (text: string) =>
  text.replace(/(value: )(RkdQ[\w+/=]+)/, (_, name: string, base64: string) => {
    const bytes = Buffer.from(base64, "base64");
    bytes[200]! ^= 1;
    return name + bytes.toString("base64");
  });
