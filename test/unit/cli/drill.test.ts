// frostglass drill, called wrongly: what cannot be played is said before anything is started, and by --dry-run.

import { expect, test } from "vitest";
import { folderWith, frostglass } from "./support.ts";

const recording = { id: "order", request: { method: "GET", path: "/", headers: [] } };

test.each([[[]], [["--dry-run"]]])("what is not there is a wrong call %j", async (flags) => {
  const cwd = folderWith({ "own.ndjson": `${JSON.stringify(recording)}\n`, "text.ndjson": "GET /\n" });
  const drill = (...args: string[]) => frostglass(["drill", ...flags, ...args], { cwd });
  const refused = (err: unknown) => ({ code: 2, out: "", err });
  expect(await drill("--incident", "nope")).toEqual(refused("frostglass: no recording is called nope\n"));
  expect(await drill("--recordings", "own.ndjson")).toEqual(
    refused("frostglass: no recording is called incident-null-postal-code\n"),
  );
  expect(await drill("--recordings", "none.ndjson")).toEqual(refused(expect.stringContaining("none.ndjson")));
  expect(await drill("--recordings", "text.ndjson")).toEqual(refused(expect.stringContaining("text.ndjson:1")));
  expect(await drill("--ca", "nobody")).toEqual(refused(expect.stringContaining("no authority is called nobody")));
});

test("--dry-run says what would be done, with recordings of one's own", async () => {
  const cwd = folderWith({ "own.ndjson": `${JSON.stringify(recording)}\n` });
  const { code, out } = await frostglass(["drill", "--dry-run", "--recordings", "own.ndjson", "--incident", "order"], {
    cwd,
  });
  expect(code).toBe(0);
  expect(out).toMatch(/^1\. start an edge Envoy[\s\S]*\n6\. count lost/);
});
