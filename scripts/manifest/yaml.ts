/**
 * Kubernetes resources as YAML: one document a resource, with comments where somebody has to edit.
 *
 * Invariants: the same resources give the same bytes; a long value stays on its line, so that a digest or a policy is
 * never folded; `---` stands between documents and nowhere else.
 */
import { Document, isMap, isScalar } from "yaml";
import type { JsonObject } from "./filter.ts";

export interface Resource {
  value: JsonObject;
  /** Lines above the document. */
  head: string[];
  /** Lines above a member, by its path. */
  comments?: (readonly [path: readonly (string | number)[], comment: string])[];
}

export function writeResources(resources: readonly Resource[]): string {
  return resources.map(write).join("---\n");
}

function write({ value, head, comments = [] }: Resource): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  document.commentBefore = commented(head.join("\n"));
  for (const [path, comment] of comments) {
    const parent = document.getIn(path.slice(0, -1), true);
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
    if (!pair || !isScalar(pair.key)) throw new Error(`no member at ${path.join(".")} to comment on`);
    pair.key.commentBefore = commented(comment);
  }
  return document.toString({ lineWidth: 0 });
}

const commented = (text: string) => text.replace(/^(?=.)/gm, " ");
