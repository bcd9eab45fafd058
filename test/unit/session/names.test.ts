// Names that a session makes up stand in audit records, which take nothing that could be a card number.
import { expect, test } from "vitest";
import { newSessionId } from "../../../scripts/session/state.ts";
import { versionOf } from "../../../scripts/tunnel/push.ts";

const name = /^(?!.*\d{12})[A-Za-z0-9][A-Za-z0-9_.:/@+=-]{0,127}$/;

test("a session's id is a name of the audit log, whatever its bits", () => {
  expect(newSessionId(Buffer.from("1234567890123456", "hex"))).toBe("bg-12345678-90123456");
  expect(newSessionId(Buffer.from("1234567890123456", "hex"))).toMatch(name);
  expect(newSessionId()).toMatch(/^bg-[0-9a-f]{8}-[0-9a-f]{8}$/);
});

test("so is the version of a push", () => {
  for (let at = 0; at < 2000; at++) expect(versionOf([{ at }])).toMatch(name);
});
