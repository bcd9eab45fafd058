// frostglass session, called wrongly: what a misspelt directory says.

import { expect, test } from "vitest";
import { folderWith, frostglass } from "./support.ts";

test.each([
  ["status", "not-there"],
  ["end", "not-there"],
  ["end", "."],
])("%s of a directory that no edge watches does not say that all is well: %s", async (command, xds) => {
  const { code, out, err } = await frostglass(["session", command, "--xds", xds], { cwd: folderWith({}) });
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/^frostglass: \S+ is no xDS directory; name the one that the edge watches/);
});
