// A collector that is down, slow, answers 500, asks for patience, or will not take it: what is lost, and that it is told.

import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { AuditLog } from "../../../../scripts/audit/log.ts";
import type { AuditRecord } from "../../../../scripts/audit/record.ts";
import { OtlpSink } from "../../../../scripts/audit/sinks/otlp.ts";
import { verify } from "../../../../scripts/audit/verify.ts";
import { key, logFolder, writeSession } from "../support.ts";
import { Collector, logRecordsOf } from "./collector.ts";

const folder = logFolder();
afterAll(() => folder.remove());
let collector: Collector;
let pauses: number[];
let file = 0;
beforeEach(async () => {
  collector = await Collector.start();
  pauses = [];
  file++;
});
afterEach(() => collector.down());

/** Pauses are noted and cut short; every second of them is a turn of the event loop. */
const sleep = async (milliseconds: number) => {
  pauses.push(milliseconds);
  await new Promise((resolve) => setTimeout(resolve, 2));
};
const sinkTo = (options: Partial<ConstructorParameters<typeof OtlpSink>[0]> = {}) =>
  new OtlpSink({ url: collector.url, sleep, random: () => 1, ...options });

const path = () => folder.path(`log-${file}`);
const lines = () => readFileSync(path(), "utf8").split("\n").slice(0, -1);
const open = (sink: OtlpSink, patience = 5000) =>
  AuditLog.open(path(), { writer: "w", key, sinks: [sink], patience, sealEvery: 1000 });

/** `count` records behind the one that opens the log. */
async function write(log: AuditLog, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await log.append("log.recovered", { bytes: i });
}

const drops = () =>
  lines()
    .map((line) => JSON.parse(line) as AuditRecord)
    .flatMap(({ event, data }) => (event === "sink.dropped" ? [data] : []));

describe("a collector", () => {
  test("gets each line of the file, in order, as an OTLP log record", async () => {
    await writeSession(path(), { session: "s-1", sinks: [] });
    const sink = sinkTo({ batch: 5 });
    const records = lines().map((line) => JSON.parse(line) as AuditRecord);
    for (const record of records) sink.offer(record);
    expect(await sink.flush(5000)).toBe(true);
    expect(collector.lines).toEqual(lines());
    const { logs } = verify([{ name: "collected", bytes: Buffer.from(`${collector.lines.join("\n")}\n`) }], {
      keys: [key],
    });
    expect(logs[0]?.closed).toBe(true);
    const uplink = collector.requests
      .flatMap(logRecordsOf)
      .find(({ eventName }) => eventName === "frostglass.tunnel.uplink");
    expect(uplink).toMatchObject({
      timeUnixNano: `${Date.parse(records[3]!.time)}000000`,
      severityText: "INFO",
      attributes: expect.arrayContaining([
        { key: "source.address", value: { stringValue: "203.0.113.7" } },
        { key: "frostglass.audit.seq", value: { intValue: "3" } },
        { key: "session.id", value: { stringValue: "s-1" } },
      ]),
    });
  });

  test("that is down loses nothing once it is up", async () => {
    await collector.down();
    const sink = sinkTo();
    const log = await open(sink);
    await write(log, 20);
    await collector.up();
    await log.close({ final: true });
    expect(collector.lines).toEqual(lines());
    expect(drops()).toEqual([]);
  });

  test("that answers 500, 503 or cuts the connection loses nothing, nor is anything doubled", async () => {
    const answers = [500, 503, 429, 502];
    collector.answer = () => {
      const status = answers.shift();
      return status === undefined ? { status: 200 } : status === 502 ? "cut" : { status };
    };
    const log = await open(sinkTo({ batch: 7 }));
    await write(log, 20);
    await log.close({ final: true });
    expect(collector.lines).toEqual(lines());
    expect(pauses.slice(0, 4)).toEqual([500, 1000, 2000, 4000]);
  });

  test("that is slow is asked again, and loses nothing", async () => {
    let silent = 2;
    collector.answer = () => (silent-- > 0 ? "silence" : { status: 200 });
    const log = await open(sinkTo({ timeout: 50 }));
    await write(log, 10);
    await log.close({ final: true });
    expect(collector.lines).toEqual(lines());
    expect(collector.attempts).toBeGreaterThan(2);
  });

  test.each([
    ["seconds", () => "7", 7000],
    ["a date in the past", () => "Mon, 02 Mar 2026 14:05:00 GMT", 500],
    ["nothing", () => "0", 500],
    ["what is no time", () => "soon", 500],
    ["more than ten minutes", () => "86400", 600_000],
  ])("that says when to come back, as %s, is obeyed", async (_what, value, expected) => {
    let isFirst = true;
    collector.answer = () => {
      const answer = isFirst ? { status: 429, headers: { "retry-after": value() } } : { status: 200 };
      isFirst = false;
      return answer;
    };
    const log = await open(sinkTo());
    await log.close({ final: true });
    expect(pauses[0]).toBe(expected);
  });

  test("that finds a request too large gets smaller ones", async () => {
    collector.answer = (request) => ({ status: logRecordsOf(request).length > 3 ? 413 : 200 });
    await collector.down();
    const log = await open(sinkTo());
    await write(log, 20);
    await collector.up();
    await log.close({ final: true });
    expect(collector.lines).toEqual(lines());
    expect(Math.max(...collector.requests.map((request) => logRecordsOf(request).length))).toBeLessThanOrEqual(3);
  });

  test("pauses grow to their bound and stay below it", async () => {
    let fails = 12;
    collector.answer = () => ({ status: fails-- > 0 ? 500 : 200 });
    const log = await open(sinkTo({ random: () => 0.5 }));
    await log.close({ final: true });
    expect(pauses).toHaveLength(12);
    expect(pauses.slice(0, 3)).toEqual([250, 500, 1000]);
    expect(Math.max(...pauses)).toBe(15_000);
  });
});

describe("what is lost is on record", () => {
  test("beyond the bound: the newest, counted, when there is room again", async () => {
    await collector.down();
    const sink = sinkTo({ capacity: 10 });
    const log = await open(sink);
    await write(log, 30);
    await collector.up();
    expect(await sink.flush(5000)).toBe(true);
    await write(log, 1);
    await log.close({ final: true });
    const [drop, ...more] = drops();
    expect(more).toEqual([]);
    // The record that opens the log, and nine more, were within the bound.
    expect(drop).toMatchObject({ sink: "otlp", cause: "queue_full", count: 21 });
    const hashes = lines().map((line) => JSON.parse(line).hash);
    expect([hashes.indexOf(drop!.first), hashes.indexOf(drop!.last)]).toEqual([10, 30]);
    expect(collector.lines).toEqual(lines().filter((_, i) => i < 10 || i > 30));
    expect(verify([folder.read(`log-${file}`)], { keys: [key] }).good).toBe(true);
  });

  test("rejected for good, whole or in part", async () => {
    const answers = [{ status: 400 }, { status: 200, body: '{"partialSuccess":{"rejectedLogRecords":"2"}}' }];
    collector.answer = () => answers.shift() ?? { status: 200 };
    const sink = sinkTo();
    const log = await open(sink);
    await sink.flush(5000);
    await write(log, 3);
    await log.close({ final: true });
    expect(drops().reduce((sum, { count }) => sum + count, 0)).toBe(3);
    expect(new Set(drops().map(({ cause }) => cause))).toEqual(new Set(["rejected"]));
  });

  test("given up when the command ends and the collector is still down", async () => {
    await collector.down();
    const log = await open(sinkTo(), 50);
    await write(log, 4);
    await log.close({ final: true });
    expect(drops()).toMatchObject([{ cause: "gave_up", count: 5 }]);
    expect(verify([folder.read(`log-${file}`)], { keys: [key] }).good).toBe(true);
  });
});

test("a caller that would rather wait than lose, waits", async () => {
  let fails = 5;
  collector.answer = () => ({ status: fails-- > 0 ? 500 : 200 });
  await writeSession(path(), { session: "s-1" });
  const sink = sinkTo({ capacity: 3, batch: 2 });
  for (const line of lines()) {
    await sink.room();
    sink.offer(JSON.parse(line));
  }
  await sink.flush(5000);
  expect(collector.lines).toEqual(lines());
  expect(sink.takeLosses()).toEqual([]);
});
