// The descriptor set of which the pages speak: services, messages and fields under the names that stand there.

import { create, toBinary } from "@bufbuild/protobuf";
import {
  FileDescriptorSetSchema,
  file_google_protobuf_any,
  file_google_protobuf_struct,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import { entry, field, message } from "../../support/protobuf.ts";

const service = (name: string, method: string, inputType: string) => ({
  name,
  method: [{ name: method, inputType, outputType: ".shop.Receipt" }],
});

const goods = message(
  "Goods",
  [1, "items", ".shop.Payment", "repeated"],
  [2, "wallet", ".shop.Goods.WalletEntry", "repeated"],
  [3, "extra", ".google.protobuf.Any"],
  [4, "note", ".google.protobuf.Struct"],
);

const shop = {
  name: "shop.proto",
  package: "shop",
  syntax: "proto2",
  dependency: ["google/protobuf/any.proto", "google/protobuf/struct.proto"],
  messageType: [
    message("Card", [1, "number", "STRING"], [2, "card_number", "STRING"]),
    message("Customer", [1, "email", "STRING"]),
    message("Payment", [1, "id", "STRING"], [2, "card", ".shop.Card"], [3, "customer", ".shop.Customer"]),
    { ...goods, nestedType: [entry("WalletEntry", ".shop.Card")] },
    { ...message("Order", [1, "payload", "STRING"]), extensionRange: [{ start: 100, end: 200 }] },
    message("Receipt", [1, "card", ".shop.Card"]),
  ],
  extension: [{ ...field([100, "loyalty_id", "STRING"]), extendee: ".shop.Order" }],
  service: [
    service("Checkout", "Pay", ".shop.Payment"),
    service("Orders", "Pay", ".shop.Payment"),
    service("Cart", "Add", ".shop.Goods"),
  ],
};

const family = {
  name: "family.proto",
  package: "family",
  messageType: [message("Person", [1, "email", "STRING"], [2, "child", ".family.Person"])],
};

const card = { ...field([1, "card", ".old.Order.Card"]), type: Type.GROUP };
const old = {
  name: "old.proto",
  package: "old",
  syntax: "proto2",
  messageType: [{ name: "Order", field: [card], nestedType: [message("Card", [2, "number", "STRING"])] }],
};

export const descriptors: Uint8Array = toBinary(
  FileDescriptorSetSchema,
  create(FileDescriptorSetSchema, {
    file: [file_google_protobuf_any.proto, file_google_protobuf_struct.proto, shop, family, old],
  }),
);
