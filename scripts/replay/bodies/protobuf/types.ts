/**
 * Message types as the proof sees them, from the registry of @bufbuild/protobuf, and fields as its reader cuts them.
 */
import {
  createFileRegistry,
  type DescExtension,
  type DescField,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  ScalarType,
} from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

/** `zero` are kinds of which no part can stay: enums, floats, doubles. */
export type Kind = "text" | "bytes" | "number" | "boolean" | "zero" | "message" | "map";

export interface FieldType {
  readonly name: string;
  /** Its name in the JSON form. */
  readonly jsonName: string;
  /** What selectors by name alone call it: nothing, of entries and of the well-known types. */
  readonly names: readonly string[];
  readonly kind: Kind;
  /** It may come more than once, and is no map. */
  readonly isList: boolean;
  /** The scalar on the wire; undefined for messages. */
  readonly scalar: ScalarType | undefined;
  /** The type of what it holds, of messages and entries. */
  readonly message: (() => MessageType) | undefined;
}

export interface MessageType {
  readonly name: string;
  readonly isEntry: boolean;
  /** Its extensions stand in groups, which no rule sees into. */
  readonly isSet: boolean;
  readonly fields: ReadonlyMap<number, FieldType>;
}

/** A field as it stands on the wire. */
export interface Field {
  readonly number: number;
  readonly wire: WireType;
  readonly raw: Uint8Array;
  /** What is behind tag and length, or between the tags of a group. */
  readonly value: Uint8Array;
}

export class Types {
  private readonly registry: FileRegistry;
  private readonly known = new Map<string, MessageType>();
  private readonly extensions: readonly DescExtension[];

  constructor(sets: readonly Uint8Array[]) {
    const files = sets.flatMap((bytes) => fromBinary(FileDescriptorSetSchema, bytes).file);
    const firsts = files.filter((file, at) => files.findIndex(({ name }) => name === file.name) === at);
    this.registry = createFileRegistry({ ...fromBinary(FileDescriptorSetSchema, new Uint8Array()), file: firsts });
    this.extensions = [...this.registry].filter((type) => type.kind === "extension");
  }

  find(name: string): MessageType | undefined {
    const found = this.registry.getMessage(name);
    return found && this.typeOf(found);
  }

  *all(): Generator<MessageType> {
    for (const type of this.registry) if (type.kind === "message") yield this.typeOf(type);
  }

  private typeOf(message: DescMessage): MessageType {
    const known = this.known.get(message.typeName);
    if (known) return known;
    const own = message.fields.map((field): [number, FieldType] => [field.number, this.fieldOf(field)]);
    const others = this.extensions.filter(({ extendee }) => extendee.typeName === message.typeName);
    const added = others.map((field): [number, FieldType] => [field.number, this.extensionOf(field)]);
    const isSet = message.proto.options?.messageSetWireFormat ?? false;
    const type = { name: message.typeName, isEntry: false, isSet, fields: new Map([...added, ...own]) };
    this.known.set(message.typeName, type);
    return type;
  }

  private fieldOf(field: DescField): FieldType {
    const { name, jsonName, parent } = field;
    const isWellKnown = parent.typeName.startsWith("google.protobuf.");
    const named = { name, jsonName, names: isWellKnown ? [] : [name, jsonName] };
    if (field.fieldKind === "map") {
      const value = { scalar: field.scalar, message: field.message };
      const entry: MessageType = {
        name: `${field.parent.typeName} ${name}`,
        isEntry: true,
        isSet: false,
        fields: new Map([
          [1, this.plain("key", { scalar: field.mapKey, message: undefined })],
          [2, this.plain("value", value)],
        ]),
      };
      return { ...named, kind: "map", isList: false, scalar: undefined, message: () => entry };
    }
    const isList = field.fieldKind === "list";
    return { ...this.plain(name, { scalar: field.scalar, message: field.message }), ...named, isList };
  }

  /** Named by its full name in brackets. */
  private extensionOf(field: DescExtension): FieldType {
    const name = `[${field.typeName}]`;
    const type = this.plain(name, { scalar: field.scalar, message: field.message });
    const names = [...new Set([field.name, field.proto.jsonName])];
    return { ...type, names, isList: field.fieldKind === "list" };
  }

  private plain(
    name: string,
    { scalar, message }: { scalar: ScalarType | undefined; message: DescMessage | undefined },
  ): FieldType {
    const named = { name, jsonName: name, names: [], isList: false };
    if (message) return { ...named, kind: "message", scalar: undefined, message: () => this.typeOf(message) };
    // An enum is an int32 on the wire.
    return { ...named, kind: kindOf(scalar), scalar: scalar ?? ScalarType.INT32, message: undefined };
  }
}

function kindOf(scalar: ScalarType | undefined): Kind {
  switch (scalar) {
    case ScalarType.STRING:
      return "text";
    case ScalarType.BYTES:
      return "bytes";
    case ScalarType.BOOL:
      return "boolean";
    case undefined:
    case ScalarType.FLOAT:
    case ScalarType.DOUBLE:
      return "zero";
    default:
      return "number";
  }
}

/** The fields of a message; undefined when it is none. */
export function fieldsOf(message: Uint8Array): Field[] | undefined {
  const reader = new BinaryReader(message);
  const fields: Field[] = [];
  try {
    while (reader.pos < reader.len) {
      const start = reader.pos;
      const [number, wire] = reader.tag();
      const from = reader.pos;
      const last = wire === WireType.StartGroup ? skipGroup(reader, number) : undefined;
      if (last === undefined) reader.skip(wire, number);
      const end = reader.pos;
      if (end > reader.len) return undefined;
      const value =
        wire === WireType.LengthDelimited
          ? new BinaryReader(message.subarray(from, end)).bytes()
          : message.subarray(from, last ?? end);
      fields.push({ number, wire, raw: message.subarray(start, end), value });
    }
  } catch {
    return undefined;
  }
  return fields;
}

/** Skips a group to behind its end tag; where that begins. */
function skipGroup(reader: BinaryReader, number: number): number {
  for (;;) {
    const at = reader.pos;
    const [found, wire] = reader.tag();
    if (wire !== WireType.EndGroup) reader.skip(wire, found);
    else if (found === number) return at;
    else throw new Error("the end of another group");
  }
}

/** The numbers in the value of a field, as texts: one, or those that are packed. */
export function numbersIn({ wire, value }: Field, scalar: ScalarType): string[] | undefined {
  const reader = new BinaryReader(value);
  const numbers: string[] = [];
  try {
    do {
      if (wire === WireType.LengthDelimited && reader.pos === reader.len) break;
      numbers.push(String(readScalar(reader, scalar)));
    } while (wire === WireType.LengthDelimited);
  } catch {
    return undefined;
  }
  return numbers;
}

function readScalar(reader: BinaryReader, scalar: ScalarType): number | bigint | string | boolean {
  switch (scalar) {
    case ScalarType.INT32:
      return reader.int32();
    case ScalarType.INT64:
      return reader.int64();
    case ScalarType.UINT32:
      return reader.uint32();
    case ScalarType.UINT64:
      return reader.uint64();
    case ScalarType.SINT32:
      return reader.sint32();
    case ScalarType.SINT64:
      return reader.sint64();
    case ScalarType.FIXED32:
      return reader.fixed32();
    case ScalarType.FIXED64:
      return reader.fixed64();
    case ScalarType.SFIXED32:
      return reader.sfixed32();
    case ScalarType.SFIXED64:
      return reader.sfixed64();
    case ScalarType.FLOAT:
      return reader.float();
    case ScalarType.DOUBLE:
      return reader.double();
    case ScalarType.BOOL:
      return reader.bool();
    default:
      throw new Error("no number");
  }
}
