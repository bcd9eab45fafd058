/**
 * Names that are values: of the members of maps, and of fields.
 *
 * Invariant: an object whose members are all alike and of many names is a map in every exchange, so that no name in it is
 * ever shown. So is one that is called as persons are and holds nothing but objects.
 */

import type { TreeNode } from "../../replay/tree.ts";
import { isTelling } from "../evidence.ts";

/** Whether a text is somebody's data, as detectors have it. */
export type IsPersonal = (text: string) => boolean;

/** So many names of members that are objects of one shape are no names that somebody chose. */
const many = 4;

/**
 * A number, an address, a long run of letters with digits in it, what a rule made of a name, and what no program calls a
 * field.
 */
const isData = (name: string): boolean =>
  /^\d+$/.test(name) ||
  /[@%]/.test(name) ||
  name === "[redacted]" ||
  /^(?=.*\d)[\w-]{16,}$/.test(name) ||
  /^\+?[\d ()./:-]{6,}$/.test(name) ||
  name.length > 64;

/** What holds an object for each person. */
const persons =
  /^(?:by_?)?(?:users?|customers?|people|persons?|members|patients?|clients|contacts|employees|subscribers|recipients|guests|participants|payers|payees|owners|friends|email|phone|login|user_?name)s?(?:_?by_?(?:id|name|email|key))?$/i;

export class Names {
  readonly #isPersonal: IsPersonal;
  readonly #known = new Map<string, boolean>();
  readonly #shapes = new Map<string, Map<string, string>>();
  /** Names of texts that are each somebody's data; none where other members stand beside them. */
  readonly #texts = new Map<string, Set<string> | undefined>();

  constructor(isPersonal: IsPersonal) {
    this.#isPersonal = isPersonal;
  }

  isData(name: string): boolean {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const found = isData(name) || this.#isPersonal(name);
    if (this.#known.size < 100_000) this.#known.set(name, found);
    return found;
  }

  /** Takes note of the members of an object. */
  learn(place: string, node: TreeNode, textOf: (child: TreeNode) => string): void {
    this.#learnTexts(place, node, textOf);
    for (const { key, node: child } of node.children) {
      if (child.kind !== "object" || child.children.length === 0) continue;
      const shapes = this.#shapes.get(place) ?? new Map<string, string>();
      if (shapes.size < 1000) shapes.set(String(key), shapeOf(child));
      this.#shapes.set(place, shapes);
    }
  }

  #learnTexts(place: string, { children }: TreeNode, textOf: (child: TreeNode) => string): void {
    if (children.length === 0) return;
    const known = this.#texts.has(place) ? this.#texts.get(place) : new Set<string>();
    const isAlike =
      known !== undefined &&
      children.every(
        ({ key, node }) => node.kind === "string" && !isTelling(String(key)) && this.#isPersonal(textOf(node)),
      );
    if (isAlike && known.size < many) for (const { key } of children) known.add(String(key));
    this.#texts.set(place, isAlike ? known : undefined);
  }

  /** Whether the members of the object there are named by values; `name` is its own. */
  isMap(place: string, name: string, { children }: TreeNode): boolean {
    const shapes = this.#shapes.get(place);
    const isLearned = shapes !== undefined && shapes.size >= many && new Set(shapes.values()).size === 1;
    if (isLearned || (this.#texts.get(place)?.size ?? 0) >= many) return true;
    return persons.test(name) && children.every(({ node }) => node.kind === "object" && node.children.length > 0);
  }
}

const shapeOf = ({ children }: TreeNode): string =>
  children
    .map(({ key }) => String(key))
    .sort()
    .join("\n");
