// A JSON document as values of JavaScript, which other readers of JSONPath can be asked about.
// Invariant: every node of the document stands in at least one of them.

import { type Child, type Document, isContainer, rawText, type TreeNode } from "./tree.ts";

export interface Variant {
  readonly value: unknown;
  /** Of all members of the document. */
  readonly names: ReadonlySet<string>;
  find(location: readonly (string | number)[]): TreeNode;
}

/**
 * A JavaScript object holds one of several equal member names, a JSON text holds them all. So the document is asked in
 * several readings: each picks one of the duplicates, until every node stood in at least one of them.
 */
export function* variants(document: Document): Generator<Variant> {
  const open = new Map<TreeNode, boolean>();
  const names = new Set<string>();
  const collect = (node: TreeNode): void => {
    for (const child of node.children) {
      if (typeof child.key === "string") names.add(child.key);
      collect(child.node);
    }
  };
  collect(document.root);
  const isOpen = (node: TreeNode): boolean => open.get(node) ?? true;
  while (isOpen(document.root)) {
    const chosen = new Map<TreeNode, Map<string | number, TreeNode>>();
    const read = (node: TreeNode): unknown => {
      if (!isContainer(node)) {
        open.set(node, false);
        return JSON.parse(rawText(document, node));
      }
      const picks = new Map<string | number, TreeNode>();
      for (const child of node.children) {
        const earlier = picks.get(child.key);
        if (earlier === undefined || !isOpen(earlier)) picks.set(child.key, child.node);
      }
      chosen.set(node, picks);
      const value: unknown = node.kind === "array" ? [] : {};
      for (const [key, child] of picks) {
        // Not an assignment: a member may be named __proto__.
        Object.defineProperty(value, key, { value: read(child), enumerable: true, writable: true, configurable: true });
      }
      open.set(
        node,
        node.children.some((child: Child) => isOpen(child.node)),
      );
      return value;
    };
    const value = read(document.root);
    yield {
      value,
      names,
      find: (location) => location.reduce<TreeNode>((node, key) => chosen.get(node)!.get(key)!, document.root),
    };
  }
}
