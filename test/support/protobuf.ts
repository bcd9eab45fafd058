/**
 * A shop's protobuf types for tests, as a descriptor set in a file and as a registry of @bufbuild/protobuf, and its messages
 * on the wire.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Message,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import {
  AnySchema,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
  file_google_protobuf_any,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";

export type Field = [
  number: number,
  name: string,
  type: keyof typeof Type | `.${string}`,
  label?: "repeated" | "required",
];

const labels = { repeated: Label.REPEATED, required: Label.REQUIRED };

/** A field as descriptors have it; of types with a leading dot all but the shop's enum are messages. */
export const field = ([number, name, type, label]: Field) => ({
  number,
  name,
  jsonName: name.replaceAll(/_+(.?)/g, (_, next: string) => next.toUpperCase()),
  label: label ? labels[label] : Label.OPTIONAL,
  ...(type.startsWith(".")
    ? { type: type === ".shop.Color" ? Type.ENUM : Type.MESSAGE, typeName: type }
    : { type: Type[type as keyof typeof Type] }),
});

export const message = (name: string, ...fields: Field[]) => ({ name, field: fields.map(field) });

export const entry = (name: string, value: Field[2]) => ({
  ...message(name, [1, "key", "STRING"], [2, "value", value]),
  options: { mapEntry: true },
});

const method = (name: string, clientStreaming: boolean, serverStreaming: boolean) => ({
  name,
  inputType: ".shop.Order",
  outputType: ".shop.Receipt",
  clientStreaming,
  serverStreaming,
});

const order = message(
  "Order",
  [1, "id", "STRING"],
  [2, "card", ".shop.Card"],
  [3, "cards", ".shop.Card", "repeated"],
  [4, "labels", ".shop.Order.LabelsEntry", "repeated"],
  [5, "wallet", ".shop.Order.WalletEntry", "repeated"],
  [6, "iban", "STRING"],
  [7, "other_card", ".shop.Card"],
  [8, "extra", ".google.protobuf.Any"],
  [9, "points", "INT32", "repeated"],
  [10, "deltas", "SINT64", "repeated"],
  [11, "amount", "DOUBLE"],
  [12, "gift", "BOOL"],
  [13, "color", ".shop.Color"],
  [14, "serial", "FIXED64"],
  [15, "shift", "SFIXED32"],
  [16, "count", "UINT32"],
  [17, "tags", "STRING", "repeated"],
  [18, "ratio", "FLOAT"],
  [19, "prices", "DOUBLE", "repeated"],
  [20, "total", "UINT64"],
  [200, "note", "STRING"],
);

/** The types of the shop. */
export const shopSet: FileDescriptorSet = create(FileDescriptorSetSchema, {
  file: [
    file_google_protobuf_any.proto,
    {
      name: "shop.proto",
      package: "shop",
      syntax: "proto3",
      dependency: ["google/protobuf/any.proto"],
      enumType: [
        {
          name: "Color",
          value: [
            { name: "NONE", number: 0 },
            { name: "RED", number: 1 },
          ],
        },
      ],
      messageType: [
        message(
          "Card",
          [1, "number", "STRING"],
          [2, "month", "INT32"],
          [3, "pan", "INT64"],
          [4, "seal", "BYTES"],
          [5, "backup", ".shop.Card"],
        ),
        { ...order, nestedType: [entry("LabelsEntry", "STRING"), entry("WalletEntry", ".shop.Card")] },
        message("Receipt", [1, "id", "STRING"], [2, "card", ".shop.Card"]),
      ],
      service: [
        {
          name: "Checkout",
          method: [
            method("Pay", false, false),
            method("Upload", true, false),
            method("Watch", false, true),
            method("Chat", true, true),
          ],
        },
      ],
    },
  ],
});

const folder = join(import.meta.dirname, "../../build/test");

/** Writes a descriptor set for policies to name; its path. */
export function writeSet(name: string, set: Uint8Array): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.binpb`);
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, set);
  renameSync(aside, path);
  return path;
}

export const shopFile: string = writeSet("shop", toBinary(FileDescriptorSetSchema, shopSet));

export const shop = createFileRegistry(shopSet);

export const typeNamed = (name: string): DescMessage => {
  const type = shop.getMessage(name);
  if (!type) throw new Error(`there is no message ${name}`);
  return type;
};

/** A message of the shop from its JSON. */
export const encode = (name: string, json: JsonValue): Uint8Array =>
  toBinary(typeNamed(name), fromJson(typeNamed(name), json, { registry: shop }));

export const decode = (name: string, bytes: Uint8Array): Message => fromBinary(typeNamed(name), bytes);

/** A message of the shop as JSON. */
export const jsonOf = (name: string, bytes: Uint8Array): JsonValue =>
  toJson(typeNamed(name), decode(name, bytes), { registry: shop, useProtoFieldName: true });

/** A gRPC message: flag, length, bytes. */
export function frame(bytes: Uint8Array, flag = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** The messages of a gRPC body. */
export function frames(body: Uint8Array): Buffer[] {
  const bytes = Buffer.from(body);
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    found.push(bytes.subarray(at + 5, end));
    at = end;
  }
  return found;
}

export { AnySchema };
