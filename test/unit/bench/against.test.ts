/** Two builds side by side: this one against itself, in one round. What it takes is not asserted. */
import { expect, test } from "vitest";
import { packageRoot } from "../../../scripts/wasm.ts";
import { shares } from "../../bench/against.ts";

test("a checkout beside itself, the rows that are asked for", async () => {
  const rows = [];
  for await (const row of shares(packageRoot, ["no-op, order, 1 KB", "form"], 1)) rows.push(row);
  expect(rows.map(({ row }) => row)).toEqual(["engine, no-op, order, 1 KB", "filter, form"]);
  for (const { share } of rows) expect(share).toBeGreaterThan(0);
});
