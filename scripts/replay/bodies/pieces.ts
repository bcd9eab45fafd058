/**
 * Documents that come in pieces (docs/nested.md): texts at the same place of several events, which are judged as one.
 *
 * Invariant: joined, each piece is an empty text but the last, which is all of them: what left may have been put out in any of
 * them, and is the same to whoever puts them together.
 */
import type { Oracle } from "../oracle.ts";
import { isBracketed, isPlainJson } from "../soft.ts";
import { type Document, parseDocument, rawText, type TreeNode } from "../tree.ts";

type Path = readonly (string | number)[];

interface Piece {
  readonly event: number;
  readonly path: Path;
}

/** The pieces of one document. */
export type Pieces = readonly Piece[];

interface Begun {
  readonly place: string;
  readonly pieces: Pieces;
  readonly text: string;
  /** A quote has followed its first brackets. */
  readonly isOpen: boolean;
}

const numbering: ReadonlySet<string> = new Set(["index", "output_index", "content_index", "item_id"]);
const deepest = 64;

/** Nodes with the way to each, in the order of the document. */
function* walk(node: TreeNode, path: Path = []): Generator<{ node: TreeNode; path: Path }> {
  yield { node, path };
  for (const child of node.children) yield* walk(child.node, [...path, child.key]);
}

/** How the document numbers what it tells; undefined where it is too deep to be asked. */
function numbersIn(document: Document): string[] | undefined {
  const nodes = [...walk(document.root)];
  const isDeep = ({ node, path }: { node: TreeNode; path: Path }) =>
    (node.kind === "object" || node.kind === "array") && path.length >= deepest;
  if (nodes.some(isDeep)) return undefined;
  return nodes.flatMap(({ node, path }) => {
    const name = path.at(-1);
    if (typeof name !== "string" || !numbering.has(name)) return [];
    return [name, node.kind === "object" || node.kind === "array" ? "" : rawText(document, node)];
  });
}

/** Whether the brackets of a document that the text begins with are closed. */
function isOver(text: string): boolean {
  let depth = 0;
  for (const bracket of text.replace(/"(?:\\.|[^"\\])*(?:"|\\?$)/gs, "").replace(/[^[\]{}]/g, "")) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    if (depth === 0) return true;
  }
  return false;
}

const textOf = (document: Document, node: TreeNode): string => JSON.parse(rawText(document, node)) as string;

/** The documents that come in pieces in the data of events; where one never ends, and that `isCut`, all its pieces are one too. */
export function piecesIn(
  data: readonly (string | undefined)[],
  oracle: Pick<Oracle, "textsOfJson">,
  isCut: boolean,
): Pieces[] {
  const found: Pieces[] = [];
  let begun: Begun | undefined;
  data.forEach((one, event) => {
    const document = one === undefined ? undefined : parseDocument(Buffer.from(one));
    if (document === undefined) return;
    const strings = [...walk(document.root)].filter(({ node }) => node.kind === "string" && textOf(document, node));
    // Most events have none, and the oracle takes its time.
    if (begun === undefined && !strings.some(({ node }) => /^\s*[[{]/.test(textOf(document, node)))) return;
    const numbers = numbersIn(document);
    if (numbers === undefined) return;
    const texts = oracle.textsOfJson(document);
    for (const { node, path } of strings) {
      const reading = texts.get(node);
      if (reading === undefined) continue;
      const place = JSON.stringify([path, numbers]);
      const isHere: boolean = begun?.pieces.at(-1)?.event === event;
      const isNext: boolean = begun?.place === place && !isHere;
      if (begun?.isOpen && !isNext) continue;
      const text: string = (isNext ? begun!.text : "") + textOf(document, node);
      const pieces: Pieces = [...(isNext ? begun!.pieces : []), { event, path }];
      const isOpen = reading === "told" ? /^[ \t\n\r]*[[{]/.test(text) : isPlainJson(text);
      if (isOpen && isOver(text)) {
        if (isNext) {
          found.push(pieces);
          begun = undefined;
        }
      } else if (isOpen || (reading === "soft" && isBracketed(text) && !isHere)) {
        begun = { place, pieces, text, isOpen };
      } else if (isNext) {
        begun = undefined;
      }
    }
  });
  return isCut && begun?.isOpen ? [...found, begun.pieces] : found;
}

/** The data with the pieces joined; what is not where they were stays as it is. */
export function joined(data: readonly (string | undefined)[], documents: readonly Pieces[]): (string | undefined)[] {
  const result = [...data];
  for (const pieces of documents) {
    const texts = pieces.map(({ event, path }) => {
      const node = nodeAt(result[event], path);
      return node && textOf(node.document, node.node);
    });
    if (texts.includes(undefined)) continue;
    pieces.forEach(({ event, path }, index) => {
      const text = index === pieces.length - 1 ? texts.join("") : "";
      const { document, node } = nodeAt(result[event], path)!;
      result[event] = document.text.slice(0, node.start) + JSON.stringify(text) + document.text.slice(node.end);
    });
  }
  return result;
}

/** For whoever has no rules to ask: all texts are JSON where they begin so. */
export const anyText: Pick<Oracle, "textsOfJson"> = {
  textsOfJson: ({ root }) => new Map([...walk(root)].map(({ node }) => [node, "soft"])),
};

function nodeAt(data: string | undefined, path: Path): { document: Document; node: TreeNode } | undefined {
  const document = data === undefined ? undefined : parseDocument(Buffer.from(data));
  if (document === undefined) return undefined;
  let node: TreeNode | undefined = document.root;
  for (const step of path) node = node?.children.find(({ key }) => key === step)?.node;
  return node?.kind === "string" ? { document, node } : undefined;
}
