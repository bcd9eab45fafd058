// `discover` over protobuf types that contain themselves: their fields are told at whatever depth, by what is proposed and
// by what a policy leaves open.

import { create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, file_google_protobuf_struct } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { entry, message, writeSet } from "../../support/protobuf.ts";
import { folderWith, frostglass } from "../cli/support.ts";

const method = (name: string, input: string) => ({ name, inputType: input, outputType: ".google.protobuf.Value" });

const types = create(FileDescriptorSetSchema, {
  file: [
    file_google_protobuf_struct.proto,
    {
      name: "family.proto",
      package: "family",
      syntax: "proto3",
      dependency: ["google/protobuf/struct.proto"],
      messageType: [
        message("Query", [1, "person", ".family.Person"], [2, "phone_number", "STRING"]),
        {
          ...message(
            "Person",
            [1, "email", "STRING"],
            [2, "employer", ".family.Company"],
            [3, "children", ".family.Person", "repeated"],
            [4, "friends", ".family.Person.FriendsEntry", "repeated"],
            [5, "home", ".family.Address"],
            [6, "date_of_birth", ".google.protobuf.Struct"],
          ),
          nestedType: [entry("FriendsEntry", ".family.Person")],
        },
        message("Company", [1, "iban", "STRING"], [2, "owner", ".family.Person"]),
        message("Address", [1, "street", "STRING"]),
      ],
      service: [{ name: "Registry", method: [method("Find", ".family.Query"), method("Put", ".family.Person")] }],
    },
  ],
});
const set = writeSet("family", toBinary(FileDescriptorSetSchema, types));

const everywhere = ["grpc:*/*:**.street", "grpc:*/*:**.date_of_birth", "grpc:*/*:phone_number"];
const policyOf = (...select: string[]) => ({
  name: "p",
  activation: { verify: "presence" },
  protobuf: { descriptors: set },
  rules: [{ name: "r", select, action: "redact" }],
});

async function uncovered(...select: string[]): Promise<string[]> {
  const cwd = folderWith({ "p.json": policyOf(...select) });
  const { out } = await frostglass(["discover", "--policy", "p.json", set, "--json"], { cwd });
  return (JSON.parse(out).uncovered as { selector: string }[]).map(({ selector }) => selector).sort();
}

test("a field of a type that contains itself is proposed by its type, all others by their path", async () => {
  const { out } = await frostglass(["discover", set], { cwd: folderWith({}) });
  const { compiled, diagnostics } = compilePolicy({ path: "p.json", text: out });
  expect(diagnostics).toEqual([]);
  const selected = compiled!.rules.flatMap(({ selectors }) => selectors.map(({ expression }) => expression));
  expect(selected).toEqual(
    expect.arrayContaining([
      "family.Registry/Find:phone_number",
      "family.Person:email",
      "family.Person:home.street",
      "family.Company:iban",
      "family.Person:date_of_birth.**.string_value",
    ]),
  );
  expect(selected.filter((one) => one.includes("email"))).toEqual(["family.Person:email"]);
});

test("it is covered where it is selected at every depth", async () => {
  expect(await uncovered("proto:family.Person:email", "named:iban", ...everywhere)).toEqual([]);
  expect(await uncovered("grpc:*/*:**.email", "grpc:family.Registry/*:**.iban", ...everywhere)).toEqual([]);
});

test("it is open where a policy selects it at some depths alone", async () => {
  const some = ["grpc:*/Find:person.email", "grpc:*/Find:person.children.email", "grpc:*/Put:email"];
  expect(await uncovered(...some, "named:iban", ...everywhere)).toEqual(["proto:family.Person:email"]);
  const other = ["grpc:*/*:**.email", "grpc:*/Find:**.iban", "grpc:*/Put:employer.iban"];
  expect(await uncovered(...other, ...everywhere)).toEqual(["proto:family.Company:iban"]);
  expect(await uncovered("named:email", "named:iban", "named:street", "named:phone_number")).toEqual(
    ["bool_value", "key", "null_value", "number_value", "string_value"].map(
      (name) => `proto:family.Person:date_of_birth.**.${name}`,
    ),
  );
});
