// The filter as Istio's WasmPlugin, at a gateway and at both sides of a sidecar: for policies that hold nothing.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wasmPath } from "../../scripts/wasm.ts";
import { cardPolicy, order, orderAfter } from "../support/envoy.ts";
import { fileOf, frostglass, manifest } from "../support/manifests.ts";
import { expectAccepted, istio, Mesh } from "./mesh.ts";

const streaming = { ...cardPolicy, limits: { hold: 0 } };
const parameters = ["--target", "istio-wasmplugin", "--wasm", wasmPath];

test("a policy that holds is refused, with both ways out", () => {
  const file = fileOf(JSON.stringify(cardPolicy));
  const { status, stdout, stderr } = frostglass("manifest", "--policy", file, ...parameters, "--attach", "gateway");
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/would hang; set limits\.hold of the policy to 0, or use --target istio-envoyfilter/);
});

describe.skipIf(!istio)("at a gateway", () => {
  let mesh: Mesh;
  beforeAll(async () => {
    mesh = await Mesh.start();
    await mesh.apply(mesh.base, mesh.gateway, mesh.route);
    await mesh.startProxy("gateway");
  });
  afterAll(() => mesh?.stop());

  test("anonymizes while applied", async () => {
    const plugin = manifest(streaming, ...parameters, "--attach", "gateway");
    await expectAccepted({ ...mesh.base, ...mesh.gateway, ...mesh.route }, plugin);
    await mesh.apply(mesh.base, mesh.gateway, mesh.route, { "10-plugin": plugin });
    const fits = (wanted: string) => mesh.until(mesh.ports.gateway, ({ body }) => body === wanted);
    expect(await fits(orderAfter)).toMatchObject({ body: orderAfter });
    await mesh.apply(mesh.base, mesh.gateway, mesh.route);
    expect(await fits(order)).toMatchObject({ body: order });
  });
});

describe.skipIf(!istio)("at a sidecar", () => {
  let mesh: Mesh;
  beforeAll(async () => {
    mesh = await Mesh.start();
    await mesh.apply(mesh.base, mesh.sidecar);
    await mesh.startProxy("sidecar");
  });
  afterAll(() => mesh?.stop());

  test.each(["inbound", "outbound"] as const)("anonymizes, %s", async (direction) => {
    const place = ["--attach", `sidecar-${direction}`, "--namespace", "shop", "--selector", "app=app"];
    const plugin = manifest(streaming, ...parameters, ...place);
    await expectAccepted({ ...mesh.base, ...mesh.sidecar }, plugin);
    await mesh.apply(mesh.base, mesh.sidecar, { "10-plugin": plugin });
    const port = mesh.ports[direction];
    expect(await mesh.until(port, ({ body }) => body === orderAfter)).toMatchObject({ body: orderAfter });
    expect(await mesh.send(mesh.ports[direction === "inbound" ? "outbound" : "inbound"])).toMatchObject({
      body: order,
    });
    await mesh.apply(mesh.base, mesh.sidecar);
    await mesh.until(port, ({ body }) => body === order);
  });
});
