import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("the host imports nothing but itself, so that a browser can run it", () => {
  const folder = new URL("../../../scripts/host/", import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(10);
  for (const name of files) {
    const source = readFileSync(new URL(name, folder), "utf8");
    const imported = [...source.matchAll(/from "([^"]+)"/g)].map((match) => match[1]!);
    for (const path of imported) {
      expect(path, name).toMatch(/^\.\.?\//);
      expect(new URL(path, new URL(name, folder)).href, name).toContain(folder.href);
    }
    expect(source, name).not.toMatch(/\b(process|Buffer|require)[.(]/);
  }
});
