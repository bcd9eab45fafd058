// Values longer than limits.value, cut at every pair of places, in every format: once may be in what stands before the value, and
// once in the value itself, which is given up then. What leaves is the same.
import { expect, test } from "vitest";
import { bodyOf, pluginOf, send } from "./support.ts";

const limits = { hold: "0", value: "64B" };
const long = `${"n".repeat(30)} 4111 1111 1111 1111 ${"m".repeat(20)}`;
const part = `Content-Disposition: form-data; name="note"\r\n\r\n${long}`;

const documents: [name: string, type: string, body: string][] = [
  ["JSON", "application/json", `{ "a" : 1 , "note"  :  "${long}" , "b":["${long}" , 2 ] }`],
  ["lines", "application/x-ndjson", `{"note" : "${long}"}\n["b"]\n`],
  ["events", "text/event-stream", `event: x\ndata: {"note" : "${long}"}\n\ndata: see\n\n`],
  ["a form", "application/x-www-form-urlencoded", `a=1&note=${long.replaceAll(" ", "+")}&b=2`],
  ["parts", "multipart/form-data; boundary=x", `--x\r\n${part}\r\n--x--\r\n`],
  ["XML", "text/xml", `<a><note  x = "1" >${long}</note ><b/></a>`],
  ["text", "text/plain", `see ${long} there`],
];

const find = { name: "find", detect: ["CREDIT_CARD"] };
const places = ["json:$..*", "form:*", "multipart:*", "xml://*"];
const policies: [name: string, policy: object][] = [
  ["finds are redacted", { rules: [{ ...find, select: "any:", action: "redact" }] }],
  ["values with a find are stripped", { rules: [{ ...find, select: places, whole: true, action: "strip" }] }],
  ["values are stripped by name", { rules: [{ name: "note", select: "named:note", action: "strip" }] }],
  [
    "finds are redacted, the rest is masked",
    {
      rules: [
        { ...find, select: "named:note", action: "redact" },
        { name: "note", select: "named:note", action: { mask: { keepFirst: 2 } } },
      ],
    },
  ],
  ["all but a name is stripped", { unmatched: "strip", rules: [{ name: "b", select: "named:b", action: "pass" }] }],
];

for (const [rule, policy] of policies) {
  test.each(documents)(`%s, where ${rule}`, (_, type, body) => {
    const plugin = pluginOf({ limits, ...policy });
    const sent = { headers: [["content-type", type]] as [string, string][], body };
    const whole = send(plugin, sent);
    for (let first = 1; first < body.length - 1; first++) {
      for (let second = first + 1; second < body.length; second++) {
        const cut = send(plugin, sent, { chunk: [first, second] });
        const isSame = cut.outcome === whole.outcome && cut.reason === whole.reason;
        if (isSame && (whole.outcome !== "forwarded" || bodyOf(cut) === bodyOf(whole))) continue;
        const told = [cut.outcome, cut.reason, bodyOf(cut)];
        expect(told, `cut at ${first} and ${second}`).toEqual([whole.outcome, whole.reason, bodyOf(whole)]);
      }
    }
  });
}
