// `frostglass session` as an operator calls it, on a real edge: opened, shown, ended, and every way in which it ends itself.
import { mkdir, readdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { having } from "../../scripts/audit/session.ts";
import { verify } from "../../scripts/audit/verify.ts";
import { compilePolicy } from "../../scripts/policy/index.ts";
import { equip } from "../../scripts/replay/equip.ts";
import { writeState } from "../../scripts/session/state.ts";
import { dial } from "../../scripts/tunnel/dial.ts";
import { BreakGlassEdge, Caller, policyFile } from "../support/break-glass-edge.ts";

/** A good order for both versions of the demo service, with nothing in it that the policy looks at. */
const order = JSON.stringify({ shipping: { address: { city: "Portland", postalCode: "97214" } } });

let edge: BreakGlassEdge;
let production: Record<string, string>;

beforeAll(async () => {
  const { compiled } = compilePolicy({ path: policyFile, text: await readFile(policyFile, "utf8") });
  edge = await BreakGlassEdge.start((await equip(compiled!)).environment);
  production = await edge.pushed();
});
afterAll(() => edge?.stop());
afterEach(() => edge.hangUp());

const inProduction = async (): Promise<void> => {
  expect(await edge.pushed()).toEqual(production);
  expect(await edge.ask(order)).toEqual({ status: 201, by: "production" });
};

describe("without a session", () => {
  test("there is nothing to show and nothing to end, and that is no error", async () => {
    expect(await edge.session(["status"])).toMatchObject({ code: 0, out: "no session\n" });
    expect(await edge.session(["end"])).toMatchObject({ code: 0, out: expect.stringContaining("no session to end") });
  });

  test("a dry run says what start would do, and does nothing", async () => {
    const before = await readdir(edge.stage.folder);
    const ran = await edge.session(["start", "--dry-run", "--policy", policyFile, "--percent", "25"]);
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining("25 % of all requests") });
    expect(await readdir(edge.stage.folder)).toEqual(before);
    await inProduction();
  });

  test.each([
    [["start", "--policy", policyFile, "--ttl", "2h"], /--ttl is 30m to 60m/],
    [["start", "--policy", policyFile, "--ca", "letsencrypt"], /say built-in, vault:/],
    [["start", "--policy", policyFile, "--percent", "0"], /a whole number, 1 to 100/],
    [["start"], /--policy/],
  ])("%j is a wrong call", async (args, message) => {
    const ran = await edge.session(args);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(message);
  });

  test("a folder that is no xDS directory is told how to become one", async () => {
    const empty = join(edge.desk, "empty");
    await mkdir(empty);
    const ran = await edge.session(["start", "--policy", policyFile, "--xds", empty]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining("frostglass session init") });
    expect(await readdir(empty)).toEqual([]);
  });

  test("init begins one that an Envoy takes, once", async () => {
    const fresh = join(edge.desk, "fresh");
    const init = ["init", "--xds", fresh, "--ingress", "127.0.0.1:0", "--production", "127.0.0.1:9"];
    expect(await edge.session([...init, "--dry-run"])).toMatchObject({ code: 0 });
    expect(await readdir(edge.desk)).not.toContain("fresh");
    expect(await edge.session(init)).toMatchObject({ code: 0, out: expect.stringContaining("envoy -c ") });
    expect((await readdir(fresh)).sort()).toEqual([
      "bootstrap.json",
      "clusters.json",
      "edge.json",
      "listeners.json",
      "routes.json",
    ]);
    expect(await edge.session(init)).toMatchObject({ code: 1, err: expect.stringContaining("begun already") });
  });
});

test("a session from start to sign-off: hotfix, production again, credentials refused, all on record", async () => {
  const caller = new Caller(edge, order);
  expect(await edge.open(["--json", "--ticket", "INC-7"])).toMatchObject({ code: 0 });
  expect(await edge.ask(order)).toEqual({ status: 201, by: "hotfix" });

  const second = await edge.session(["start", "--policy", policyFile]);
  expect(second).toMatchObject({ code: 1, err: expect.stringMatching(/is active; end it first/) });
  const shown = await edge.session(["status", "--json"]);
  expect(JSON.parse(shown.out)).toMatchObject({ phase: "active", who: "ann", percent: 100, health: { tunnels: 1 } });
  expect(shown.out).not.toMatch(/PRIVATE KEY|eyJ|secrets/);
  const dry = await edge.session(["end", "--dry-run"]);
  expect(dry).toMatchObject({ code: 0, out: expect.stringMatching(/^1\. routes\.json: everything to production/) });
  expect((await edge.state())?.phase).toBe("active");

  const signedOff = await edge.session(["end", "--json", "--sign-off", "bob"]);
  expect(signedOff.code).toBe(0);
  expect(JSON.parse(signedOff.out)).toMatchObject({
    phase: "ended",
    cause: "signed_off",
    signedOffBy: "bob",
    revoked: { token: true, certificate: true },
  });
  expect(await edge.session(["end"])).toMatchObject({ code: 0 });
  expect(Object.keys(await caller.stop()).sort()).toEqual(["201 hotfix", "201 production"]);
  await inProduction();

  const { records, findings } = verify([await edge.auditLog()], { keys: [], open: true });
  expect(findings.filter(({ code }) => code !== "unsealed")).toEqual([]);
  const { id } = (await edge.state())!;
  const own = records.filter(({ session }) => session === id);
  const telemetry = having(own, "edge.telemetry");
  // So many windows as the clock says.
  const rest = own.map(({ event }) => event).filter((event) => !event.startsWith("edge."));
  expect(rest).toEqual([
    "session.started",
    "tunnel.uplink",
    "configuration.changed",
    "configuration.changed",
    "tunnel.refused",
    "tunnel.refused",
    "tunnel.refused",
    "session.ended",
  ]);
  // What the filter told of its exchanges is what the tunnel counted itself.
  const ended = having(own, "session.ended")[0]!.data;
  expect(ended.requests).toBeGreaterThan(0);
  expect(telemetry.reduce((sum, { data }) => sum + (data.outcomes.forwarded ?? 0), 0)).toBe(ended.requests);
  expect(ended.bytes.toTunnel).toBeGreaterThan(ended.requests * order.length);
  // Production's requests are in no log, and the log is empty again.
  const lines = having(own, "edge.ingested").reduce((sum, { data }) => sum + data.lines, 0);
  expect(lines).toBe(ended.requests);
  expect(await edge.accessLogs()).toEqual({ "access.ndjson": "" });
  expect(own.find(({ event }) => event === "tunnel.uplink")?.data).toMatchObject({ sourceIp: "127.0.0.1" });
});

test("a watcher that was killed is replaced by status", async () => {
  await edge.open();
  const { watcher } = (await edge.state())!;
  process.kill(watcher!, "SIGKILL");
  const shown = await edge.session(["status"]);
  expect(shown).toMatchObject({ code: 0, err: expect.stringContaining("watcher was gone") });
  const { watcher: second } = (await edge.state())!;
  expect(second).not.toBe(watcher);
  expect(await edge.session(["status"])).toMatchObject({ code: 0 });
  expect((await edge.state())!.watcher).toBe(second);
  expect(await edge.session(["end"])).toMatchObject({ code: 0 });
});

test("a canary: only requests with the header go into the tunnel", async () => {
  expect(await edge.open(["--match", "x-canary=ann"])).toMatchObject({ code: 0 });
  expect(await edge.ask(order)).toEqual({ status: 201, by: "production" });
  expect(await edge.ask(order, { "x-canary": "ann" })).toEqual({ status: 201, by: "hotfix" });
  expect(JSON.parse((await edge.pushed())["routes.json"]!).resources[0].virtual_hosts[0].routes).toHaveLength(2);
  expect(await edge.session(["end"])).toMatchObject({ code: 0 });
  await inProduction();
});

describe("the token is good for one use", () => {
  test("somebody else who used it first ends the session before any traffic has moved", async () => {
    const caller = new Caller(edge, order);
    const answers: unknown[] = [];
    // Of two tunnels that are waited for, the stranger's is none: it is gone again before the laptop dials in.
    const ran = await edge.open(["--connections", "2"], {
      meanwhile: async (laptop) => {
        answers.push(await asLaptop(laptop));
        await edge.tunnelGone();
      },
    });
    expect(answers).toEqual([{ at: "handshake", status: 200 }]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringMatching(/used by somebody else too/) });
    expect(await edge.state()).toMatchObject({ phase: "ended", cause: "failed" });
    expect(Object.keys(await caller.stop())).toEqual(["201 production"]);
    await inProduction();
  });

  test("once it has been used, nobody is let in with it", async () => {
    let stolen = "";
    await edge.open([], {
      meanwhile: async (laptop) => {
        stolen = laptop;
      },
    });
    expect((await edge.state())?.phase).toBe("active");
    expect(await asLaptop(stolen)).toMatchObject({ at: "tcp" });
    expect(await edge.session(["end"])).toMatchObject({ code: 0 });
  });
});

describe("a session ends itself", () => {
  test("at its expiry", async () => {
    expect(await edge.open()).toMatchObject({ code: 0 });
    const state = (await edge.state())!;
    await writeState(edge.stage.folder, { ...state, expires: new Date().toISOString() });
    expect(await edge.reached("ended")).toMatchObject({
      cause: "expired",
      revoked: { token: true, certificate: true },
    });
    await inProduction();
  });

  test("when the laptop is gone", async () => {
    expect(await edge.open(["--readiness", "1s"])).toMatchObject({ code: 0 });
    await edge.hangUp();
    expect(await edge.reached("ended")).toMatchObject({ cause: "not_ready" });
    await inProduction();
  });

  test("when too much fails at the hotfix", async () => {
    expect(await edge.open(["--max-error-rate", "20%"])).toMatchObject({ code: 0 });
    // A document that the filter lets through, and no order.
    for (let i = 0; i < 60; i++) await edge.ask("null");
    expect(await edge.reached("ended")).toMatchObject({ cause: "error_rate" });
    await inProduction();
  });
});

test("telemetry that cannot be read holds up no end, and is taken up by the next session", async () => {
  expect(await edge.open()).toMatchObject({ code: 0 });
  expect((await edge.ask(order)).by).toBe("hotfix");
  const inTheWay = join(edge.stage.folder, "access.1.ndjson");
  await mkdir(inTheWay);
  const ran = await edge.session(["end"]);
  expect(ran).toMatchObject({ code: 0, err: expect.stringContaining("not all telemetry is on record") });
  await inProduction();
  const { id } = (await edge.state())!;
  await rmdir(inTheWay);
  expect(await edge.open()).toMatchObject({ code: 0 });
  expect(await edge.session(["end"])).toMatchObject({ code: 0, err: "" });
  const { records } = verify([await edge.auditLog()], { keys: [], open: true });
  const late = having(records, "edge.telemetry").filter(({ session }) => session === id);
  expect(late.map(({ data }) => data.requests)).toEqual([1]);
  expect(await edge.accessLogs()).toEqual({ "access.ndjson": "" });
});

test("an edge that is down at the end finds production in its files when it comes back", async () => {
  await edge.open();
  await edge.stage.edge.stop();
  const ran = await edge.session(["end"]);
  expect(ran).toMatchObject({ code: 1, err: expect.stringContaining("was not seen to refuse") });
  expect(await edge.state()).toMatchObject({ phase: "ended", revoked: { token: false, certificate: false } });
  expect(await edge.pushed()).toEqual(production);
  expect(await readdir(edge.stage.folder)).not.toContain("laptop.json");
});

/** Dials with what a laptop's configuration holds. */
async function asLaptop(configuration: string): ReturnType<typeof dial> {
  const { node, bootstrap_extensions: extensions, static_resources: resources } = JSON.parse(configuration);
  const { transport_socket: tls, load_assignment: assignment } = resources.clusters[0];
  const { tls_certificates: certificates, validation_context: trust } = tls.typed_config.common_tls_context;
  const { value } = extensions[0].typed_config.http_handshake.additional_headers[0].header;
  const { address, port_value: port } = assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address;
  return dial(
    { host: address, port },
    {
      session: node.id,
      root: trust.trusted_ca.inline_string,
      certificate: {
        chain: certificates[0].certificate_chain.inline_string,
        key: certificates[0].private_key.inline_string,
      },
      token: value.replace("Bearer ", ""),
    },
  );
}
