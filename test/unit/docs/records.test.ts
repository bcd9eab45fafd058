// Lines of files that the pages show are read by what reads such files: a record of the audit log, a recording.

import { expect, test } from "vitest";
import { isRecord } from "../../../scripts/audit/record.ts";
import { parseRecordings } from "../../../scripts/replay/recording.ts";
import { readPage } from "./pages.ts";

const blockOf = (page: string, start: string) =>
  readPage(page)
    .blocks.find(({ text }) => text.startsWith(start))!
    .text.replaceAll(/\n */g, " ");

test("a record of the audit log, whose dots stand for a hash", () => {
  const line = blockOf("docs/audit.md", '{"data"').replaceAll("…", "0f".repeat(32));
  expect(isRecord(JSON.parse(line))).toBe(true);
  expect(Object.keys(JSON.parse(line) as object).toSorted()).toEqual(Object.keys(JSON.parse(line) as object));
});

test("a recording of gRPC, whose dots stand for a message", () => {
  const line = blockOf("docs/grpc.md", '{"request"').replace('"..."', '"AAAAAAA="');
  expect(parseRecordings(line, "grpc.ndjson")).toHaveLength(1);
});
