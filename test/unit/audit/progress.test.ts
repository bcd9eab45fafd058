// What of an access log is new, and how it goes on record: in pieces, over several runs, behind runs that died.
import { afterAll, describe, expect, test } from "vitest";
import { bufferSource, type Mark, type Unread, unread } from "../../../scripts/audit/access-log/progress.ts";
import { recordAccessLog, type Writable } from "../../../scripts/audit/access-log/record.ts";
import { AuditLog } from "../../../scripts/audit/log.ts";
import { having, sessionsOf } from "../../../scripts/audit/session.ts";
import { digestOf } from "../../../scripts/audit/verify.ts";
import { key, logFolder } from "./support.ts";

const folder = logFolder();
afterAll(folder.remove);

const line = (minute: number, outcome = "forwarded"): string =>
  `${JSON.stringify({
    time: `2026-03-02T14:${String(minute).padStart(2, "0")}:00.000Z`,
    "http.response.status_code": 200,
    "frostglass.policy": "shop",
    "frostglass.session": "bg-1",
    "frostglass.outcome": outcome,
  })}\n`;
const lines = Array.from({ length: 12 }, (_, i) => line(i, i % 3 === 0 ? "json_syntax" : "forwarded"));
const file = Buffer.from(lines.join(""));
/** A source that comes in small chunks, as a file does in large ones. */
const inChunks = (bytes: Uint8Array, size: number) =>
  async function* (from: number) {
    for (let at = from; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
async function piecesOf(pieces: AsyncIterable<Unread>): Promise<Unread[]> {
  const all: Unread[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

const markAt = (bytes: number): Mark => ({ bytes, digest: digestOf(file.subarray(0, bytes)) });

describe("what is new", () => {
  test.each([1, 7, 64, 300])("in pieces, from chunks of %i bytes", async (size) => {
    const pieces = await piecesOf(unread(inChunks(file, size), [], 300));
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.map(({ text }) => text).join("")).toBe(file.toString());
    for (const { text, bytes, digest } of pieces) {
      expect(text.endsWith("\n")).toBe(true);
      expect(digest).toBe(digestOf(file.subarray(0, bytes)));
    }
  });

  test.each([1, 7, 4096])("behind the furthest mark that is one of the file, from chunks of %i bytes", async (size) => {
    const at = lines.slice(0, 4).join("").length;
    const marks = [markAt(at), { bytes: at + 20, digest: markAt(at).digest }, markAt(lines[0]!.length)];
    const pieces = await piecesOf(unread(inChunks(file, size), marks));
    expect(pieces.map(({ text }) => text).join("")).toBe(lines.slice(4).join(""));
    expect(pieces.at(-1)).toMatchObject(markAt(file.length));
  });

  test("nothing, of a file that is known whole, is empty or holds a piece of a line", async () => {
    for (const [bytes, marks] of [
      [file, [markAt(file.length)]],
      [Buffer.alloc(0), []],
      [file.subarray(0, 10), []],
    ] as const) {
      expect(await piecesOf(unread(bufferSource(bytes), marks))).toEqual([]);
    }
  });
});

describe("on record", () => {
  const how = { window: 60, bySession: true };
  /** Dies after so many records. */
  const dying = (log: AuditLog, after: number): Writable => {
    let left = after;
    const append: AuditLog["append"] = async (...record) => {
      if (left-- === 0) throw new Error("died");
      return log.append(...record);
    };
    return { writer: log.writer, records: () => log.records(), append };
  };
  const requests = async (log: AuditLog) => {
    const [session] = sessionsOf(await log.records());
    return session?.traffic?.requests;
  };
  let count = 0;
  const begin = () => AuditLog.open(folder.path(`${count++}.ndjson`), { writer: "edge", key });

  test("twice is once", async () => {
    const log = await begin();
    const [first, second] = [
      await recordAccessLog(log, bufferSource(file), how, "bg-1"),
      await recordAccessLog(log, bufferSource(file), how, "bg-1"),
    ];
    expect([first.lines, second.lines, await requests(log)]).toEqual([12, 0, 12]);
    await log.close();
  });

  test.each(Array.from({ length: 17 }, (_, i) => i))(
    "a run that died after %i records is taken up there",
    async (after) => {
      const log = await begin();
      await recordAccessLog(dying(log, after), bufferSource(file), how, "bg-1").catch(() => {});
      await recordAccessLog(log, bufferSource(file), how, "bg-1");
      const records = await log.records();
      expect(having(records, "edge.telemetry")).toHaveLength(12);
      expect(having(records, "edge.refused")).toHaveLength(4);
      expect(having(records, "edge.ingested").map(({ data }) => data.records)).toEqual([16]);
      expect(await requests(log)).toBe(12);
      await log.close();
    },
  );

  test.each([1, 2, 3])(
    "of a file that grew behind a run that died after %i records, the second run counts",
    async (after) => {
      const log = await begin();
      const grown = Buffer.from(line(0) + lines.join(""));
      await recordAccessLog(dying(log, after), bufferSource(file), how, "bg-1").catch(() => {});
      await recordAccessLog(log, bufferSource(grown), how, "bg-1");
      expect(having(await log.records(), "edge.telemetry").length).toBeGreaterThan(12);
      expect(await requests(log)).toBe(13);
      const [session] = sessionsOf(await log.records());
      expect(having(session!.counted, "edge.refused")).toHaveLength(4);
      await log.close();
    },
  );
});
