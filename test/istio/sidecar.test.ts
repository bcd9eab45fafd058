// The filter in the chains of a sidecar that a real Istio configures: what comes to the workload, and what it sends.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wasmPath } from "../../scripts/wasm.ts";
import { cardPolicy, order, orderAfter } from "../support/envoy.ts";
import { manifest } from "../support/manifests.ts";
import { expectAccepted, istio, Mesh } from "./mesh.ts";

const parameters = [
  "--target",
  "istio-envoyfilter",
  "--namespace",
  "shop",
  "--selector",
  "app=app",
  "--wasm",
  wasmPath,
];

describe.skipIf(!istio)("sidecar", () => {
  let mesh: Mesh;
  beforeAll(async () => {
    mesh = await Mesh.start();
    await mesh.apply(mesh.base, mesh.sidecar);
    await mesh.startProxy("sidecar");
  });
  afterAll(() => mesh?.stop());

  test.each(["inbound", "outbound"] as const)(
    "%s: anonymized while applied, and the other direction is not",
    async (direction) => {
      const filter = manifest(cardPolicy, ...parameters, "--attach", `sidecar-${direction}`);
      await expectAccepted({ ...mesh.base, ...mesh.sidecar }, filter);
      const port = mesh.ports[direction];
      const other = mesh.ports[direction === "inbound" ? "outbound" : "inbound"];
      expect(await mesh.until(port, ({ body }) => body === order)).toMatchObject({ body: order });
      await mesh.apply(mesh.base, mesh.sidecar, { "10-filter": filter });
      expect(await mesh.until(port, ({ body }) => body === orderAfter)).toMatchObject({ body: orderAfter });
      expect(await mesh.until(other, ({ body }) => body !== undefined)).toMatchObject({ body: order });
      await mesh.apply(mesh.base, mesh.sidecar);
      expect(await mesh.until(port, ({ body }) => body === order)).toMatchObject({ body: order });
    },
  );
});
