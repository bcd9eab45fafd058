/**
 * Names that are values: of the members of maps, and of fields.
 *
 * Invariant: an object whose members are all alike and of many names is a map in every exchange, so that no name in it is
 * ever shown.
 */
import type { TreeNode } from "../../replay/tree.ts";

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

export class Names {
  readonly #isPersonal: IsPersonal;
  readonly #known = new Map<string, boolean>();
  readonly #shapes = new Map<string, Map<string, string>>();

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
  learn(place: string, node: TreeNode): void {
    for (const { key, node: child } of node.children) {
      if (child.kind !== "object" || child.children.length === 0) continue;
      const shapes = this.#shapes.get(place) ?? new Map<string, string>();
      if (shapes.size < 1000) shapes.set(String(key), shapeOf(child));
      this.#shapes.set(place, shapes);
    }
  }

  /** Whether the members of the object there are named by values. */
  isMap(place: string): boolean {
    const shapes = this.#shapes.get(place);
    return shapes !== undefined && shapes.size >= many && new Set(shapes.values()).size === 1;
  }
}

const shapeOf = ({ children }: TreeNode): string =>
  children
    .map(({ key }) => String(key))
    .sort()
    .join("\n");
