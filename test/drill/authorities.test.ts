// Certificates from elsewhere: a whole session on a real edge with Vault's PKI and with a program of one's own, and what
// either may get wrong.
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { compilePolicy } from "../../scripts/policy/index.ts";
import { equip } from "../../scripts/replay/equip.ts";
import { authorityOf } from "../../scripts/tunnel/authorities.ts";
import { withdraw } from "../../scripts/tunnel/withdraw.ts";
import { packageRoot } from "../../scripts/wasm.ts";
import { BreakGlassEdge, policyFile } from "../support/break-glass-edge.ts";
import { FakeVault } from "../support/vault.ts";

const soon = new Date(Date.now() + 3_600_000);
const request = { session: "bg-1", side: "laptop", notAfter: soon } as const;

let edge: BreakGlassEdge;
let vault: FakeVault;
let folder: string;

beforeAll(async () => {
  const { compiled } = compilePolicy({ path: policyFile, text: await readFile(policyFile, "utf8") });
  [edge, vault, folder] = await Promise.all([
    equip(compiled!).then(({ environment }) => BreakGlassEdge.start(environment)),
    FakeVault.start(),
    mkdtemp(join(tmpdir(), "frostglass-ca-")),
  ]);
});
afterAll(async () => {
  await edge?.stop();
  vault?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await edge.hangUp();
});

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const ownProgram = (): string =>
  `command:${process.execPath} ${join(packageRoot, "test", "support", "authority-command.ts")} ${folder}`;

describe("HashiCorp Vault", () => {
  test("issues, and revokes at the end; the edge refuses what was revoked", async () => {
    vi.stubEnv("VAULT_TOKEN", vault.token);
    expect(await edge.open(["--ca", vault.name, "--ttl", "40m"])).toMatchObject({ code: 0 });
    expect(vault.issued).toMatchObject([
      { common_name: "edge.tunnel.frostglass.internal", format: "pem", private_key_format: "pkcs8" },
      { common_name: "laptop.tunnel.frostglass.internal" },
    ]);
    for (const { ttl } of vault.issued) expect(Number.parseInt(ttl, 10)).toBeLessThanOrEqual(2400);
    expect(await edge.ask()).toMatchObject({ by: "hotfix" });
    expect(await edge.session(["end"])).toMatchObject({ code: 0 });
    const { certificates, revoked } = (await edge.state())!;
    expect(vault.revoked).toEqual(certificates.map(({ serial }) => serial));
    expect(revoked).toEqual({ token: true, certificate: true });
  });

  test("that is not reached at the end has revoked nothing, and the command says so; production is back", async () => {
    vi.stubEnv("VAULT_TOKEN", vault.token);
    expect(await edge.open(["--ca", vault.name])).toMatchObject({ code: 0 });
    vi.stubEnv("VAULT_TOKEN", "");
    const ran = await edge.session(["end"]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining("was not seen to refuse") });
    expect(await edge.state()).toMatchObject({ phase: "ended", revoked: { token: true, certificate: false } });
    expect(await edge.ask()).toMatchObject({ by: "production" });
  });

  test.each([
    ["no token", "", (name: string) => name, /VAULT_TOKEN.*vault login/],
    ["a token without rights", "hvs.other", (name: string) => name, /answered 403; does the token's policy allow it/],
    [
      "another mount",
      "hvs.test",
      (name: string) => name.replace("pki_tunnel", "pki"),
      /answered 404; do mount and role/,
    ],
    ["nobody there", "hvs.test", () => "vault:http://127.0.0.1:9/v1/pki/x", /does not answer.*unsealed/],
  ])("%s: an error with a remedy, and no secret in it", async (_, token, name, message) => {
    vi.stubEnv("VAULT_TOKEN", token);
    const authority = await authorityOf(name(vault.name))(soon);
    const error = (await authority.issue(request).catch((caught: Error) => caught)) as Error;
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain("hvs.");
  });
});

describe("a program of one's own", () => {
  // The program of this test is made of OpenSSL's; without one there is nothing to ask.
  test.skipIf(!hasOpenssl)("issues, and revokes at the end; the edge refuses what was revoked", async () => {
    expect(await edge.open(["--ca", ownProgram()])).toMatchObject({ code: 0 });
    expect(await edge.ask()).toMatchObject({ by: "hotfix" });
    expect(await edge.session(["end"])).toMatchObject({ code: 0 });
    expect((await edge.state())?.revoked).toEqual({ token: true, certificate: true });
  });

  test.each([
    ["fails", "process.exit(3)", /ended with 3 when asked to issue/],
    ["talks", "console.log('hello')", /something else than one JSON object/],
    ["leaves out the key", 'console.log(\'{"chain":"x"}\')', /chain, key and root/],
  ])("that %s", async (_, program, message) => {
    const file = join(folder, "program.mjs");
    await writeFile(file, program);
    const authority = await authorityOf(`command:${process.execPath} ${file}`)(soon);
    await expect(authority.issue(request)).rejects.toThrow(message);
  });

  test("that is not there", async () => {
    const authority = await authorityOf("command:/nowhere/ca")(soon);
    await expect(authority.issue(request)).rejects.toThrow(/cannot be started/);
    const retirement = { by: "command", command: ["/nowhere/ca"], serials: ["01"] } as const;
    await expect(withdraw({ ...retirement, command: [...retirement.command], serials: ["01"] })).rejects.toThrow();
  });
});

test("an authority of no known kind is a wrong call", () => {
  for (const name of ["vault", "vault:localhost/pki", "command:", "acme"]) {
    expect(() => authorityOf(name)).toThrow(/say built-in, vault:https:/);
  }
});
