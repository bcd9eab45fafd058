// Every place and format in which `discover` finds fields: the selectors that it proposes compile, lint has nothing to say,
// and the filter, asked again, leaves nothing of it open.
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { lintPolicy } from "../../../scripts/policy/lint/index.ts";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { compiled, linesOf, proposalFor, request, response, surveyOf } from "./support.ts";

const pan = "4111111111111111";
const mail = "zoe.marker@example.org";
const secrets = [pan, "marker", "203.0.113", "DE89"];
const json = "application/json";
const text = (value: unknown): string => JSON.stringify(value);
const base64 = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : text(value)).toString("base64");
const url = encodeURIComponent;
const bearer = [
  Buffer.from('{"alg":"HS256","typ":"JWT"}').toString("base64url"),
  Buffer.from(text({ sub: "marker-7", email: mail, iss: "me" })).toString("base64url"),
  "c2ln",
].join(".");
const get = (path: string, headers: Recording["request"]["headers"] = []): Recording => ({
  id: "1",
  request: { method: "GET", path, headers },
});
const parts = (...list: [head: string, value: string][]): string =>
  `${list.map(([head, value]) => `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`).join("")}--b--\r\n`;

const cases: [string, Recording[], string[]][] = [
  ["JSON", [request(json, text({ card: { number: pan } }))], ["request json:$.card.number"]],
  [
    "JSON in JSON, twice",
    [request(json, text({ payload: text({ inner: text({ email: mail }) }) }))],
    ["request json:$.payload|json:$.inner|json:$.email"],
  ],
  [
    "base64 of JSON",
    [request(json, text({ blob: base64({ email: mail }) }))],
    ["request json:$.blob|base64|json:$.email"],
  ],
  ["base64 of a text", [request(json, text({ blob: base64(`ask ${mail}`) }))], ["request json:$.blob|base64"]],
  [
    "a token in a header",
    [get("/x", [["authorization", `Bearer ${bearer}`]])],
    [
      "request header:authorization",
      "request header:authorization|jwt:$.sub",
      "request header:authorization|jwt:$.email",
    ],
  ],
  [
    "parts without names",
    [
      request(
        "multipart/related; boundary=b",
        `--b\r\nContent-Type: application/xop+xml\r\n\r\n<a><m>${mail}</m></a>\r\n` +
          `--b\r\nContent-Type: application/json\r\n\r\n${text({ n: pan })}\r\n--b--`,
      ),
    ],
    ["request xml:/a/m", "request json:$.n"],
  ],
  ["names of members", [request(json, text({ of: { [mail]: 1, [pan]: 2 } }))], ["request json-key:$.of[*]"]],
  [
    "names of members in JSON in JSON",
    [response(json, text({ log: text({ [mail]: 1 }) }))],
    ["response json-key:$.log|json:$[*]"],
  ],
  [
    "headers, cookies and trailers",
    [
      {
        ...get("/x", [
          ["X-Forwarded-For", "203.0.113.9"],
          ["cookie", `a=1; cart=${url(text({ email: mail }))}; session=marker`],
        ]),
        response: { status: 200, headers: [["set-cookie", "session=marker; Path=/"]], trailers: [["x-email", mail]] },
      },
    ],
    [
      "request header:x-forwarded-for",
      "request cookie:cart|json:$.email",
      "request cookie:session",
      "response cookie:session",
      "response header:x-email",
    ],
  ],
  [
    "the path and the query",
    [get(`/users/marker42/cards/${pan}?email=${url(mail)}&data=${url(text({ cvc: "737" }))}`)],
    ["request path:/users/*/cards/{id}", "request query:email", "request query:data|json:$.cvc"],
  ],
  [
    "a form",
    [
      request(
        "application/x-www-form-urlencoded",
        `card_number=${pan}&data=${url(base64({ email: mail }))}&more=${url(text({ cvc: "737" }))}`,
      ),
    ],
    ["request form:card_number", "request form:data|base64|json:$.email", "request form:more|json:$.cvc"],
  ],
  [
    "parts",
    [
      request(
        "multipart/form-data; boundary=b",
        parts(
          ['name="card_number"', pan],
          ['name="meta"', text({ email: mail })],
          [`name="file"; filename="${mail}"`, "hello"],
        ),
      ),
    ],
    ["request multipart:card_number", "request multipart:meta|json:$.email", "request multipart-filename:file"],
  ],
  [
    "XML",
    [
      request(
        "application/xml",
        `<?xml version="1.0"?><o:Order xmlns:o="urn:x" email="${mail}"><Card><Number>${pan}</Number></Card><o:Hint>ask <![CDATA[${mail}]]></o:Hint></o:Order>`,
      ),
    ],
    ["request xml:/Order/@email", "request xml:/Order/Card/Number", "request xml:/Order/Hint"],
  ],
  [
    "JSON and base64 in XML",
    [
      request(
        "application/xml",
        `<r data="${base64({ email: mail })}"><payload><![CDATA[${text({ card: { number: pan } })}]]></payload></r>`,
      ),
    ],
    ["request xml:/r/@data|base64|json:$.email", "request xml:/r/payload|json:$.card.number"],
  ],
  [
    "SOAP",
    [
      response(
        "text/xml",
        `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><R><email>${mail}</email></R></S:Body></S:Envelope>`,
      ),
    ],
    ["response xml:/Envelope/Body/R/email"],
  ],
  [
    "lines and events",
    [
      request("application/x-ndjson", `{"email":"${mail}"}\n\n{"n":"${pan}"}\n`),
      response("text/event-stream", `event: a\ndata: {"card":\ndata: {"number":"${pan}"}}\n\ndata: [DONE]\n\n`),
    ],
    ["request json:$.email", "request json:$.n", "response json:$.card.number"],
  ],
  [
    "a document that comes in pieces",
    [
      response(
        "text/event-stream",
        ['{"email"', `:"${mail}`, '"}'].map((piece) => `data: ${text({ index: 1, d: piece })}\n\n`).join(""),
      ),
    ],
    ["response json:$.d|json:$.email"],
  ],
  ["JSON that says it is a text", [request("text/plain", text({ email: mail }))], ["request json:$.email"]],
  ["a text", [request("text/plain", `hello ${mail} and ${pan}`)], ["request text:"]],
  [
    "GraphQL",
    [
      request(
        json,
        text({
          query: `mutation($c: C) { pay(card: {number: "${pan}"}, c: $c) { id } }`,
          variables: { c: { email: mail } },
        }),
      ),
      get(`/g?query=${url(`{ me(email: "${mail}") { id } }`)}&variables=${url(text({ phone: "marker" }))}`),
    ],
    [
      "request graphql:arguments.pay.card.number",
      "request graphql:variables.c.email",
      "request graphql:arguments.me.email",
      "request graphql:variables.phone",
    ],
  ],
  [
    "names in GraphQL",
    [request(json, text({ query: `query DE89370400440532013000 { a: me { id } }` }))],
    ["request any:"],
  ],
  [
    "gzip",
    [request(json, gzipSync(text({ email: mail })), { headers: [["content-encoding", "gzip"]] })],
    ["request json:$.email"],
  ],
];

describe.each(cases)("%s", (_, recordings, expected) => {
  test("is told, and covered by what is proposed", async () => {
    const found = await surveyOf(recordings);
    expect(linesOf(found)).toEqual(expected);
    const proposal = proposalFor(found);
    for (const secret of secrets) expect(text(proposal)).not.toContain(secret);
    const policy = compiled(proposal);
    expect(lintPolicy(policy, { strict: false })).toEqual([]);
    expect(linesOf(await surveyOf(recordings, policy))).toEqual([]);
  });

  test("is open where no rule decides", async () => {
    const nothing = compiled({ name: "p", activation: { verify: "presence" }, rules: [] });
    expect(linesOf(await surveyOf(recordings, nothing))).toEqual(expected);
  });
});
