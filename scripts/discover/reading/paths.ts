/**
 * Templates of paths: which segments are parameters, told by a description, by what stands there, or by how it varies.
 *
 * Invariants: a segment that is not the same everywhere, follows the name of a collection or looks like data is never
 * shown; equal paths have equal templates whatever was read before them, once all was learned.
 */
import { decodePercent } from "../../replay/text.ts";
import type { Names } from "./names.ts";

export interface Parameter {
  /** With its parameter in braces and every other one as `*`. */
  readonly template: string;
  readonly names: readonly string[];
  readonly value: string;
}

/** So many texts at one place of a path are no names of resources. */
const many = 5;

const segmentsOf = (path: string): string[] => path.split("?", 1)[0]!.split("/").slice(1);

/** Words of one language of programs, short enough to be a name: all else may be data. */
const isWord = (segment: string): boolean =>
  /^v\d{1,3}$/.test(segment) || (/^[A-Za-z][A-Za-z_.~-]*$/.test(segment) && segment.length <= 32);

const isCollection = (segment: string | undefined): boolean =>
  segment !== undefined && /[a-z]{2}s$/i.test(segment) && !/(ss|us|is)$/i.test(segment);

/** Collections of which the resources are named by the very value. */
const keyed = /^(e-?mail|phone(-?number)?|msisdn|ssn|iban|user-?name|login)$/i;

const singular = (name: string): string => name.replace(/ies$/i, "y").replace(/([^s])s$/i, "$1");

export class Paths {
  readonly #names: Names;
  readonly #described: { readonly parts: readonly string[] }[] = [];
  readonly #varying = new Map<string, Set<string>>();

  constructor(names: Names) {
    this.#names = names;
  }

  /** A path of a description, with parameters in braces. */
  describe(template: string): void {
    const parts = segmentsOf(template);
    if (parts.some((part) => part.includes("{"))) this.#described.push({ parts });
  }

  learn(path: string): void {
    const segments = segmentsOf(path);
    segments.forEach((segment, index) => {
      const key = aroundOf(segments, index);
      const seen = this.#varying.get(key) ?? new Set<string>();
      if (index > 0 && seen.size < many) this.#varying.set(key, seen.add(segment));
    });
  }

  of(path: string): Parameter[] {
    const segments = segmentsOf(path);
    const described = this.#described.find(({ parts }) => matches(parts, segments))?.parts;
    const parts = described ?? segments.map((segment, index) => (this.#isOpen(segments, index) ? "{id}" : segment));
    return parts.flatMap((part, index): Parameter[] => {
      const [, name] = /\{([^{}]+)\}/.exec(part) ?? [];
      if (name === undefined) return [];
      const template = parts
        .map((other, at) => (!other.includes("{") ? other : at === index ? `{${name.replaceAll(/\W/g, "_")}}` : "*"))
        .join("/");
      const before = singular(parts[index - 1] ?? "");
      const names = described ? [name] : [keyed.test(before) ? before : ""];
      return [{ template: `/${template}`, names, value: decodePercent(segments[index] ?? "") }];
    });
  }

  #isOpen(segments: readonly string[], index: number): boolean {
    const segment = segments[index]!;
    if (segment === "") return false;
    return (
      !isWord(segment) ||
      isCollection(segments[index - 1]) ||
      this.#names.isData(decodePercent(segment)) ||
      (this.#varying.get(aroundOf(segments, index))?.size ?? 0) >= many
    );
  }
}

const aroundOf = (segments: readonly string[], index: number): string =>
  segments.map((segment, at) => (at === index ? "{}" : segment)).join("/");

/** A segment may be a parameter in part: the template takes it as a whole. */
const matches = (parts: readonly string[], segments: readonly string[]): boolean =>
  parts.length === segments.length &&
  parts.every((part, index) => (part.includes("{") ? segments[index] !== "" : part === segments[index]));
