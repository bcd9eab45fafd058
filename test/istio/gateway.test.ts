// The filter in the HTTP chain of a gateway that a real Istio configures.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { analyze, validate } from "../../scripts/istio/istioctl.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { cardPolicy, order, orderAfter } from "../support/envoy.ts";
import { checked, host, istio, Mesh, manifest } from "./mesh.ts";

const parameters = ["--target", "istio-envoyfilter", "--attach", "gateway", "--wasm", wasmPath];

describe.skipIf(!istio)("gateway", () => {
  let mesh: Mesh;
  let route: Record<string, string>;
  const filter = manifest(cardPolicy, ...parameters);

  beforeAll(async () => {
    mesh = await Mesh.start();
    route = {
      "02-route": `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: orders, namespace: shop}
spec:
  hosts: ["*"]
  gateways: [istio-system/public]
  http:
  - route: [{destination: {host: ${host}, port: {number: 8000}}}]
`,
    };
    await mesh.apply(mesh.base, mesh.gateway, route);
    await mesh.startProxy("gateway");
  });
  afterAll(() => mesh?.stop());

  test("passes istioctl validate, analyze and manifest --check", async () => {
    const all = { ...mesh.base, ...mesh.gateway, ...route, "10-filter": filter };
    expect(await validate(istio!.istioctl, all)).toMatchObject({ ok: true });
    expect(await analyze(istio!.istioctl, all)).toMatchObject({ ok: true });
    expect(checked(filter)).toEqual({ status: 0, codes: [] });
  });

  test("without it nothing is anonymized", async () => {
    expect(await mesh.until(mesh.ports.gateway, ({ status }) => status === 200)).toMatchObject({ body: order });
  });

  test("applied, a request is anonymized; removed, it is not", async () => {
    await mesh.apply(mesh.base, mesh.gateway, route, { "10-filter": filter });
    expect(await mesh.until(mesh.ports.gateway, ({ body }) => body === orderAfter)).toMatchObject({ body: orderAfter });
    await mesh.apply(mesh.base, mesh.gateway, route);
    expect(await mesh.until(mesh.ports.gateway, ({ body }) => body === order)).toMatchObject({ body: order });
  });
});
