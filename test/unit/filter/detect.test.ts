// Rules that detect, through the release filter: what becomes of finds in every format, wherever a chunk ends, and that the
// proof, which reads bodies without the filter's help, finds nothing wrong with it.

import { describe, expect, test } from "vitest";
import { cutsOf } from "../../../scripts/replay/chunks.ts";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { Bench, bytes, request, textOf } from "../replay/support.ts";

const card = "4111 1111 1111 1111";
const type = (value: string): { headers: [string, string][] } => ({ headers: [["content-type", value]] });

/** Runs a request whole and with a cut at every place; all must be the same, and the proof must hold. */
async function everywhere(bench: Bench, recording: Recording) {
  const whole = await bench.run(recording);
  expect(bench.findings(whole)).toEqual([]);
  const { cuts } = cutsOf(recording.request.body?.length ?? 0);
  for (const cut of cuts) {
    const run = await bench.run(recording, cut);
    expect(run.result.outcome, String(cut)).toBe(whole.result.outcome);
    if (whole.result.outcome !== "forwarded") continue;
    expect(textOf(run.result.request?.body), String(cut)).toBe(textOf(whole.result.request?.body));
    expect(run.result.rules, String(cut)).toEqual(whole.result.rules);
  }
  return whole.result;
}

const notes = { name: "notes", select: "json:$..note", detect: ["CREDIT_CARD", "EMAIL_ADDRESS"], action: "redact" };

describe("json:", () => {
  const cases: [string, object[], string, string, Record<string, number>][] = [
    [
      "each find",
      [notes],
      `{"note":"pay ${card} or ann@x.org"}`,
      '{"note":"pay [redacted] or [redacted]"}',
      { notes: 2 },
    ],
    ["nothing found", [notes], '{"note":"hello","a":1}', '{"note":"hello","a":1}', {}],
    [
      "the next rule, where nothing is found",
      [notes, { name: "rest", select: "json:$..note", action: "strip" }],
      `{"x":1,"note":"hello","note":"${card}","y":2}`,
      '{"x":1,"note":"[redacted]","y":2}',
      { notes: 1, rest: 1 },
    ],
    [
      "a first member that is stripped after all",
      [notes, { name: "rest", select: "json:$..note", action: "strip" }],
      '{ "note" : "hello" , "y":[1, 2] }',
      '{  "y":[1, 2] }',
      { rest: 1 },
    ],
    [
      "an earlier rule decides",
      [{ name: "first", select: "json:$.note", action: "pass" }, notes],
      `{"note":"${card}"}`,
      `{"note":"${card}"}`,
      { first: 1 },
    ],
    [
      "scalars inside, numbers as a whole",
      [{ ...notes, select: "json:$.notes" }],
      '{"notes":[4111111111111111,[{"a":"x@y.org"}],-12.5,true,null,""]}',
      '{"notes":[0,[{"a":"[redacted]"}],-12.5,true,null,""]}',
      { notes: 2 },
    ],
    [
      "escapes are read before they are searched, and stay where nothing is found",
      [notes],
      String.raw`{"note":"\u0034111111111111111 \"q\" \u00e9","b":"\u00e9"}`,
      String.raw`{"note":"[redacted] \"q\" é","b":"\u00e9"}`,
      { notes: 1 },
    ],
    [
      "the whole value",
      [{ ...notes, whole: true, action: "strip" }],
      `{"note":"pay ${card} or ann@x.org","a":1}`,
      '{"a":1}',
      { notes: 1 },
    ],
    [
      "finds are stripped out of the text",
      [{ ...notes, action: "strip" }],
      `{"note":"pay ${card}."}`,
      '{"note":"pay ."}',
      { notes: 1 },
    ],
    [
      "each find goes to the first rule that wants it",
      [
        { name: "cards", select: "json:$.*", detect: ["CREDIT_CARD"], action: { mask: { keepLast: 4, skip: " " } } },
        { name: "mails", select: "json:$.*", detect: ["EMAIL_ADDRESS", "CREDIT_CARD"], action: "redact" },
      ],
      `{"note":"${card}, ann@x.org"}`,
      '{"note":"**** **** **** 1111, [redacted]"}',
      { cards: 1, mails: 1 },
    ],
    [
      "exceptions",
      [{ ...notes, except: ["*@example.com", "4111*"] }],
      `{"note":"${card} b@example.com b@example.org"}`,
      `{"note":"${card} b@example.com [redacted]"}`,
      { notes: 1 },
    ],
    [
      "context",
      [{ ...notes, detect: ["EMAIL_ADDRESS"], context: ["Customer"] }],
      '{"note":"ops@x.org wrote to customer ann@x.org"}',
      '{"note":"ops@x.org wrote to customer [redacted]"}',
      { notes: 1 },
    ],
    [
      "a score below the threshold",
      [{ ...notes, detect: ["SWIFT_CODE"], threshold: 0.31 }],
      '{"note":"DEUTDEFF500"}',
      '{"note":"DEUTDEFF500"}',
      {},
    ],
    [
      "a score from the threshold on",
      [{ ...notes, detect: ["SWIFT_CODE"], threshold: 0.3 }],
      '{"note":"DEUTDEFF500"}',
      '{"note":"[redacted]"}',
      { notes: 1 },
    ],
    [
      "what is too long to be looked into is redacted",
      [notes],
      `{"note":"${"x".repeat(20_000)}"}`,
      '{"note":"[redacted]"}',
      { notes: 1 },
    ],
    ["a whole document", [{ ...notes, select: "json:$" }], '"ann@x.org"', '"[redacted]"', { notes: 1 }],
  ];

  test.each(cases)("%s", async (_name, rules, before, after, counts) => {
    const result = await everywhere(new Bench({ rules }), request(before));
    expect(textOf(result.request?.body)).toBe(after);
    expect(result.rules).toEqual(counts);
  });

  test("a value that is too long to be looked into, and its name in the piece before", async () => {
    const name = { name: "name", select: "json-key:$.*", action: "redact" };
    for (const rules of [[notes], [name, notes]]) {
      const bench = new Bench({ limits: { hold: 0, value: 24 }, rules });
      const body = `{"id":1, "note" : "${"y".repeat(60)}"}`;
      const whole = await bench.run(request(body));
      for (let from = 1; from < body.length; from++) {
        for (let to = from + 1; to < body.length; to++) {
          const run = await bench.run(request(body), [from, to]);
          expect(textOf(run.result.request?.body), `${from}, ${to}`).toBe(textOf(whole.result.request?.body));
        }
      }
    }
  });

  test("a string that says with its first byte that it is no JSON, however short values may be", async () => {
    const bench = new Bench({
      limits: { hold: 0, value: 4 },
      rules: [{ name: "cvc", select: "named:cvc", action: "redact" }],
    });
    for (const body of ['"hello"', '{"a":"hello"}', '["x","hello"]']) await everywhere(bench, request(body));
  });

  test("a find can refuse the message", async () => {
    const result = await everywhere(
      new Bench({ rules: [{ ...notes, action: "block" }] }),
      request(`{"note":"${card}"}`),
    );
    expect(result).toMatchObject({ outcome: "blocked", reason: "rule_block" });
  });

  test("unmatched acts where nothing is found", async () => {
    const bench = new Bench({ unmatched: "strip", rules: [notes] });
    const result = await everywhere(bench, request(`{"note":"hi","a":{"note":"${card}","b":"c"},"d":"e"}`));
    expect(textOf(result.request?.body)).toBe('{"a":{"note":"[redacted]"}}');
  });
});

describe("any:", () => {
  const rules = [{ name: "all", select: "any:", detect: ["CREDIT_CARD", "EMAIL_ADDRESS"], action: "redact" }];
  const bench = new Bench({ rules });
  const number = card.replaceAll(" ", "");

  test.each([
    [
      "application/json",
      `{"a":["${card}",1],"ann@x.org":{"b":${number}}}`,
      '{"a":["[redacted]",1],"[redacted]":{"b":0}}',
    ],
    ["application/x-ndjson", `{"a":"${card}"}\n{"b":1}\n`, '{"a":"[redacted]"}\n{"b":1}\n'],
    ["text/event-stream", `data: {"a":"${card}"}\n\n`, 'data: {"a":"[redacted]"}\n\n'],
    [
      "application/x-www-form-urlencoded",
      `a=1&b=x+${card.replaceAll(" ", "+")}&c=ann%40x.org`,
      "a=1&b=x+%5Bredacted%5D&c=%5Bredacted%5D",
    ],
    [
      "application/xml",
      `<a b="ann@x.org"><c>on ${card} </c><d>1</d></a>`,
      '<a b="[redacted]"><c>on [redacted] </c><d>1</d></a>',
    ],
    [
      "text/xml",
      `<?xml version="1.0"?>\n<!-- for ann@x.org -->\n<?by ann@x.org?><a>1<!-- ${card} --></a>\n<!--${card}-->\n`,
      '<?xml version="1.0"?>\n\n<a>1</a>\n\n',
    ],
    ["text/plain", `${card}\nann@x.org, and all else stays: é`, "[redacted]\n[redacted], and all else stays: é"],
    ["text/html; charset=utf-8", `<p title="${card}">ann@x.org</p>`, '<p title="[redacted]">[redacted]</p>'],
    [
      "multipart/form-data; boundary=b",
      `--b\r\ncontent-disposition: form-data; name="a"; filename="ann@x.org"\r\n\r\n${card}\r\n--b--\r\n`,
      '--b\r\ncontent-disposition: form-data; name="a"; filename="[redacted]"\r\n\r\n[redacted]\r\n--b--\r\n',
    ],
  ])("%s", async (media, before, after) => {
    const result = await everywhere(bench, request(before, type(media)));
    expect(textOf(result.request?.body)).toBe(after);
  });

  test("headers, cookies, query and path; transport headers stay", async () => {
    const run = await bench.run({
      id: "one",
      request: {
        method: "GET",
        path: `/users/ann@x.org/${number}?q=${number}&page=2`,
        headers: [
          ["cookie", `id=${number}; theme=dark`],
          ["x-note", `from ann@x.org`],
          ["accept-language", "ann@x.org"],
        ],
      },
    });
    expect(bench.findings(run)).toEqual([]);
    const headers = Object.fromEntries(run.result.request!.headers);
    expect(headers).toMatchObject({
      ":path": "/users/%5Bredacted%5D/%5Bredacted%5D?q=%5Bredacted%5D&page=2",
      cookie: "id=[redacted]; theme=dark",
      "x-note": "from [redacted]",
      "accept-language": "ann@x.org",
    });
    expect(run.result.rules).toEqual({ all: 5 });
  });

  test("a path that is cut in odd ways is searched all the same, and not refused", async () => {
    const run = await bench.run(request(undefined, { method: "GET", path: "/a//b%2F/ann@x.org/.." }));
    expect(Object.fromEntries(run.result.request!.headers)[":path"]).toBe("/a//b%2F/%5Bredacted%5D/..");
  });
});

test("a text larger than all that is held goes through with its finds replaced", async () => {
  const rules = [{ name: "t", select: "text:", detect: ["CREDIT_CARD"], action: { mask: { keepLast: 4, skip: " " } } }];
  const bench = new Bench({ rules });
  const filler = "nothing to see here, 1234 5678. ".repeat(5_000);
  const body = `${filler}${card} ${filler}${card}`;
  const run = await bench.run(request(body, type("text/plain")), { random: 7 });
  expect(bench.findings(run)).toEqual([]);
  expect(textOf(run.result.request!.body) === body.replaceAll(card, "**** **** **** 1111")).toBe(true);
});

describe("what no rule wants hides nothing that one does", () => {
  // The longer find has the better score, so it would win if it were wanted.
  const detectors = [
    { name: "TICKET", pattern: "TCK-[0-9]{6}", score: 0.6 },
    { name: "LINK", pattern: "see TCK-[0-9]{6} now", score: 0.9 },
  ];
  const tickets = { name: "tickets", select: ["json:$..note", "text:"], detect: ["TICKET"], action: "redact" };
  const links = { ...tickets, name: "links", detect: ["LINK"] };
  const text = "see TCK-004211 now";

  test.each<[string, object[], string, Record<string, number>]>([
    ["the better find is wanted", [tickets, links], "[redacted]", { links: 1 }],
    ["it is excepted", [tickets, { ...links, except: ["see *"] }], "see [redacted] now", { tickets: 1 }],
    ["it lacks its context", [tickets, { ...links, context: ["urgent"] }], "see [redacted] now", { tickets: 1 }],
    ["it is below the threshold", [tickets, { ...links, threshold: 0.95 }], "see [redacted] now", { tickets: 1 }],
    [
      "excepted in the rule of both",
      [{ ...tickets, detect: ["TICKET", "LINK"], except: ["see *"] }],
      "see [redacted] now",
      { tickets: 1 },
    ],
  ])("%s", async (_name, rules, after, counts) => {
    const bench = new Bench({ detectors, rules });
    const body = await everywhere(bench, request(JSON.stringify({ note: text })));
    expect(JSON.parse(textOf(body.request?.body))).toEqual({ note: after });
    expect(body.rules).toEqual(counts);
    const plain = await everywhere(bench, request(text, type("text/plain")));
    expect(textOf(plain.request?.body)).toBe(after);
  });

  test("an exception holds for the shorter finds of its type in it", async () => {
    const rule = { ...notes, detect: ["PHONE_NUMBER", "URL"], except: ["+41 44 668 18 00", "https://x.example/a/b"] };
    const body = '{"note":"+41 44 668 18 00, https://x.example/a/b; +41 44 668 18 01"}';
    const result = await everywhere(new Bench({ rules: [rule] }), request(body));
    expect(textOf(result.request?.body)).toBe('{"note":"+41 44 668 18 00, https://x.example/a/b; [redacted]"}');
  });
});

test("detectors of the policy's own", async () => {
  const detectors = [{ name: "TICKET", pattern: "TCK-[0-9]{6}", score: 0.9 }];
  const bench = new Bench({ detectors, rules: [{ ...notes, detect: ["TICKET"] }] });
  const result = await everywhere(bench, request('{"note":"see tck-004211 and TCK-1"}'));
  expect(textOf(result.request?.body)).toBe('{"note":"see [redacted] and TCK-1"}');
});

describe("tokens inside texts are found by the detector of their originals, and revealed", () => {
  const rows: [string, object, string][] = [
    ["CREDIT_CARD", { format: "pan", keepFirst: 6 }, `pay ${card}, not 3782-822463-10005 now`],
    ["EMAIL_ADDRESS", { format: "email" }, "ask ann.lee+x@mail.example.org or <bob@example.com>"],
    ["PHONE_NUMBER", { format: "phone" }, "call +41 44 668 18 00 or (415) 555-0132, tel 030 1234567"],
    ["IBAN_CODE", { format: "iban" }, "to DE89 3704 0044 0532 0130 00 and gb82west12345698765432"],
    ["DATE_OF_BIRTH", { format: "date" }, "born 1980-02-29, DOB: 02/03/1975"],
    ["UUID", { format: "uuid" }, "user 123e4567-e89b-12d3-a456-426614174000"],
  ];
  test.each(rows)("%s", async (type, tokenize, note) => {
    const rule = { name: "t", select: ["json:$..note", "text:"], detect: [type], action: { tokenize } };
    const back = { ...rule, name: "back", on: "response", action: { reveal: "t" } };
    const bench = new Bench({ rules: [rule, back] });
    const body = JSON.stringify({ note });
    const there = await everywhere(bench, request(body));
    const token = textOf(there.request?.body);
    expect((JSON.parse(token) as { note: string }).note).not.toBe(note);
    const answer = (text: string, media: string) => ({
      ...request(body),
      response: { status: 200, headers: type200(media), body: bytes(text) },
    });
    const json = await bench.run(answer(token, "application/json"));
    expect(JSON.parse(textOf(json.result.response?.body))).toEqual({ note });
    const plain = (JSON.parse(token) as { note: string }).note;
    for (const cut of [undefined, 1]) {
      const text = await bench.run(answer(plain, "text/plain"), cut);
      expect(textOf(text.result.response?.body)).toBe(note);
    }
  });

  const type200 = (media: string): [string, string][] => [["content-type", media]];
});
