// Patterns as a position automaton (Glushkov): a state is a place in a pattern that reads one byte, so there are no
// empty moves to close over. Position lists of all patterns stand in one array.

import type { Node } from "./pattern.ts";
import type { ByteRange } from "./utf8.ts";

export class Positions {
  /** Bytes that a position reads. */
  readonly reads: (readonly ByteRange[])[] = [];
  /** Positions that may come next. */
  readonly follow: number[][] = [];
  /** Pattern that ends behind a position, or -1. */
  readonly ends: number[] = [];

  /** Adds a pattern; the positions that it may start with. */
  add(node: Node, pattern: number): number[] {
    const { first, last } = this.#build(node);
    for (const position of last) this.ends[position] = pattern;
    return first;
  }

  #build(node: Node): { first: number[]; last: number[]; empty: boolean } {
    if (node.kind === "bytes") {
      const position = this.reads.push(node.ranges) - 1;
      this.follow.push([]);
      this.ends.push(-1);
      return { first: [position], last: [position], empty: false };
    }
    if (node.kind === "sequence") return this.#sequence(node.items.map((item) => () => this.#build(item)));
    if (node.kind === "choice") {
      const parts = node.items.map((item) => this.#build(item));
      return {
        first: parts.flatMap(({ first }) => first),
        last: parts.flatMap(({ last }) => last),
        empty: parts.some(({ empty }) => empty),
      };
    }
    return this.#repeat(node.item, node.min, node.max);
  }

  #sequence(parts: (() => { first: number[]; last: number[]; empty: boolean })[]) {
    let whole = { first: [] as number[], last: [] as number[], empty: true };
    for (const build of parts) {
      const next = build();
      this.#link(whole.last, next.first);
      whole = {
        first: whole.empty ? [...whole.first, ...next.first] : whole.first,
        last: next.empty ? [...whole.last, ...next.last] : next.last,
        empty: whole.empty && next.empty,
      };
    }
    return whole;
  }

  /** `x{2,4}` is `xx(x(x)?)?`; `x{2,}` is `xx+`. */
  #repeat(item: Node, min: number, max: number) {
    const once = () => this.#build(item);
    const optional = () => ({ ...this.#build(item), empty: true });
    const looped = () => {
      const part = this.#build(item);
      this.#link(part.last, part.first);
      return part;
    };
    const parts = Array.from({ length: min }, () => once);
    if (max === Number.POSITIVE_INFINITY) {
      if (min === 0) return { ...looped(), empty: true };
      return this.#sequence([...parts.slice(1), looped]);
    }
    // A skipped optional part skips all behind it, so each later one is entered from its neighbour only.
    if (max === min) return this.#sequence(parts);
    const head = this.#sequence(parts);
    const ends = [...head.last];
    let before = head;
    const first = [...head.first];
    for (let count = min; count < max; count++) {
      const next = optional();
      this.#link(before.last, next.first);
      if (before.empty && count === min) first.push(...next.first);
      ends.push(...next.last);
      before = { ...next, empty: false };
    }
    return { first, last: ends, empty: head.empty };
  }

  #link(from: readonly number[], to: readonly number[]): void {
    for (const position of from) {
      const list = this.follow[position]!;
      for (const next of to) if (!list.includes(next)) list.push(next);
    }
  }
}
