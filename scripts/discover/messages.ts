/**
 * Protobuf messages of recordings and of descriptor sets, as fields: the path that a `grpc:` selector takes, the names on the
 * way, and the value where there is one.
 *
 * Invariants: a body that is no message of its method has no fields; names that the wire alone has (of map entries and of
 * well-known types) are no names.
 */
import type { CompiledPolicy } from "../policy/index.ts";
import { type Descriptors, type ProtoMethod, readDescriptors } from "../policy/protobuf/descriptors.ts";
import { isHolding, textsTold } from "../replay/bodies/protobuf/told.ts";
import {
  type Field,
  type FieldType,
  fieldsOf,
  type MessageType,
  numbersIn,
  Types,
} from "../replay/bodies/protobuf/types.ts";
import { type Message, withoutCoding, withoutMessageCoding } from "../replay/coding.ts";
import { RecordingError } from "../replay/form.ts";
import { withoutWeb } from "../replay/web.ts";
import { namesBelow, type TypeField, TypeWalk } from "./message-types.ts";
import { type ToldName, toldName } from "./reading/told.ts";

export interface MessageField {
  /** `proto` for one of a type that contains itself, `named` for one beside a text that tells its name. */
  readonly place: "grpc" | "proto" | "named";
  /** `package.Service/Method:field.path` or `package.Type:field.path`, or a name. */
  readonly expression: string;
  readonly names: readonly string[];
  /** No part of a value can stay, as of a bool: it is redacted or goes. */
  readonly isBlunt: boolean;
  /** Without it no receiver reads the message. */
  readonly isRequired: boolean;
  /** Undefined in a description. */
  readonly value?: string;
  /** The paths on which it is asked whether a policy selects it, of a description. */
  readonly samples?: readonly string[];
}

type Direction = "request" | "response";

const any = "google.protobuf.Any";
/** Paths of one method that are described: beyond, types refer to each other in too many ways. */
const most = 5000;

/** What is in the sets may refer to what is in none of them. */
function typesOf(sets: readonly Uint8Array[]): Types {
  try {
    return new Types(sets);
  } catch {
    const remedy = "write it with all imports: buf build -o FILE, or protoc --include_imports -o FILE";
    throw new RecordingError(`a descriptor set does not describe all that it refers to; ${remedy}`);
  }
}

export class Messages {
  readonly #types: Types;
  readonly #descriptors: Descriptors;
  readonly #walk = new TypeWalk();
  readonly #methods = new Map<string, Pick<ProtoMethod, "input" | "output">>();

  /** Throws when one of them is no descriptor set, or does not describe all that it refers to. */
  constructor(sets: readonly Uint8Array[], policy?: CompiledPolicy) {
    this.#descriptors = readDescriptors(sets);
    for (const method of this.#descriptors.methods) this.#methods.set(method.name, method);
    this.#types = typesOf(sets);
    // Paths that the policy names itself, where they are plain.
    for (const { method, request, response } of policy?.policy.protobuf?.bodies ?? []) {
      if (method === undefined || method.includes("*") || this.#methods.has(method)) continue;
      this.#methods.set(method, { input: request ?? "", output: response ?? "" });
    }
  }

  /** Whether a path is one of its methods. */
  knows(path: string): boolean {
    return this.#methods.has(path.split("?")[0]!.slice(1));
  }

  /** The fields of a recorded message; undefined when nothing is known of its path, or it is no protobuf. */
  recorded(direction: Direction, path: string, given: Message): MessageField[] | undefined {
    const name = path.split("?")[0]!.slice(1);
    const type = this.#typeOf(direction, name);
    const message = withoutCoding(given) ?? given;
    const messages = type && messagesOf(withoutWeb(message) ?? message);
    return messages?.flatMap((bytes) => [...this.#fields(type!, bytes, `${name}:`, [])]);
  }

  /** The fields of all methods. */
  described(): { direction: Direction; field: MessageField }[] {
    return [...this.#methods.keys()].flatMap((name) =>
      (["request", "response"] as const).flatMap((direction) => {
        const type = this.#typeOf(direction, name);
        const found: TypeField[] = [];
        for (const field of type ? this.#walk.fieldsOf(type, name) : []) if (found.push(field) === most) break;
        return found.map((one) => {
          const { place, expression, names } = one;
          const samples = one.samples().map((path) => `${name}:${path}`);
          return { direction, field: { place, expression, names, ...this.#formOf(one.type, one.field), samples } };
        });
      }),
    );
  }

  #typeOf(direction: Direction, method: string): MessageType | undefined {
    const found = this.#methods.get(method);
    return found && this.#types.find(direction === "request" ? found.input : found.output);
  }

  #formOf(type: MessageType, { name, kind }: FieldType): Pick<MessageField, "isBlunt" | "isRequired"> {
    const isBlunt = kind === "boolean" || kind === "zero" || kind === "bytes";
    const known = this.#descriptors.messages.get(type.name)?.fields.find((field) => field.name === name);
    return { isBlunt, isRequired: known?.isRequired ?? false };
  }

  /** `told` is what a text tells of the scalars in a message beside it, as attributes of telemetry have them. */
  *#fields(
    type: MessageType,
    bytes: Uint8Array,
    path: string,
    names: readonly string[],
    told?: ToldName,
  ): Generator<MessageField> {
    const fields = fieldsOf(bytes) ?? [];
    const beside = toldBy(type, fields);
    const url = type.name === any ? fields.find(({ number }) => number === 1) : undefined;
    const content = url && this.#types.find(Buffer.from(url.value).toString().split("/").at(-1)!);
    for (const one of fields) {
      const field = type.fields.get(one.number);
      if (field === undefined) continue;
      const inner = field.message?.();
      const below = namesBelow(type, field, names);
      const own = isHolding(field) ? beside : undefined;
      if (content && one.number === 2) yield* this.#fields(content, one.value, `${path}[${content.name}].`, names);
      else if (inner) yield* this.#fields(inner, one.value, `${path}${field.name}.`, below, own);
      else if (!(type.name === any && one.number === 1)) {
        const isText = field.kind === "text" || field.kind === "bytes";
        const values = isText ? [Buffer.from(one.value).toString("utf8")] : (numbersIn(one, field.scalar!) ?? []);
        const named = own ?? told;
        const spot = named
          ? { place: "named" as const, ...named }
          : { place: "grpc" as const, expression: path + field.name, names: below };
        for (const value of values) yield { ...spot, ...this.#formOf(type, field), value };
      }
    }
  }
}

/** The name that a message of these fields tells as a text, of those that are known. */
function toldBy(type: MessageType, fields: readonly Field[]): ToldName | undefined {
  for (const text of textsTold(type, fields)) {
    const told = toldName(text);
    if (told) return told;
  }
  return undefined;
}

const plainTypes = /^application\/(proto|(x-)?protobuf)\s*(;|$)/i;
const callTypes = /^application\/grpc(\+proto)?\s*(;|$)/i;

/** The messages of a body; undefined when it is none of protobuf. */
function messagesOf(message: Message): Uint8Array[] | undefined {
  const type = message.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  if (plainTypes.test(type)) return [message.body];
  const frames = callTypes.test(type) ? withoutMessageCoding(message)?.body : undefined;
  if (frames === undefined) return undefined;
  const view = Buffer.from(frames);
  const found: Uint8Array[] = [];
  for (let at = 0; at < view.length; ) {
    const end = at + 5 + view.readUInt32BE(at + 1);
    found.push(view.subarray(at + 5, end));
    at = end;
  }
  return found;
}
