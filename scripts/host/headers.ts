/**
 * A header map with Envoy's rules.
 *
 * Invariants: names are lower case; pseudo-headers stand before all others; otherwise the order of arrival is kept.
 * Envoy keeps some names in one slot (slots.ts): a second value is joined to the first with a comma, so that a module
 * sees (and forwards) one line. All other names may repeat.
 */
import { type MapKind, SLOTS } from "./slots.ts";
import { assertByteString } from "./text.ts";

export type Pair = [name: string, value: string];

const isPseudo = (name: string): boolean => name.charCodeAt(0) === 0x3a;

export class HeaderMap {
  /** Entries are replaced, never changed in place: `pairs` may hand them out. */
  #entries: Pair[] = [];
  #pseudo = 0;
  readonly #slots: ReadonlySet<string>;

  constructor(kind: MapKind, pairs: readonly (readonly [string, string])[] = []) {
    this.#slots = SLOTS[kind];
    for (const [name, value] of pairs) {
      assertByteString(name);
      assertByteString(value);
      this.add(name, value);
    }
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Bytes of all names and values, as proxy_get_header_map_size reports them. */
  get byteSize(): number {
    let size = 0;
    for (const [name, value] of this.#entries) size += name.length + value.length;
    return size;
  }

  pairs(): Pair[] {
    return this.#entries.slice();
  }

  /** Envoy answers with the first value only, however often the name occurs. */
  get(name: string): string | undefined {
    const key = name.toLowerCase();
    for (const entry of this.#entries) if (entry[0] === key) return entry[1];
    return undefined;
  }

  add(name: string, value: string): void {
    const key = name.toLowerCase();
    if (this.#slots.has(key)) {
      const index = this.#entries.findIndex((entry) => entry[0] === key);
      if (index >= 0) {
        const present = this.#entries[index]![1];
        if (value !== "") this.#entries[index] = [key, present === "" ? value : `${present},${value}`];
        return;
      }
    }
    if (isPseudo(key)) this.#entries.splice(this.#pseudo++, 0, [key, value]);
    else this.#entries.push([key, value]);
  }

  /** Removes every value of the name and adds the new one, which therefore moves to the end. */
  replace(name: string, value: string): void {
    this.remove(name);
    this.add(name, value);
  }

  remove(name: string): void {
    const key = name.toLowerCase();
    const kept = this.#entries.filter((entry) => entry[0] !== key);
    if (isPseudo(key)) this.#pseudo -= this.#entries.length - kept.length;
    this.#entries = kept;
  }

  assign(pairs: readonly Pair[]): void {
    this.#entries = [];
    this.#pseudo = 0;
    for (const [name, value] of pairs) this.add(name, value);
  }
}
