// The filter in the HTTP chain of a gateway that a real Istio configures.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { validate } from "../../scripts/istio/istioctl.ts";
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

  test("a wrong manifest is refused before anything is applied, what stands beside it too", async () => {
    await apply(filter);
    await arrival(orderAfter);
    const wrong = filter.replace("wasm.v3.Wasm", "wasm.v3.Wsm");
    const { ok, output } = await validate(istio!.istioctl, { wrong });
    expect(ok).toBe(false);
    expect(output).toContain("could not resolve Any message type");
    // With it comes a good change, which would take the filter away.
    const { name, manifests } = mesh.marker();
    const reason = await mesh.istiod.apply({
      ...mesh.base,
      ...mesh.gateway,
      ...mesh.route,
      "10-wrong": wrong,
      ...manifests,
    });
    expect(reason).toContain("10-wrong.yaml");
    await mesh.apply(mesh.base, mesh.gateway, mesh.route, { "10-filter": filter });
    expect(await mesh.send(mesh.ports.gateway)).toMatchObject({ status: 200, body: orderAfter });
    expect(await mesh.envoy.admin("/config_dump")).not.toContain(`"${name}"`);
  });

  test("a push of a damaged policy leaves the good one working, and a good one takes over", async () => {
    await apply(filter);
    await arrival(orderAfter);
    await apply(damaged(filter));
    await mesh.envoy.logged(/policy refused: it is damaged[\s\S]*rejected: .*Unable to create Wasm plugin/, patience);
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
