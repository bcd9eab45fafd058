// Links in README and docs: their files are there, also in the published package, and so are the headings that they name.
// Files of the repository that a page names in code are there.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../../scripts/wasm.ts";
import { anchorsOf, decisions, type Page, pages, readPage } from "./pages.ts";

const isThere = (path: string) => existsSync(join(packageRoot, path));
const { files: published, scripts } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
  files: string[];
  scripts: Record<string, string>;
};

/** What is wrong with a link of a page, or undefined. */
function wrongWith(page: Page, target: string): string | undefined {
  if (/^https?:/.test(target)) return undefined;
  const [file, anchor] = target.split("#") as [string, string?];
  const path = file === "" ? page.path : normalize(join(dirname(page.path), file));
  if (!isThere(path)) return `${target}: no such file`;
  if (anchor !== undefined && !anchorsOf(readPage(path)).has(anchor)) return `${target}: no such heading`;
  return undefined;
}

const linksOf = (page: Page) =>
  [...page.prose.replaceAll(/`[^`\n]*`/g, "").matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target]) => target!);

test.each([...pages, ...decisions])("links of $path", (page) => {
  expect(linksOf(page).flatMap((target) => wrongWith(page, target) ?? [])).toEqual([]);
});

describe("what the test knows of a link that leads nowhere", () => {
  const page = readPage("README.md");
  test.each(["docs/none.md", "docs/detectors.md#none", "#none"])("%s", (target) => {
    expect(wrongWith(page, target)).toMatch(/no such/);
  });
});

// What a reader is told to open or run: a path below one of the folders of the tree. A name with a star or a blank is a pattern
// or a command, and what `npm run build` makes comes with it.
const folders = /^(assembly|scripts|test|policies|deploy|docs|bin|build|\.ci)\/[\w./-]+$/;
/** Files of a reader's own, in examples. */
const others = new Set(["policies/orders.json", "policies/shop.json"]);

test.each(pages)("files that $path names", (page) => {
  const named = page.spans.map(({ text }) => text).filter((text) => folders.test(text) && !others.has(text));
  expect(named.filter((path) => !isThere(path))).toEqual([]);
});

test.each(pages)("scripts that $path names", (page) => {
  const named = [...page.text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test("whoever installs the package has what the pages link to, but for sources and tests", () => {
  const files = pages
    .flatMap((page) => linksOf(page).map((target) => [page, target.split("#")[0]!] as const))
    .filter(([, file]) => file !== "" && !/^https?:/.test(file))
    .map(([page, file]) => normalize(join(dirname(page.path), file)));
  const isPublished = (path: string) => published.some((entry) => path === entry || path.startsWith(`${entry}/`));
  expect(files.filter((path) => !isPublished(path) && !/^(scripts|test|assembly)\//.test(path))).toEqual([]);
});

test("the list of decisions has each of them, in order", () => {
  const listed = linksOf(readPage("docs/decisions/README.md"));
  const there = readdirSync(join(packageRoot, "docs/decisions")).filter((file) => /^\d/.test(file));
  expect(listed).toEqual(there.sort());
});
