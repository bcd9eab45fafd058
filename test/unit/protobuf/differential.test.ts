// A bounded share of the properties of protobuf bodies against @bufbuild/protobuf; `npm run fuzz` runs the rest.
import fc from "fast-check";
import { test } from "vitest";
import { decodesAsDecided, staysAsItIs, survivesDamage } from "../../fuzz/protobuf.ts";
import { hidesFromLax } from "../../fuzz/protobuf-lax.ts";

test("a receiver decodes what the policy makes of the message", () => {
  fc.assert(decodesAsDecided, { numRuns: 150, seed: 11 });
});

test("with nothing selected every byte stays, however fields are merged, repeated and ordered", () => {
  fc.assert(staysAsItIs, { numRuns: 60, seed: 12 });
});

test("damaged messages are refused, or leave no selected value", () => {
  fc.assert(survivesDamage, { numRuns: 600, seed: 13 });
});

test("messages as no writer makes them are refused, or hide what is selected from a receiver that is out of step", () => {
  fc.assert(hidesFromLax, { numRuns: 1500, seed: 14 });
});
