/**
 * A manifest file as a person wrote it: its documents as values, and the place of each member for diagnostics.
 *
 * Invariant: what is checked is what a cluster would read: YAML with duplicate keys, unresolved aliases or a syntax error
 * is refused, and a JSON file is YAML too.
 */
import { type Document, isMap, isNode, isScalar, LineCounter, parseAllDocuments } from "yaml";
import type { Diagnostic } from "../../policy/diagnostics.ts";
import type { Json, JsonObject } from "../filter.ts";

export type Path = readonly (string | number)[];

/** One resource, or one piece of Envoy's configuration, in a file. */
export class Manifest {
  readonly value: JsonObject;
  readonly #file: ManifestFile;
  readonly #document: Document;

  constructor(file: ManifestFile, document: Document, value: JsonObject) {
    this.#file = file;
    this.#document = document;
    this.value = value;
  }

  error(code: string, path: Path, message: string, remedy: string): void {
    this.#file.report("error", code, this.#offset(path), message, remedy);
  }

  warning(code: string, path: Path, message: string, remedy: string): void {
    this.#file.report("warning", code, this.#offset(path), message, remedy);
  }

  /** Where the member stands: its key, or the nearest thing around it that is there. */
  #offset(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const parent = this.#document.getIn(path.slice(0, length - 1), true);
      const step = path[length - 1];
      const key = isMap(parent)
        ? parent.items.find((pair) => isScalar(pair.key) && pair.key.value === step)?.key
        : undefined;
      const node = key ?? this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    const root = this.#document.contents;
    return isNode(root) && root.range ? root.range[0] : 0;
  }
}

export class ManifestFile {
  readonly diagnostics: Diagnostic[] = [];
  readonly manifests: Manifest[] = [];
  readonly #path: string;
  readonly #lines = new LineCounter();

  constructor(path: string, text: string) {
    this.#path = path;
    for (const document of parseAllDocuments(text, { lineCounter: this.#lines })) {
      for (const { pos, message } of document.errors) {
        this.report("error", "yaml", pos[0], message.split("\n")[0]!.replace(/ at line.*$/, ""), "correct the YAML");
      }
      if (document.errors.length > 0) continue;
      const value = document.toJS() as Json;
      if (isObject(value)) this.manifests.push(new Manifest(this, document, value));
    }
  }

  report(severity: Diagnostic["severity"], code: string, offset: number, message: string, remedy: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.diagnostics.push({ severity, code, file: this.#path, line, column: col, message, remedy });
  }
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A member by its name in a proto file, in either spelling that protobuf's JSON allows. */
export function field(object: Json | undefined, name: string): Json | undefined {
  if (!isObject(object)) return undefined;
  return object[name] ?? object[name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())];
}

/** The members along a path, in either spelling. */
export function fieldIn(value: Json | undefined, ...names: string[]): Json | undefined {
  return names.reduce<Json | undefined>((within, name) => field(within, name), value);
}

/** Everything in a value, outside in, with its path. */
export function* walk(value: Json, path: Path = []): Generator<[JsonObject, Path]> {
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) yield* walk(element, [...path, index]);
  } else if (isObject(value)) {
    yield [value, path];
    for (const [name, member] of Object.entries(value)) yield* walk(member, [...path, name]);
  }
}
