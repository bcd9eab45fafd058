// A descriptor set (google/protobuf/descriptor.proto, FileDescriptorSet), as `buf build` and `protoc` write it -> the
// message types and methods that the compiler follows.
// Invariants: names are full names without a leading dot; a map is a field of kind `map` whose message is its entry; an
// extension is a field of what it extends, named by its full name in brackets, as in the text format of protobuf; a field is of
// kind `group` when its message stands between two tags, by its type (proto2) or by its features (editions).

import { fromBinary } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  FeatureSet_FieldPresence,
  FeatureSet_MessageEncoding,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import type { KIND } from "../constants.ts";

export type Kind = keyof typeof KIND;

export interface ProtoField {
  number: number;
  name: string;
  /** Its name in the JSON form, in lowerCamelCase unless the .proto file says otherwise. */
  jsonName: string;
  /** What selectors by name alone call it: the name without brackets and scope, of an extension. */
  names: readonly string[];
  kind: Kind;
  isRepeated: boolean;
  isRequired: boolean;
  /** Full name of the type, of kinds `message`, `group` and `map`. */
  message?: string;
}

export interface ProtoMessage {
  name: string;
  /** An entry of a map. */
  isEntry: boolean;
  /** Its extensions stand in groups of a type number and a message (`message_set_wire_format`), which are not read. */
  isSet: boolean;
  /** By ascending number. */
  fields: ProtoField[];
}

export interface ProtoMethod {
  /** `package.Service/Method` */
  name: string;
  input: string;
  output: string;
  clientStreams: boolean;
  serverStreams: boolean;
}

export interface Descriptors {
  messages: Map<string, ProtoMessage>;
  methods: ProtoMethod[];
}

/** The message type that holds another by its type_url. */
export const ANY = "google.protobuf.Any";
/** Documents of JSON in messages. */
export const STRUCT = "google.protobuf.Struct";
export const VALUE = "google.protobuf.Value";
export const LIST_VALUE = "google.protobuf.ListValue";

const kinds: Record<Type, Kind> = {
  [Type.DOUBLE]: "double",
  [Type.FLOAT]: "float",
  [Type.INT64]: "int64",
  [Type.UINT64]: "uint64",
  [Type.INT32]: "int32",
  [Type.FIXED64]: "fixed64",
  [Type.FIXED32]: "fixed32",
  [Type.BOOL]: "bool",
  [Type.STRING]: "string",
  [Type.GROUP]: "group",
  [Type.MESSAGE]: "message",
  [Type.BYTES]: "bytes",
  [Type.UINT32]: "uint32",
  [Type.ENUM]: "enum",
  [Type.SFIXED32]: "sfixed32",
  [Type.SFIXED64]: "sfixed64",
  [Type.SINT32]: "sint32",
  [Type.SINT64]: "sint64",
};

/** What the sets describe together; of a type or method that stands in several, the first counts. Throws on other bytes. */
export function readDescriptors(sets: readonly Uint8Array[]): Descriptors {
  const messages = new Map<string, ProtoMessage>();
  const methods = new Map<string, ProtoMethod>();
  const entries = new Set<string>();
  const extensions: Extension[] = [];
  for (const { name, package: scope, messageType, service, extension, options } of sets.flatMap(filesOf)) {
    if (name === "") throw new Error("a file of the set has no name");
    const isDelimited = options?.features?.messageEncoding === FeatureSet_MessageEncoding.DELIMITED;
    for (const message of messageType) addMessage(message, { scope, isDelimited }, messages, entries, extensions);
    extensions.push(...extension.map((field) => ({ field, scope, isDelimited })));
    for (const { name: serviceName, method } of service) {
      for (const { name: methodName, inputType, outputType, clientStreaming, serverStreaming } of method) {
        const full = `${join(scope, serviceName)}/${methodName}`;
        if (methods.has(full)) continue;
        methods.set(full, {
          name: full,
          input: bare(inputType),
          output: bare(outputType),
          clientStreams: clientStreaming,
          serverStreams: serverStreaming,
        });
      }
    }
  }
  for (const { field, scope, isDelimited } of extensions) {
    const extended = messages.get(bare(field.extendee))?.fields;
    if (extended === undefined || extended.some(({ number }) => number === field.number)) continue;
    const name = `[${join(scope, field.name)}]`;
    extended.push({ ...fieldOf(field, isDelimited), name, jsonName: name });
    extended.sort((a, b) => a.number - b.number);
  }
  for (const { fields } of messages.values()) {
    for (const field of fields) if (field.message !== undefined && entries.has(field.message)) field.kind = "map";
  }
  return { messages, methods: [...methods.values()] };
}

function filesOf(bytes: Uint8Array) {
  const { file } = fromBinary(FileDescriptorSetSchema, bytes);
  if (file.length === 0) throw new Error("it describes no file");
  return file;
}

const join = (scope: string, name: string) => (scope === "" ? name : `${scope}.${name}`);
const bare = (name: string) => name.replace(/^\./, "");

/** The scope of a name, and whether messages in fields of the file stand between two tags unless a field says otherwise. */
interface Scope {
  scope: string;
  isDelimited: boolean;
}

interface Extension extends Scope {
  field: FieldDescriptorProto;
}

function addMessage(
  { name, field, nestedType, options, extension }: DescriptorProto,
  { scope, isDelimited }: Scope,
  messages: Map<string, ProtoMessage>,
  entries: Set<string>,
  extensions: Extension[],
): void {
  const full = join(scope, name);
  for (const nested of nestedType) addMessage(nested, { scope: full, isDelimited }, messages, entries, extensions);
  extensions.push(...extension.map((each) => ({ field: each, scope: full, isDelimited })));
  if (messages.has(full)) return;
  const isEntry = options?.mapEntry ?? false;
  if (isEntry) entries.add(full);
  // The values of maps always stand behind their length.
  const fields = field.map((each) => fieldOf(each, isDelimited && !isEntry));
  const isSet = options?.messageSetWireFormat ?? false;
  messages.set(full, { name: full, isEntry, isSet, fields: fields.sort((a, b) => a.number - b.number) });
}

/** Whether the field has the name, as .proto files or as their JSON form spell it. */
export const isNamed = ({ name, jsonName }: ProtoField, text: string): boolean => name === text || jsonName === text;

/** The well-known types: names of their fields say nothing of what they hold. */
export const isWellKnown = (message: string): boolean => message.startsWith("google.protobuf.");

/** As protoc derives it where the set does not say (protobuf.dev, "ProtoJSON Format"). */
const jsonNameOf = (name: string) => name.replaceAll(/_+(.?)/g, (_, next: string) => next.toUpperCase());

function fieldOf(
  { number, name, jsonName, type, typeName, label, options }: FieldDescriptorProto,
  isDelimited: boolean,
): ProtoField {
  const encoding =
    options?.features?.messageEncoding || (isDelimited ? FeatureSet_MessageEncoding.DELIMITED : undefined);
  const isGroup = kinds[type] === "message" && encoding === FeatureSet_MessageEncoding.DELIMITED;
  const kind = isGroup ? "group" : kinds[type];
  const inJson = jsonName === "" ? jsonNameOf(name) : jsonName;
  const isRequired =
    label === FieldDescriptorProto_Label.REQUIRED ||
    options?.features?.fieldPresence === FeatureSet_FieldPresence.LEGACY_REQUIRED;
  return {
    number,
    name,
    jsonName: inJson,
    names: [...new Set([name, inJson])],
    kind,
    isRepeated: label === FieldDescriptorProto_Label.REPEATED,
    isRequired,
    ...((kind === "message" || kind === "group") && { message: bare(typeName) }),
  };
}
