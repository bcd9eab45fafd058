// `drill --against`: a user's own gateway, seen through its admin interface and by one request, right and wrong in each way.
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bootstrap, cluster, listener } from "../../scripts/envoy/config.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { Upstream } from "../../scripts/envoy/upstream.ts";
import type { JsonObject } from "../../scripts/manifest/filter.ts";
import { filterOf } from "../../scripts/manifest/policy.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { active, cardPolicy, compile, envoyBinary, json, testKey } from "../support/envoy.ts";
import { logFolder } from "../unit/audit/support.ts";
import { frostglass } from "../unit/cli/support.ts";

const folder = logFolder();
const file = (name: string, content: object): string => {
  const path = folder.path(name);
  writeFileSync(path, JSON.stringify(content));
  return path;
};
const policy = file("policy.json", cardPolicy);
const secrets = ["873", "ann.lee@example.org"];
const order = `{"card":{"number":"4111111111111111","cvc":"${secrets[0]}x"},"customer":{"email":"${secrets[1]}"}}`;
const recordings = file("recordings.ndjson", {
  id: "order",
  request: { method: "POST", path: "/", headers: [json], body: order },
});

interface Report {
  ok: boolean;
  attached: { place: string; policy: string; digest: string }[];
  checks: { name: string; ok: boolean | null; detail: string }[];
}

let service: Upstream;
beforeAll(async () => {
  service = await Upstream.start("http1");
});
beforeEach(() => {
  service.received.length = 0;
  service.reply = ({ body }) => ({ headers: [json], body });
});
afterAll(async () => {
  await service?.close();
  folder.remove();
});

/** A gateway with these filters in its listener and in its cluster. */
async function gateway(chain: JsonObject[], upstream?: JsonObject, interim = false): Promise<EnvoyProcess> {
  const config = bootstrap(
    [listener("shop", chain, { cluster: "service", interim })],
    [cluster("service", { port: service.port, protocol: "http1" }, upstream)],
  );
  return EnvoyProcess.start({ binary: await envoyBinary(), config, environment: { FROSTGLASS_KEY: testKey } });
}

const look = async (envoy: EnvoyProcess, more: string[] = []) => {
  const args = [
    "drill",
    "--against",
    `127.0.0.1:${envoy.adminPort}`,
    "--recordings",
    recordings,
    "--incident",
    "order",
  ];
  const { code, out, err } = await frostglass([...args, "--json", ...more]);
  expect(out + err).not.toMatch(/4111111111111111|873x|ann\.lee/);
  const report = JSON.parse(out) as Report;
  const failed = report.checks.filter(({ ok }) => ok === false).map(({ name }) => name);
  const open = report.checks.filter(({ ok }) => ok === null).map(({ name }) => name);
  expect(code).toBe(failed.length > 0 ? 1 : 0);
  return { report, failed, open, detail: (name: string) => report.checks.find((one) => one.name === name)?.detail };
};
const sending = async (envoy: EnvoyProcess, header = active.join("=")): Promise<string[]> => {
  const url = `http://127.0.0.1:${await envoy.port("shop")}/anything`;
  return ["--policy", policy, "--send", url, ...(header === "" ? [] : ["--header", header])];
};
const withFlags = (flags: JsonObject): JsonObject => {
  const filter = filterOf(compile(cardPolicy), wasmPath) as { typed_config: { config: JsonObject } };
  Object.assign(filter.typed_config.config, flags);
  return filter as unknown as JsonObject;
};

describe("a gateway that is right", () => {
  let envoy: EnvoyProcess;
  beforeAll(async () => {
    envoy = await gateway([filterOf(compile(cardPolicy), wasmPath)]);
  });
  afterAll(() => envoy?.stop());

  test("is seen as such, and its policy told", async () => {
    const { report, failed, open } = await look(envoy);
    expect(report.attached).toMatchObject([{ place: "listener shop", policy: "t" }]);
    expect({ failed, open }).toEqual({ failed: [], open: ["policy digest"] });
    expect(service.received).toEqual([]);
  });

  test("anonymizes a request, as its counts and the echo of the service show", async () => {
    const { failed, open, detail } = await look(envoy, await sending(envoy));
    expect({ failed, open }).toEqual({ failed: [], open: [] });
    expect(detail("request judged")).toMatch(/answer 200; the filter counted forwarded 1/);
    expect(detail("anonymized")).toMatch(/^2 selected values looked for in the echo, none found$/);
    expect(service.received).toHaveLength(1);
  });

  test("whose service echoes nothing is judged by its counts alone", async () => {
    service.reply = () => ({ body: Buffer.from("thanks") });
    const { failed, open } = await look(envoy, await sending(envoy));
    expect({ failed, open }).toEqual({ failed: [], open: ["anonymized"] });
  });

  test("that is asked without the emergency header lets the original through, and that is said", async () => {
    const { failed, detail } = await look(envoy, await sending(envoy, ""));
    expect(failed).toEqual(["request judged", "rules acted", "anonymized"]);
    expect(detail("anonymized")).toMatch(/leak in the response at json|leak/);
  });

  test("and runs another policy than the file", async () => {
    const other = file("other.json", { ...cardPolicy, rules: cardPolicy.rules.slice(1) });
    const { failed, open } = await look(envoy, ["--policy", other, ...(await sending(envoy)).slice(2)]);
    expect({ failed, open }).toEqual({ failed: ["policy digest"], open: ["request"] });
    expect(service.received).toEqual([]);
  });

  test("a dry run asks nobody", async () => {
    const args = ["drill", "--against", "127.0.0.1:1", "--dry-run", ...(await sending(envoy))];
    const { code, out } = await frostglass([...args, "--recordings", recordings, "--incident", "order"]);
    expect([code, out]).toEqual([0, expect.stringMatching(/^1\. read .*\n2\. send .*\n3\. .*change nothing\n$/)]);
    expect(service.received).toEqual([]);
  });

  test("as a page", async () => {
    const page = folder.path("report.html");
    const { report } = await look(envoy, ["--html", page]);
    expect(folder.read("report.html").bytes.toString()).toContain(report.attached[0]!.digest);
  });
});

describe("a gateway that is wrong", () => {
  test.each([
    ["no filter", [], undefined, ["filter attached", "policy loaded"], /no listener, cluster or extension/],
    ["no flag to hold with", [{ allow_on_headers_stop_iteration: false }], undefined, ["settings"], /would hang/],
    [
      "fail_open",
      [{ fail_open: true, failure_policy: "UNSPECIFIED" }],
      undefined,
      ["settings"],
      /lets originals through/,
    ],
    [
      "a filter in a cluster that its policy is not active for",
      [],
      {},
      ["settings"],
      /not active for the cluster service/,
    ],
  ])("%s", async (_title, chain, upstream, expected, words) => {
    const envoy = await gateway(chain.map(withFlags), upstream && withFlags(upstream));
    try {
      const { failed, report } = await look(envoy);
      expect(failed).toEqual(expected);
      expect(report.checks.map(({ detail }) => detail).join("\n")).toMatch(words);
    } finally {
      await envoy.stop();
    }
  });

  test("interim answers go by the filter, which matters where rules act on headers of answers", async () => {
    const hiding = { ...cardPolicy, rules: [{ ...cardPolicy.rules[1], on: "response" }] };
    for (const [policy, expected] of [
      [cardPolicy, []],
      [hiding, ["settings"]],
    ] as const) {
      const envoy = await gateway([filterOf(compile(policy), wasmPath)], undefined, true);
      try {
        const { failed, detail } = await look(envoy);
        expect(failed).toEqual(expected);
        expect(detail("settings")).toMatch(/interim answers .* come to no filter \(interim-answers\)/);
      } finally {
        await envoy.stop();
      }
    }
  });

  test.each([
    [["--against", "my-context"], 2, /HOST:PORT; a kube context is not there yet/],
    [["--against", "127.0.0.1:1"], 1, /nobody answers at 127\.0\.0\.1:1/],
    [["--against", "127.0.0.1:1", "--send", "http://a/"], 2, /--send needs --policy/],
    [["--against", "127.0.0.1:1", "--send", "ftp://a/"], 2, /begins with http/],
    [["--send", "http://a/"], 2, /goes with --against/],
    [["--dry-run"], 0, /^$/],
  ])("%j", async (args, code, words) => {
    const ended = await frostglass(["drill", ...args]);
    expect(ended.code).toBe(code);
    expect(ended.err).toMatch(words);
  });
});
