// Each mistake in a manifest, and who catches it: istioctl, Istio's admission, Envoy, or a request that is sent to see.
// What was measured stands in docs/istio-mistakes.md; where that file is out of date the last test fails, and
// `npx vitest run -u --config vitest.istio.config.ts mutations` writes it anew.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Manifests } from "../../scripts/istio/control-plane.ts";
import { analyze, validate } from "../../scripts/istio/istioctl.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { order, orderAfter } from "../support/envoy.ts";
import { codes } from "../support/manifests.ts";
import { type Base, type Mutation, mutations, printBases } from "../support/mutations.ts";
import { type Arrival, istio, Mesh } from "./mesh.ts";
import { Releases } from "./releases.ts";

const titles: Record<Base, string> = {
  gateway: "EnvoyFilter at a gateway",
  keyed: "The same, of a policy with a key",
  remote: "The same, with the module over https",
  tunnel: "EnvoyFilter in the tunnel's cluster, all traffic shifted",
  plugin: "WasmPlugin at a gateway",
  shift: "The shift, the tunnel's filter in place",
  canary: "The shift of one user, the tunnel's filter in place",
};

interface Verdict {
  check: string[];
  validate: string;
  analyze: string;
  envoy: string;
  request: string;
}

describe.skipIf(!istio)("a mistake", () => {
  let mesh: Mesh;
  let releases: Releases;
  let bases: Record<Base, string>;
  const verdicts = new Map<Mutation, Verdict>();

  /** What stands beside the manifest: a tunnel with all traffic in it, but where the manifest is itself the route. */
  const beside = (of: Base): Manifests => {
    const shifted = of === "tunnel" ? { "02-route": bases.shift } : mesh.route;
    const isRoute = of === "shift" || of === "canary";
    return { ...mesh.base, ...mesh.gateway, ...(isRoute ? { "10-filter": bases.tunnel } : shifted) };
  };

  beforeAll(async () => {
    releases = await Releases.start();
    bases = printBases({ file: wasmPath, url: releases.url });
    mesh = await Mesh.start(releases.trust);
    await mesh.apply(mesh.base, mesh.gateway, mesh.route);
    await mesh.startProxy("gateway");
  });
  afterAll(async () => {
    await mesh?.stop();
    await releases?.stop();
  });

  const clean = new Map<Base, Promise<{ validate: string[]; analyze: string[] }>>();
  /** What istioctl says of what `frostglass manifest` printed. */
  function withoutMistake(of: Base) {
    const known = clean.get(of);
    if (known) return known;
    const found = Promise.all([
      validate(istio!.istioctl, { good: bases[of] }),
      analyze(istio!.istioctl, { ...beside(of), "20-good": bases[of] }),
    ]).then(([validated, analyzed]) => ({
      validate: warnings(validated.output),
      analyze: messages(analyzed.output),
    }));
    clean.set(of, found);
    return found;
  }

  /** The gateway as it is before anybody attaches anything. */
  async function reset(): Promise<void> {
    const { name, manifests } = mesh.marker();
    await mesh.apply(mesh.base, mesh.gateway, mesh.route, manifests);
    await mesh.has(name);
    await mesh.until(mesh.ports.gateway, ({ body, at }) => body === order && at === "production");
  }

  /** Applies it beside the others, and waits until the gateway has done with it what it does; true when refused. */
  async function push(of: Base, text: string): Promise<boolean> {
    const { name, manifests } = mesh.marker();
    const refused = await mesh.istiod.apply({ ...beside(of), "20-mistake": text, ...manifests });
    if (refused === undefined) await mesh.has(name);
    return refused !== undefined;
  }

  test.each(Object.keys(titles) as Base[])("%s: without one, requests are anonymized", async (of) => {
    await reset();
    expect(await push(of, bases[of])).toBe(false);
    const { at, body } = await mesh.until(mesh.ports.gateway, isAnonymized, user(of));
    expect(body && read(body)).toBe("anonymized");
    const isInTunnel = of === "tunnel" || of === "shift" || of === "canary";
    expect(at).toBe(isInTunnel ? "tunnel" : "production");
  });

  test.each(mutations.map((each) => [`${each.of}: ${each.mistake}`, each] as const))("%s", async (_, mutation) => {
    const { of, edit } = mutation;
    // Under a name of its own: Envoy remembers extension configurations by name for as long as it drains a listener.
    const text = edit(bases[of]).replaceAll("frostglass-orders", `frostglass-orders-${verdicts.size}`);
    const others = Object.values(beside(of));
    const all = { ...beside(of), "20-mistake": text };
    const [validated, analyzed, clean] = await Promise.all([
      validate(istio!.istioctl, { mistake: text }),
      analyze(istio!.istioctl, all),
      withoutMistake(of),
    ]);
    await reset();
    const before = mesh.envoy.log.length;
    const refused = await push(of, text);
    if (refused) expect(validated.ok).toBe(false);
    const request = refused ? undefined : await mesh.settled(mesh.ports.gateway, user(of));
    verdicts.set(mutation, {
      check: codes(text, ...others),
      validate: validated.ok ? (beyond(clean.validate, warnings(validated.output)) ? "warns" : "") : "refuses",
      analyze: beyond(clean.analyze, messages(analyzed.output)),
      envoy: /rejected|Unable to create Wasm/i.test(mesh.envoy.log.slice(before)) ? "refuses" : "",
      request: request ? describeArrival(request) : "",
    });
    expect(verdicts.get(mutation)!.check).toEqual(mutation.check);
  });

  test("who catches what is what docs/istio-mistakes.md says", async () => {
    await expect(table(verdicts)).toMatchFileSnapshot("../../docs/istio-mistakes.md");
  });
});

/** A request without the emergency header; of the one user where it is about that one. */
const user = (of: Base) => ({
  bare: true,
  ...(of === "canary" ? { headers: [["x-user-id", "42"] as [string, string]] } : {}),
});

const isAnonymized = ({ body }: Arrival): boolean => body !== undefined && read(body) === "anonymized";

function read(body: string): string {
  if (body === orderAfter || (!body.includes('"123"') && !body.includes("ann@"))) return "anonymized";
  return body === order ? "original" : "changed";
}

function describeArrival({ status, at, body }: Arrival): string {
  if (status === 0) return "hangs";
  if (body === undefined) return String(status);
  return `${read(body)}, in ${at === "tunnel" ? "the tunnel" : "production"}`;
}

const messages = (output: string): string[] => [...new Set(output.match(/(Error|Warning) \[IST\d+\]/g) ?? [])].sort();
const warnings = (output: string): string[] =>
  output
    .split("\n")
    .filter((line) => /warning/i.test(line))
    .map((line) => line.replace(/\S*\/\S+\.yaml/g, ""));
const beyond = (known: readonly string[], found: readonly string[]): string =>
  found.filter((each) => !known.includes(each)).join(", ");

function table(verdicts: ReadonlyMap<Mutation, Verdict>): string {
  const cell = (text: string) => text || "-";
  const section = (of: Base) => [
    `## ${titles[of]}`,
    "",
    "| mistake | `manifest --check` | `istioctl validate` | `istioctl analyze -A` | Envoy | a request, if it is applied all the same |",
    "|---|---|---|---|---|---|",
    ...mutations
      .filter((each) => each.of === of && verdicts.has(each))
      .map((each) => {
        const { check, validate, analyze, envoy, request } = verdicts.get(each)!;
        const named = check.map((code) => `\`${code}\``).join(", ");
        return `| ${each.mistake} | ${[named, validate, analyze, envoy, request].map(cell).join(" | ")} |`;
      }),
    "",
  ];
  return `${[...preface, ...(Object.keys(titles) as Base[]).flatMap(section)].join("\n")}`;
}

const preface = [
  "# Mistakes in manifests, and what catches each",
  "",
  "Measured by `npm run test:istio` (test/istio/mutations.test.ts), which fails when this table no longer holds. Each mistake",
  "is made in what `frostglass manifest` prints and applied to a gateway that had no filter before, with an order in a",
  "request that names no session. `-`: has nothing to say. What `istioctl validate` refuses is refused at admission, unknown",
  "fields by the API server, and nothing is applied; where a request follows all the same, that is what unknown fields come to.",
  "What Envoy refuses leaves the gateway as it was, here without a filter: attach and try before you shift traffic.",
  "",
];
