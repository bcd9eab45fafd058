// Finding an Envoy: what is said when there is none.
import { expect, test } from "vitest";
import { findEnvoy } from "../../scripts/envoy/binary.ts";
import { envoyPins } from "../../scripts/envoy/pins.ts";

test("ENVOY_BIN goes before everything", async () => {
  const environment = { ENVOY_BIN: process.execPath };
  expect(await findEnvoy({ version: "0.0.1" }, environment)).toBe(process.execPath);
});

test("an ENVOY_BIN that is no file is an error, not a download", async () => {
  await expect(findEnvoy({}, { ENVOY_BIN: "/nowhere/envoy" })).rejects.toThrow(
    /ENVOY_BIN names .*; correct or unset it/,
  );
});

test("an unknown version is an error with the known ones", async () => {
  await expect(findEnvoy({ version: "0.0.1" }, {})).rejects.toThrow(envoyPins.map((pin) => pin.version).join(", "));
});
