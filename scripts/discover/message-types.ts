/**
 * The fields of a message type, each with the selector that selects it at whatever depth it can stand.
 *
 * Invariants: a type inside itself is walked once on each way to it; what stands in it is told by the type, as
 * `proto:shop.Person:email`, and of the well-known types, which stand below fields of other names, by the field that holds
 * them, as `meta.**.string_value`. `samples` are paths on which a selector can be asked whether it selects the field: the
 * first one and, of types that contain themselves, those behind each way back, once and twice.
 */
import { isWellKnown } from "../policy/protobuf/descriptors.ts";
import type { FieldType, MessageType } from "../replay/bodies/protobuf/types.ts";

export interface TypeField {
  readonly place: "grpc" | "proto";
  /** `METHOD:PATH` or `TYPE:PATH`. */
  readonly expression: string;
  readonly names: readonly string[];
  readonly type: MessageType;
  readonly field: FieldType;
  /** From the message of the method. */
  samples(): string[];
}

/** A type on the way to a field, and the path on which it was entered. */
interface Entered {
  readonly type: MessageType;
  readonly path: string;
}

/** What the selector of a field begins with. */
interface Told {
  readonly place: "grpc" | "proto";
  readonly prefix: string;
  /** Behind `**`, where names on the way are left out. */
  readonly isDeep: boolean;
  /** The types on the way that contain themselves. */
  readonly within: readonly Entered[];
}

/** So many paths are asked about. */
const mostSamples = 200;

export class TypeWalk {
  readonly #isRecursive = new Map<string, boolean>();
  /** By type: the paths from it to itself. */
  readonly #loops = new Map<string, Set<string>>();

  /** The fields of the message of a method. */
  fieldsOf(type: MessageType, method: string): Generator<TypeField> {
    const whole: Told = { place: "grpc", prefix: `${method}:`, isDeep: false, within: [] };
    return this.#walk({ type, path: "" }, whole, [], []);
  }

  *#walk(here: Entered, before: Told, names: readonly string[], outer: readonly Entered[]): Generator<TypeField> {
    const { type, path } = here;
    const told = this.#isIn(type) ? enter(here, before) : before;
    const trail = [...outer, here];
    for (const field of type.fields.values()) {
      const inner = field.message?.();
      const below = namesBelow(type, field, names);
      if (inner === undefined) yield this.#fieldAt(here, told, field, below);
      else if (trail.some((one) => one.type.name === inner.name)) this.#close(trail, inner, `${path}${field.name}.`);
      else {
        const prefix = told.isDeep ? told.prefix : `${told.prefix}${field.name}.`;
        yield* this.#walk({ type: inner, path: `${path}${field.name}.` }, { ...told, prefix }, below, trail);
      }
    }
  }

  #fieldAt({ type, path }: Entered, told: Told, field: FieldType, names: readonly string[]): TypeField {
    const own = path + field.name;
    const samples = (): string[] => {
      let paths = [""];
      let at = 0;
      for (const { type, path } of told.within) {
        const loops = [...(this.#loops.get(type.name) ?? [])];
        const ways = ["", ...loops, ...loops.map((loop) => loop + loop)].map((way) => own.slice(at, path.length) + way);
        paths = paths.flatMap((before) => ways.map((way) => before + way)).slice(0, mostSamples);
        at = path.length;
      }
      return paths.map((before) => before + own.slice(at));
    };
    return { place: told.place, expression: told.prefix + field.name, names, type, field, samples };
  }

  /** A type came again, at `end`: each type since it was entered has come again. */
  #close(trail: readonly Entered[], inner: MessageType, end: string): void {
    const from = trail.findIndex(({ type }) => type.name === inner.name);
    const start = trail[from]!.path;
    for (const { type, path } of trail.slice(from)) {
      const loops = this.#loops.get(type.name) ?? new Set();
      loops.add(end.slice(path.length) + path.slice(start.length));
      this.#loops.set(type.name, loops);
    }
  }

  /** Whether a message of the type can hold another one of it; what an Any holds is not known. */
  #isIn(type: MessageType): boolean {
    const known = this.#isRecursive.get(type.name);
    if (known !== undefined) return known;
    const held = new Map<string, MessageType>();
    const add = ({ fields }: MessageType): void => {
      for (const inner of [...fields.values()].flatMap((field) => field.message?.() ?? [])) held.set(inner.name, inner);
    };
    add(type);
    // A map grows while it is walked, and the walk goes on over what is new.
    for (const inner of held.values()) add(inner);
    this.#isRecursive.set(type.name, held.has(type.name));
    return held.has(type.name);
  }
}

/** How fields are told from here on, in a type that contains itself. */
function enter(here: Entered, told: Told): Told {
  const { type } = here;
  // An entry is a part of the type that has the map.
  const within = [...told.within, here];
  if (told.isDeep) return { ...told, within };
  if (isWellKnown(type.name)) return { ...told, prefix: `${told.prefix}**.`, isDeep: true, within };
  return type.isEntry ? told : { place: "proto", prefix: `${type.name}:`, isDeep: false, within };
}

/** The key of a map is data, and its value has the name of the map. */
export function namesBelow(type: MessageType, field: FieldType, names: readonly string[]): readonly string[] {
  if (type.isEntry) return field.name === "key" ? [...names, ""] : names;
  return isWellKnown(type.name) ? names : [...names, field.name];
}
