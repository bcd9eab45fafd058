// Every golden case at every cut: in one piece, in every two pieces, and byte by byte, through the engine and through the
// release filter in the embedded host. What leaves is the same bytes each time, and what is refused the same code.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Engine, type Result } from "../support/engine.ts";
import { Filter } from "../support/engine-filter.ts";
import { binaryOf } from "../support/engine-policy.ts";
import { type Example, readCases } from "./read.ts";

/** Longer inputs are cut near both ends and at this many places between. */
const EVERY_CUT = 600;
const PLACES = 97;

let engine: Engine;
let filter: Filter;
beforeAll(async () => {
  engine = await Engine.load();
  filter = new Filter();
});

function cuts({ length }: Uint8Array): number[] {
  const all = Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1);
  if (length <= EVERY_CUT) return all;
  const step = Math.floor(length / PLACES);
  return all.filter((at) => at <= 40 || at >= length - 40 || at % step === 0);
}

/** Readable when it is text, exact when it is not. */
const shown = (bytes: Uint8Array) => {
  const text = Buffer.from(bytes).toString();
  const exact = Buffer.from(text).equals(bytes) ? text : Buffer.from(bytes).toString("latin1");
  return exact.length > 2_000 ? `${exact.slice(0, 900)} … ${exact.length} … ${exact.slice(-900)}` : exact;
};

function verdict({ error, output }: Result): string {
  return error === undefined ? shown(output) : `refused: ${error}`;
}

function replay({ input, expected }: Example, rewrite: (cut: number | "each" | "whole") => Result): void {
  const wanted = typeof expected === "string" ? `refused: ${expected}` : shown(expected);
  for (const cut of ["whole", "each", ...cuts(input)] as const) {
    const result = rewrite(cut);
    const found = verdict(result);
    // Long texts are shown in part, so the bytes are compared as well.
    const same = typeof expected === "string" || Buffer.from(result.output).equals(expected);
    if (found !== wanted || !same) expect(`cut ${cut}: ${found}`).toBe(`cut ${cut}: ${wanted}`);
  }
}

function pieces(input: Uint8Array, cut: number | "each" | "whole"): Uint8Array[] {
  if (cut === "whole") return [input];
  if (cut === "each") return Array.from(input, (_, index) => input.subarray(index, index + 1));
  return [input.subarray(0, cut), input.subarray(cut)];
}

for (const file of readdirSync(import.meta.dirname).filter((name) => name.endsWith(".md"))) {
  describe(file, () => {
    for (const { title, policy, contentType, examples } of readCases(
      readFileSync(join(import.meta.dirname, file), "utf8"),
    )) {
      describe(title, () => {
        const binary = binaryOf(policy);
        // The engine reads JSON. The filter knows that no body at all is no document; the engine is never asked.
        if (contentType === "application/json") {
          test.each(examples)("line $line, engine", (example) => {
            engine.use(binary);
            if (example.input.length > 0) replay(example, (cut) => engine.rewrite(pieces(example.input, cut)));
          });
        }
        test.each(examples)("line $line, filter", (example) => {
          filter.use(binary);
          replay(example, (cut) =>
            filter.rewrite(example.input, cut === "whole" ? undefined : cut === "each" ? cut : [cut], contentType),
          );
        });
      });
    }
  });
}
