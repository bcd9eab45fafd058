// Reports small enough to be read whole.

import type { ExchangeReport, ReplayReport } from "../../../scripts/replay/result.ts";

export const exchange = (parts: Partial<ExchangeReport> = {}): ExchangeReport => ({
  id: "one",
  file: "recordings/shop.ndjson",
  outcome: "forwarded",
  isCut: false,
  rules: {},
  findings: [],
  failures: [],
  searched: 0,
  ...parts,
});

export const reportOf = (...exchanges: ExchangeReport[]): ReplayReport => ({
  policy: { name: "checkout", file: "policies/checkout.json", digest: "sha256:0a1b" },
  engine: "node",
  chunk: "whole",
  exchanges,
});

/** Every outcome, mark and kind of finding once. */
export const mixed = reportOf(
  exchange({ id: "order-1", rules: { pan: 1, cvv: 2 }, searched: 3 }),
  exchange({ id: "order-22", outcome: "blocked", reason: "json_syntax", isCut: true, searched: 1 }),
  exchange({ id: "health", outcome: "bypassed" }),
  exchange({
    id: "order-3",
    rules: { pan: 1 },
    searched: 2,
    findings: [
      {
        kind: "leak",
        direction: "response",
        rule: "pan",
        location: "$['card']['pan']",
        encoding: "base64",
        detail: "found",
      },
      { kind: "unredacted", direction: "request", rule: "cvv", location: "header:x-cvv", detail: "unchanged" },
    ],
    failures: ["outcome is blocked"],
  }),
  exchange({
    id: "order-4",
    findings: [
      { kind: "changed", direction: "request", location: "$['note']", detail: "missing" },
      { kind: "split", direction: "request", location: "$", detail: "cut at byte 7, outcome differs" },
    ],
  }),
  exchange({ id: "order-5", outcome: "blocked", reason: "rule_block", failures: ["outcome is forwarded"] }),
);

/** Text that would end what it stands in: element, attribute, CDATA, line; and characters that steer or are none. */
export const hostileText = "<script>alert(\"1\")</script> & 'x' ]]> <!-- \n\r\x1b[31m\x00\u202e\ud800\ufffe {0} [a](b)";

export const hostile: ReplayReport = {
  policy: { name: hostileText, file: hostileText, digest: hostileText },
  engine: "node",
  chunk: hostileText,
  exchanges: [
    exchange({
      id: hostileText,
      file: hostileText,
      outcome: "blocked",
      reason: hostileText,
      rules: { [hostileText]: 1 },
      findings: [{ kind: "leak", direction: "request", rule: hostileText, location: hostileText, detail: hostileText }],
      failures: [hostileText],
    }),
  ],
};
