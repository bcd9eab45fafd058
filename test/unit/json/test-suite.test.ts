// JSONTestSuite through the engine, under policies that select nothing in it and under policies that select: y_ files
// pass byte for byte, n_ files are refused, i_ files have the outcome that implementation-defined.ts decides and explains.
// Each file in one piece and in chunks of several sizes, cut at each place when it is short; and through the release
// filter, in which an empty body alone differs: it is no document, and there is nothing in it to leak.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { written } from "../../fuzz/policies.ts";
import { corpus, titleOf } from "../../support/corpora.ts";
import { Engine, type Result } from "../../support/engine.ts";
import { Filter } from "../../support/engine-filter.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { Oracle, type OraclePolicy } from "../../support/oracle.ts";
import { implementationDefined } from "./implementation-defined.ts";

const folder = "json/JSONTestSuite/test_parsing";
const path = corpus(folder);
const files = path
  ? readdirSync(path)
      .filter((name) => name.endsWith(".json"))
      .sort()
  : [];
const read = (name: string): Uint8Array => readFileSync(join(path!, name));

const policy = (select: string[], action: "strip" | "redact", unmatched: OraclePolicy["unmatched"] = "pass") => ({
  rules: select.length === 0 ? [] : [{ select, action: { kind: action } as const }],
  unmatched,
  value: 16384,
});
const nothing = policy(["$.selects.nothing"], "strip");
const selecting: Record<string, OraclePolicy> = {
  "$..*": policy(["$..*"], "redact"),
  $: policy(["$"], "redact"),
  "$[0] and $.a": policy(["$[0]", "$.a"], "strip"),
  unmatched: policy([], "redact", "redact"),
};

const SIZES = [1, 2, 3, 7, 16, 17, 64];
/** Files above it (nesting, mostly) are cut at `SIZES` only. */
const SHORT = 120;

let engine: Engine;
let filter: Filter;
beforeAll(async () => {
  engine = await Engine.load();
  filter = new Filter();
});

function* chunkings(bytes: Uint8Array): Generator<Uint8Array[]> {
  yield [bytes];
  for (const size of SIZES) {
    if (bytes.length / size > 20_000 || size >= bytes.length) continue;
    yield Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
  }
  if (bytes.length > SHORT) return;
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
}

/** The results of all chunkings, which must be one. */
function resultOf(bytes: Uint8Array): Result {
  const [first, ...others] = [...chunkings(bytes)].map((chunks) => engine.rewrite(chunks));
  for (const other of others) {
    expect(other.error).toBe(first!.error);
    if (first!.error === undefined) expect(Buffer.from(other.output).equals(first!.output)).toBe(true);
  }
  return first!;
}

const outcomeOf = ({ error }: Result) => error ?? "forwarded";

describe.skipIf(!path)(titleOf("JSONTestSuite", folder), () => {
  describe("a policy that selects nothing", () => {
    test.each(files)("%s", (name) => {
      engine.use(binaryOf(written(nothing)));
      filter.use(binaryOf(written(nothing)));
      const bytes = read(name);
      const found = resultOf(bytes);
      if (name.startsWith("n_")) expect(outcomeOf(found)).not.toBe("forwarded");
      else if (name.startsWith("y_")) expect(outcomeOf(found)).toBe("forwarded");
      else expect(outcomeOf(found)).toBe(implementationDefined[name]?.[0]);
      if (found.error === undefined) expect(Buffer.from(found.output).equals(bytes)).toBe(true);

      const whole = filter.rewrite(bytes);
      expect(outcomeOf(whole)).toBe(bytes.length === 0 ? "forwarded" : outcomeOf(found));
      if (whole.error === undefined) expect(Buffer.from(whole.output).equals(bytes)).toBe(true);
      else expect(whole.output.length).toBe(0);
    });
  });

  describe.each(Object.entries(selecting))("a policy that selects: %s", (_, selects) => {
    test.each(files)("%s", (name) => {
      engine.use(binaryOf(written(selects)));
      const bytes = read(name);
      const found = resultOf(bytes);
      if (name.startsWith("n_")) {
        expect(outcomeOf(found)).not.toBe("forwarded");
        return;
      }
      if (implementationDefined[name] && implementationDefined[name][0] !== "forwarded") {
        expect(outcomeOf(found)).toBe(implementationDefined[name][0]);
        return;
      }
      const wanted = new Oracle(selects).expect(Buffer.from(bytes).toString());
      expect("error" in wanted ? wanted.error : wanted.text).toBe(found.error ?? Buffer.from(found.output).toString());
    });
  });

  test("every implementation-defined file is decided, and no other", () => {
    const open = files.filter((name) => name.startsWith("i_") && !implementationDefined[name]);
    expect(open).toEqual([]);
    expect(Object.values(implementationDefined).every(([, reason]) => reason.length > 0)).toBe(true);
  });
});
