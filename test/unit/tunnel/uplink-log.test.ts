// Where tunnels came from, as the edge's log of uplinks tells it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { onlySource, openedFrom } from "../../../scripts/tunnel/uplink-log.ts";

const folder = mkdtempSync(join(tmpdir(), "frostglass-uplink-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("tunnels of this session that were opened, in order; a line that is being written waits", async () => {
  const line = (event: string, node: string, sourceIp: string) => `${JSON.stringify({ event, node, sourceIp })}\n`;
  const text = [
    line("tunnel_setup", "bg-1", "192.0.2.1"),
    line("tunnel_setup", "bg-2", "192.0.2.9"),
    line("socket_closed", "bg-1", "192.0.2.1"),
    line("tunnel_setup", "bg-1", "192.0.2.2"),
    line("tunnel_setup", "bg-1", "192.0.2.3").slice(0, 20),
  ];
  writeFileSync(join(folder, "uplink.ndjson"), text.join(""));
  expect(await openedFrom(folder, "bg-1")).toEqual(["192.0.2.1", "192.0.2.2"]);
});

test("all from one address, or somebody else has the token", () => {
  expect(onlySource(["192.0.2.1", "192.0.2.1"])).toBe("192.0.2.1");
  expect(() => onlySource(["192.0.2.1", "192.0.2.2"])).toThrow("more than one address: 192.0.2.1 and 192.0.2.2");
});
