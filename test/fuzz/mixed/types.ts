/**
 * Protobuf types with the names of `words.ts`, in every kind of field: maps, lists, Any, Struct, numbers, groups of one; and
 * some that tell names as texts, behind what these name or in front of it.
 */
import { create, createFileRegistry, type DescMessage, fromJson, type JsonObject, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, file_google_protobuf_any, file_google_protobuf_struct } from "@bufbuild/protobuf/wkt";
import { entry, message, writeSet } from "../../support/protobuf.ts";

const order = message(
  "Order",
  [1, "pan", "STRING"],
  [2, "card", ".mix.Card"],
  [3, "items", ".mix.Card", "repeated"],
  [4, "labels", ".mix.Order.LabelsEntry", "repeated"],
  [5, "wallet", ".mix.Order.WalletEntry", "repeated"],
  [6, "plan", ".google.protobuf.Struct"],
  [7, "extra", ".google.protobuf.Any"],
  [8, "levels", ".mix.Order.LevelsEntry", "repeated"],
  [9, "note", "STRING", "repeated"],
  [10, "data", "BYTES"],
  [11, "cvc", ".google.protobuf.Value"],
  [12, "total", "UINT64"],
  [13, "rows", ".google.protobuf.ListValue"],
  [14, "points", "INT64", "repeated"],
  [15, "order", ".mix.Order"],
  [16, "tags", ".mix.Tag", "repeated"],
  [17, "attributes", ".mix.Attribute", "repeated"],
  [18, "tag", ".mix.Tag"],
);

const set = create(FileDescriptorSetSchema, {
  file: [
    file_google_protobuf_struct.proto,
    file_google_protobuf_any.proto,
    {
      name: "mix.proto",
      package: "mix",
      syntax: "proto3",
      dependency: ["google/protobuf/struct.proto", "google/protobuf/any.proto"],
      messageType: [
        message(
          "Card",
          [1, "pan", "STRING"],
          [2, "card_number", "STRING"],
          [3, "card", ".mix.Card"],
          [4, "data", "STRING"],
          [5, "cvc", "INT32"],
          [6, "note", "BYTES", "repeated"],
          [7, "tags", ".mix.Tag", "repeated"],
        ),
        message(
          "Tag",
          [1, "value", "STRING"],
          [2, "key", "STRING"],
          [3, "int_value", "INT64"],
          [4, "field_name", "STRING"],
          [5, "answers", "STRING", "repeated"],
        ),
        message("Attribute", [1, "key", "STRING"], [2, "value", ".mix.Scalar"], [3, "old", ".google.protobuf.Value"]),
        message(
          "Scalar",
          [1, "string_value", "STRING"],
          [2, "int_value", "INT64"],
          [3, "attributes", ".mix.Attribute", "repeated"],
          [4, "card", ".mix.Card"],
        ),
        {
          ...order,
          nestedType: [
            entry("LabelsEntry", "STRING"),
            entry("WalletEntry", ".mix.Card"),
            { ...message("LevelsEntry", [1, "key", "INT32"], [2, "value", ".mix.Card"]), options: { mapEntry: true } },
          ],
        },
        message(
          "Receipt",
          [1, "note", "STRING"],
          [2, "card", ".mix.Card"],
          [3, "plan", ".google.protobuf.Struct"],
          [4, "tags", ".mix.Tag", "repeated"],
        ),
      ],
      service: [
        {
          name: "Shop",
          method: [
            { name: "Pay", inputType: ".mix.Order", outputType: ".mix.Receipt" },
            { name: "Send", inputType: ".mix.Order", outputType: ".mix.Receipt", clientStreaming: true },
            // What is sent comes back.
            { name: "Echo", inputType: ".mix.Order", outputType: ".mix.Order" },
            {
              name: "Echoes",
              inputType: ".mix.Order",
              outputType: ".mix.Order",
              clientStreaming: true,
              serverStreaming: true,
            },
          ],
        },
      ],
    },
  ],
});

const registry = createFileRegistry(set);
const typeNamed = (name: string): DescMessage => registry.getMessage(name)!;

export const descriptors: string = writeSet("mix", toBinary(FileDescriptorSetSchema, set));

/** A message of the set from its JSON. */
export const encode = (name: string, json: JsonObject): Uint8Array =>
  toBinary(typeNamed(name), fromJson(typeNamed(name), json, { registry, ignoreUnknownFields: true }));
