// How values are written on the command line of `frostglass session`, and which ones are none.
import { describe, expect, test } from "vitest";
import { address, count, duration, match, percent, rate } from "../../../scripts/session/options.ts";

const readings: [string, (text: string) => unknown, [string, unknown][], string[]][] = [
  [
    "address",
    address,
    [
      ["10.0.0.1:80", { host: "10.0.0.1", port: 80 }],
      ["edge.example:15443", { host: "edge.example", port: 15443 }],
      ["[::1]:8080", { host: "::1", port: 8080 }],
    ],
    ["10.0.0.1", ":80", "host:70000", "http://host:80", ""],
  ],
  [
    "duration",
    duration,
    [
      ["45s", 45],
      ["30m", 1800],
      ["1h", 3600],
    ],
    ["30", "1.5h", "-1m", "m", ""],
  ],
  [
    "percent",
    percent,
    [
      ["1", 1],
      ["100%", 100],
    ],
    ["0", "101", "1.5", "x", ""],
  ],
  [
    "rate",
    rate,
    [
      ["5%", 0.05],
      ["0.05", 0.05],
      ["0", 0],
      ["1", 1],
    ],
    ["5", "-1", "101%", "x", "NaN", "", "%"],
  ],
  [
    "count",
    count,
    [
      ["1", 1],
      ["20000", 20000],
    ],
    ["0", "-1", "1.5", "x", ""],
  ],
  [
    "match",
    match,
    [
      ["X-Canary=ann", { header: "x-canary", value: "ann" }],
      ["a=b=c", { header: "a", value: "b=c" }],
    ],
    ["x-canary", "x-canary=", "=ann", "x canary=ann", ""],
  ],
];

describe.each(readings)("%s", (_, read, good, bad) => {
  test.each(good)("%j", (text, value) => expect(read(text)).toEqual(value));
  test.each(bad)("not %j", (text) => expect(() => read(text)).toThrow());
});
