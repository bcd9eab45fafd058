/**
 * The pages that users read, taken apart: blocks of code, code inside sentences, links, headings.
 *
 * Invariant: a page is read as Markdown shows it. A block is fenced (also inside of a list, whose indentation it loses) or
 * indented by four blanks below an empty line; what stands in a comment is none of it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../scripts/wasm.ts";

export interface Block {
  /** `README.md:47`, the line above the first one of the block. */
  place: string;
  page: string;
  /** As the fence says; of an indented block empty. */
  language: string;
  text: string;
}

export interface Page {
  /** From the root of the repository. */
  path: string;
  text: string;
  blocks: readonly Block[];
  /** Code inside of sentences and tables, by its place; a bar that a table escapes is a bar. */
  spans: readonly { place: string; page: string; text: string }[];
  /** Without blocks. */
  prose: string;
}

const below = (folder: string) =>
  readdirSync(join(packageRoot, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);

export const pages: readonly Page[] = ["README.md", ...below("docs")].map(readPage);
/** Why things are as they are: read for its links, since what it shows need not be a policy. */
export const decisions: readonly Page[] = below("docs/decisions").map(readPage);

export function readPage(path: string): Page {
  return pageOf(path, readFileSync(join(packageRoot, path), "utf8"));
}

export function pageOf(page: string, text: string): Page {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  // Blocks leave empty lines, so that places of what is left are those in the page.
  const prose = [...lines];
  const take = (start: number, end: number, from: number, to: number, language: string, indent: number) => {
    const block = lines.slice(start, end).map((line) => line.slice(indent));
    blocks.push({ place: `${page}:${from + 1}`, page, language, text: block.join("\n").trimEnd() });
    prose.fill("", from, to);
  };
  for (let i = 0; i < lines.length; i++) {
    const fence = /^( *)```(\w*)$/.exec(lines[i]!);
    if (fence) {
      const end = lines.findIndex((line, at) => at > i && line.trim() === "```");
      if (end < 0) throw new Error(`${page}:${i + 1}: a block that does not end`);
      take(i + 1, end, i, end + 1, fence[2]!, fence[1]!.length);
      i = end;
    } else if (/^ {4}\S/.test(lines[i]!) && lines[i - 1] === "" && !isInList(lines, i)) {
      let end = i;
      while (end < lines.length && /^( {4}.*|\s*)$/.test(lines[end]!)) end++;
      take(i, end, i, end, "", 4);
      i = end - 1;
    }
  }
  const left = prose.join("\n");
  return { path: page, text, blocks, prose: left, spans: spansOf(page, left) };
}

/** Below an item of a list, four blanks continue it. */
function isInList(lines: readonly string[], at: number): boolean {
  const above = lines.slice(0, at).findLast((line) => /^\S/.test(line));
  return above !== undefined && /^(\d+\.|[-*]) /.test(above);
}

function spansOf(page: string, prose: string) {
  // A span does not reach over an empty line: another paragraph begins there.
  return [...prose.matchAll(/(?<!`)(`+)(?!`)((?:[^\n]|\n(?!\s*\n))+?)(?<!`)\1(?!`)/g)].map((match) => ({
    place: `${page}:${prose.slice(0, match.index).split("\n").length}`,
    page,
    text: match[2]!.replaceAll(/\s*\n\s*/g, " ").replaceAll("\\|", "|"),
  }));
}

/** Names of headings as links use them: small letters, blanks as hyphens, all other signs left out. */
export const anchorsOf = (page: Page): Set<string> =>
  new Set(
    [...page.prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
