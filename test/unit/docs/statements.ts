// Lines of a shell that the pages and the help of commands show, as somebody pastes them: one command each.

import type { Help } from "./help.ts";
import type { Page } from "./pages.ts";

export interface Statement {
  place: string;
  /** Of which page, or `--help`. */
  page: string;
  text: string;
  /** Lines above it in its block that set variables. */
  exports: readonly string[];
  /** What the page says that it prints; undefined where it says nothing. */
  output: string | undefined;
  /** As a comment behind it says, else 0. */
  code: number;
}

/** A command goes on behind a backslash or a pipe at the end of its line. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (/(\\|\|)$/.test(lines.at(-1) ?? "")) lines.push(`${lines.pop()}\n${line}`);
    else if (line !== "") lines.push(line);
  }
  return lines;
}

const isComment = (line: string) => line.startsWith("#");

function statementsIn(place: string, page: string, text: string): Statement[] {
  const lines = linesOf(text);
  const isExport = (line: string) => line.startsWith("export ") && !isPlaceholder(line);
  return lines.flatMap((line, index) => {
    if (isComment(line) || isPlaceholder(line)) return [];
    // Alone where nothing follows that runs it.
    if (isExport(line) && lines.slice(index).some((each) => !isComment(each) && !isExport(each))) return [];
    const next = lines[index + 1] ?? "";
    const exports = lines.slice(0, index).filter(isExport);
    const output = next.startsWith("# {") ? `${next.slice(2)}\n` : undefined;
    const code = Number(/ # exit (\d):/.exec(line)?.[1] ?? 0);
    return [{ place, page, text: line.replace(/ +# .*$/, ""), exports, output, code }];
  });
}

/** `export KEY=...`, of which the dots stand for a key of the reader's. */
const isPlaceholder = (line: string) => /^export \w+=\.\.\.( |$)/.test(line);

const isShell = (text: string) => /^(npx frostglass|npm|export|echo|envoy|buf|protoc) /.test(text);

export const statementsOf = ({ path, blocks, spans }: Page): Statement[] => [
  ...blocks
    .filter(({ language, text }) => language === "sh" || (language === "" && isShell(text)))
    .flatMap(({ place, text }) => statementsIn(place, path, text)),
  // In a sentence: with an option at least, since a name alone is a mention.
  ...spans
    .filter(({ text }) => /^npx frostglass .* /.test(text) && !text.includes("COMMAND"))
    .flatMap(({ place, text }) => statementsIn(place, path, text)),
];

/** Of the examples in a help, which begin with a dollar sign, or with npx. */
export function examplesOf({ name, text }: Help): Statement[] {
  const lines = linesOf(text).filter((line) => /^(\$|npx) /.test(line));
  return lines.flatMap((line) =>
    statementsIn(
      `${name} --help`,
      "--help",
      line.replace(/^\$ /, "").replaceAll(/(?<!npx )\bfrostglass (?=[a-z])/g, "npx frostglass "),
    ),
  );
}
