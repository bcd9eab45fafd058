// Names that are data themselves: of form fields, query parameters, cookies, parts, and of members outside JSON bodies. What
// looks everywhere looks into them, so that is what is proposed.
import { expect, test } from "vitest";
import { lintPolicy } from "../../../scripts/policy/lint/index.ts";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { compiled, linesOf, proposalFor, replayed, request, surveyOf } from "./support.ts";

const mail = "zoe.marker@example.org";
const pan = "4111111111111111";
const url = encodeURIComponent;
const get = (path: string, headers: Recording["request"]["headers"] = []): Recording => ({
  id: "1",
  request: { method: "GET", path, headers },
});
const part = (name: string): string => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n1\r\n--b--\r\n`;

test.each<[string, Recording]>([
  ["a form", request("application/x-www-form-urlencoded", `${url(mail)}=1&page=2`)],
  ["a query", get(`/x?${url(mail)}=1&page=2`)],
  ["cookies", get("/x", [["cookie", `${pan}=1; theme=dark`]])],
  ["parts", request("multipart/form-data; boundary=b", part(mail))],
  [
    "variables of GraphQL",
    request("application/json", JSON.stringify({ query: "query($c:C){a(c:$c){id}}", variables: { c: { [mail]: 1 } } })),
  ],
  ["a document in a form", request("application/x-www-form-urlencoded", `d=${url(JSON.stringify({ [mail]: 1 }))}`)],
])("of %s", async (_, recording) => {
  const found = await surveyOf([recording]);
  expect(linesOf(found)).toEqual(["request any:"]);
  const nothing = compiled({ name: "p", activation: { verify: "presence" }, rules: [] });
  expect(linesOf(await surveyOf([recording], nothing))).toEqual(["request any:"]);
  const proposal = proposalFor(found);
  expect(JSON.stringify(proposal)).not.toMatch(/marker|4111/);
  const policy = compiled(proposal);
  expect(lintPolicy(policy, { strict: false })).toEqual([]);
  expect(linesOf(await surveyOf([recording], policy))).toEqual([]);
  expect(await replayed(policy, [recording])).toEqual([]);
});
