/**
 * Commands and options that the pages name are those that `--help` tells, and the table of commands in the README is whole.
 *
 * Options of other programs stand in `others`, by program; an entry that no page has any more fails.
 */
import { describe, expect, test } from "vitest";
import { frostglass } from "../cli/support.ts";
import { documented, helps } from "./help.ts";
import { type Page, pages } from "./pages.ts";
import { statementsOf } from "./statements.ts";

const others: Record<string, string> = {
  "--server-side": "kubectl",
  "--use-kube": "istioctl",
  "--fqdn": "istioctl",
  "--file-flush-interval-msec": "envoy",
  "--concurrency": "envoy",
  "--include_imports": "protoc",
  "--profile": "a program of the reader's",
  "--api-key": "text in which a detector looks",
  "--boundary": "a delimiter of multipart",
};

const optionsIn = (text: string): string[] => [...text.matchAll(/(?<![\w-])--[a-z][\w-]+/g)].map(([option]) => option);
const all = new Set(helps.flatMap(({ options }) => options));

/** The command that a text begins with, subcommand and all. */
const commandOf = (text: string) =>
  helps.filter(({ name }) => `${text} `.startsWith(`${name} `)).toSorted((a, b) => b.name.length - a.name.length)[0];

/** What a page says of an option that is none; of those behind a command, of that command's. */
function unknownIn({ blocks, spans, ...page }: Page): string[] {
  const calls = statementsOf({ blocks, spans, ...page }).flatMap(({ text }) =>
    [...text.matchAll(/npx frostglass ((?:[^|&]|\\\n)*)/g)].map(([, call]) => call!),
  );
  const written = spans.map(({ text }) => text.replace(/^(npx )?frostglass /, ""));
  return [...calls, ...written].flatMap((text) => {
    const command = commandOf(text);
    const known = command ? new Set(command.options) : all;
    // `audit` alone has no options, and `npm run` hands its own on.
    return /^(-- |npm run )/.test(text)
      ? []
      : optionsIn(text)
          .filter((option) => !known.has(option) && !(option in others))
          .map((option) => `${text}: ${option}`);
  });
}

test.each(pages)("options that $path names", (page) => {
  expect(unknownIn(page)).toEqual([]);
});

test.each(helps)("options that the help of $name names", ({ text }) => {
  expect(optionsIn(text).filter((option) => !all.has(option) && !(option in others))).toEqual([]);
});

test.each(helps)("the help of $name tells a default once, where there is one, the same each time", ({ text }) => {
  // Of an option: its name and what is indented below.
  const described = text.split(/\n(?= {2}-)/).map((option) => option.replaceAll(/\s+/g, " "));
  expect(described.filter((option) => option.split("(default").length > 2)).toEqual([]);
  expect(described.filter((option) => /\(default: ("[0-9a-f]{8}-|\[\]|\{\})/.test(option))).toEqual([]);
});

test("options of other programs stand on a page", () => {
  const text = pages.map((page) => page.text).join("\n");
  expect(Object.keys(others).filter((option) => !text.includes(option))).toEqual([]);
});

describe("the table of commands in the README", () => {
  test("has every command", async () => {
    const { out } = await frostglass(["--help"]);
    const listed = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!).filter((name) => name !== "help");
    expect([...documented].sort()).toEqual(listed.sort());
  });

  test("has every subcommand", () => {
    const rows = pages[0]!.text.split("\n").filter((line) => /^\| `/.test(line));
    const missing = helps
      .map(({ name }) => name.split(" "))
      .filter(([, child]) => child !== undefined)
      .filter(([parent, child]) => !rows.some((row) => row.startsWith(`| \`${parent} `) && row.includes(child!)));
    expect(missing).toEqual([]);
  });
});

test("a page that names an option which is none is told", () => {
  const span = (text: string) => ({ place: "x", page: "x", text });
  const page = {
    path: "x",
    text: "",
    prose: "",
    blocks: [],
    spans: [span("apply --policee p"), span("--policy"), span("--polish")],
  };
  expect(unknownIn(page)).toEqual(["apply --policee p: --policee", "--polish: --polish"]);
});
