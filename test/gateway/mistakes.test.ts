// Each mistake in one of Envoy Gateway's resources, and who catches it: the schemas, the status, Envoy, or a request that is
// sent to see. What was measured stands in docs/envoy-gateway-mistakes.md; where that file is out of date the last test
// fails, and `npx vitest run --config vitest.gateway.config.ts mistakes -u` writes it anew.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Arrival } from "../istio/mesh.ts";
import { Releases } from "../istio/releases.ts";
import { order, orderAfter } from "../support/envoy.ts";
import { codes } from "../support/manifests.ts";
import { GatewayMesh, programs, user } from "./gateway-mesh.ts";
import { type Base, type Mistake, mistakes, printBases } from "./mistakes.ts";

const titles: Record<Base, string> = {
  listener: "EnvoyPatchPolicy in the chain of a listener",
  cluster: "EnvoyPatchPolicy in the cluster of the route into the tunnel",
  extension: "EnvoyExtensionPolicy of a Gateway",
};

interface Verdict {
  check: string;
  schemas: string;
  status: string;
  envoy: string;
  request: string;
}

describe.skipIf(!programs)("a mistake", () => {
  let mesh: GatewayMesh;
  let releases: Releases;
  let bases: Record<Base, string>;
  const verdicts = new Map<Mistake, Verdict>();

  beforeAll(async () => {
    releases = await Releases.start();
    bases = printBases(releases.url);
    mesh = await GatewayMesh.start(releases.trust);
    await mesh.apply();
    await mesh.startProxy();
  });
  afterAll(async () => {
    await mesh?.stop();
    await releases?.stop();
  });

  test.each(mistakes.map((each) => [`${each.of}: ${each.what}`, each] as const))("%s", async (_, mistake) => {
    const { of, edit } = mistake;
    const headers = of === "cluster" ? user : [];
    await mesh.apply();
    await mesh.until(({ body }) => body === order, headers);
    const before = mesh.envoy.log.length;
    const text = edit(bases[of]);
    const refused = await mesh.apply(text);
    const reasons = mesh.gateway.statuses.map((status) => status.split(" ")[1]!.replace(":", ""));
    const request = refused === undefined ? describeArrival(await mesh.settled(headers)) : "";
    verdicts.set(mistake, {
      check: codes(text)
        .map((code) => `\`${code}\``)
        .join(", "),
      schemas: refused === undefined ? "" : "refuse",
      status: refused === undefined ? [...new Set(reasons)].join(", ") : "",
      envoy: /rejected|Unable to create Wasm/i.test(mesh.envoy.log.slice(before)) ? "refuses" : "",
      request,
    });
  });

  test("who catches what is what docs/envoy-gateway-mistakes.md says", async () => {
    await expect(table(verdicts)).toMatchFileSnapshot("../../docs/envoy-gateway-mistakes.md");
  });
});

function describeArrival({ status, at, body }: Arrival): string {
  if (status === 0) return "hangs";
  if (body === undefined) return String(status);
  const read = body === orderAfter ? "anonymized" : body === order ? "original" : "changed";
  return `${read}, in ${at === "tunnel" ? "the tunnel" : "production"}`;
}

function table(verdicts: ReadonlyMap<Mistake, Verdict>): string {
  const section = (of: Base) => [
    `## ${titles[of]}`,
    "",
    "| mistake | `manifest --check` | the schemas | status of the resource | Envoy | a request, if it is applied all the same |",
    "|---|---|---|---|---|---|",
    ...[...verdicts]
      .filter(([mistake]) => mistake.of === of)
      .map(([{ what }, { check, schemas, status, envoy, request }]) => {
        const cells = [check, schemas, status, envoy, request].map((text) => text || "-");
        return `| ${what} | ${cells.join(" | ")} |`;
      }),
    "",
  ];
  return [...preface, ...(Object.keys(titles) as Base[]).flatMap(section)].join("\n");
}

const preface = [
  "# Mistakes in Envoy Gateway's resources, and what catches each",
  "",
  "Measured by `npm run test:gateway` (test/gateway/mistakes.test.ts), which fails when this table no longer holds. Each mistake",
  "is made in what `frostglass manifest` prints and applied to a Gateway that had no filter before, with an order in a request",
  "that names no session. `-`: has nothing to say. What the schemas refuse, the API server refuses, and nothing is applied. What",
  "Envoy Gateway does not accept, it says in the status of the resource, by the reason that stands here: look there after you",
  "applied one, and send a request, before you shift traffic.",
  "",
];
