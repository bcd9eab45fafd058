/**
 * Types of protobuf whose messages tell names as texts, those of OpenTelemetry among them, as a descriptor set in a file and a
 * registry.
 */
import { create, createFileRegistry, toBinary } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Type,
  FileDescriptorSetSchema,
  file_google_protobuf_any,
  file_google_protobuf_struct,
  file_google_protobuf_wrappers,
} from "@bufbuild/protobuf/wkt";
import { entry, field, message, writeSet } from "./protobuf.ts";

/** The attributes of opentelemetry-proto, by its names and numbers, in a package. */
export const telemetryTypes = (pack: string) => [
  message("KeyValue", [1, "key", "STRING"], [2, "value", `.${pack}.AnyValue`]),
  message(
    "AnyValue",
    [1, "string_value", "STRING"],
    [2, "bool_value", "BOOL"],
    [3, "int_value", "INT64"],
    [4, "double_value", "DOUBLE"],
    [5, "array_value", `.${pack}.ArrayValue`],
    [6, "kvlist_value", `.${pack}.KeyValueList`],
    [7, "bytes_value", "BYTES"],
  ),
  message("ArrayValue", [1, "values", `.${pack}.AnyValue`, "repeated"]),
  message("KeyValueList", [1, "values", `.${pack}.KeyValue`, "repeated"]),
];

const group = (number: number, name: string, type: `.${string}`) => ({
  ...field([number, name, type]),
  type: FieldDescriptorProto_Type.GROUP,
});

const set = create(FileDescriptorSetSchema, {
  file: [
    file_google_protobuf_any.proto,
    file_google_protobuf_struct.proto,
    file_google_protobuf_wrappers.proto,
    {
      name: "told.proto",
      package: "told",
      syntax: "proto2",
      dependency: ["google/protobuf/any.proto", "google/protobuf/struct.proto", "google/protobuf/wrappers.proto"],
      messageType: [
        message("Label", [1, "key", "STRING"], [2, "value", "STRING"]),
        ...telemetryTypes("told"),
        message(
          "Field",
          [1, "value", "STRING"],
          [2, "int_value", "INT64"],
          [3, "raw_value", "BYTES"],
          [4, "fieldName", "STRING"],
          [5, "id", "STRING"],
        ),
        message(
          "Wrapped",
          [1, "name", ".google.protobuf.StringValue"],
          [2, "value", ".google.protobuf.StringValue"],
          [3, "old", ".google.protobuf.Value"],
          [4, "new", ".google.protobuf.Any"],
        ),
        {
          ...message(
            "Many",
            [1, "label", "STRING"],
            [2, "values", "STRING", "repeated"],
            [3, "old", "INT32", "repeated"],
          ),
          field: [
            ...message(
              "Many",
              [1, "label", "STRING"],
              [2, "values", "STRING", "repeated"],
              [3, "old", "INT32", "repeated"],
            ).field,
            field([4, "answers", ".told.Many.AnswersEntry", "repeated"]),
            group(5, "current", ".told.Label"),
          ],
          nestedType: [entry("AnswersEntry", "STRING")],
        },
        // No pairs: names that are lists, or numbers, and values without names.
        message("Names", [1, "name", "STRING", "repeated"], [2, "value", "STRING"]),
        message("Numbers", [1, "id", "INT64"], [2, "value", "STRING"], [3, "code", "BYTES"]),
        message("Event", [1, "type", "STRING"], [2, "data", "STRING"], [3, "content", "STRING"]),
        {
          ...message(
            "All",
            [1, "labels", ".told.Label", "repeated"],
            [2, "attributes", ".told.KeyValue", "repeated"],
            [3, "fields", ".told.Field", "repeated"],
            [4, "wrapped", ".told.Wrapped"],
            [5, "many", ".told.Many"],
            [6, "names", ".told.Names"],
            [7, "numbers", ".told.Numbers"],
            [8, "event", ".told.Event"],
            [9, "given", ".told.Label"],
            [10, "extra", ".google.protobuf.Any"],
            [11, "by", ".told.All.ByEntry", "repeated"],
            [12, "document", ".google.protobuf.Struct"],
          ),
          nestedType: [entry("ByEntry", ".told.Label")],
        },
      ],
      service: [{ name: "Told", method: [{ name: "Tell", inputType: ".told.All", outputType: ".told.All" }] }],
    },
  ],
});
export const registry = createFileRegistry(set);
export const All = registry.getMessage("told.All")!;
export const descriptors = writeSet("told", toBinary(FileDescriptorSetSchema, set));
