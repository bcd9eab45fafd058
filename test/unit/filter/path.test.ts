// Path templates: which segments they select, in every spelling, and what cannot be told apart is refused.
import { describe, expect, test } from "vitest";
import { compileText } from "../policy/support.ts";
import { Bench } from "../replay/support.ts";
import { headerOf, pluginOf, send } from "./support.ts";

const policy = (select: string | string[], action: unknown = "redact") => ({ rules: [{ name: "r", select, action }] });
const through = (rules: object, path: string) => {
  const result = send(pluginOf(rules), { method: "GET", path, headers: [] });
  return result.outcome === "forwarded" ? headerOf(result, ":path") : `${result.outcome} ${result.reason}`;
};
const gone = "%5Bredacted%5D";

describe("selects", () => {
  test.each([
    ["/users/{id}", "/users/42", `/users/${gone}`],
    ["/users/{id}", "/users/42?x=/a/b", `/users/${gone}?x=/a/b`],
    ["/users/{id}", "/users/", "/users/"],
    ["/users/{id}", "/users", "/users"],
    ["/users/{id}", "/users/42/", `/users/${gone}/`],
    ["/users/{id}/", "/users/42", `/users/${gone}`],
    ["/users/{id}/", "/users/42/", `/users/${gone}/`],
    ["/users/{id}", "/users/42/x", "/users/42/x"],
    ["/users/{id}", "/users/42//", "blocked path_ambiguous"],
    ["/users/{id}", "/Users/42", "/Users/42"],
    ["/users/{id}/cards/{pan}", "/users/42/cards/4111", `/users/${gone}/cards/${gone}`],
    ["/users/*/cards/{pan}", "/users/42/cards/4111", `/users/42/cards/${gone}`],
    ["/users/{id}/**", "/users/42/orders/7", `/users/${gone}/orders/7`],
    ["/users/{id}/**", "/users/42", `/users/${gone}`],
    ["/users/{id}/**", "/users/42/", `/users/${gone}/`],
    ["/users/{id}/**", "/users/", "/users/"],
    ["/users/{id}/*", "/users/42", "/users/42"],
    ["/{a}", "/x", `/${gone}`],
    ["/naïve/{a}", "/na%C3%AFve/x", `/na%C3%AFve/${gone}`],
    ["/users/{id}", "/%75sers/42", `/%75sers/${gone}`],
    ["/users/{id}", "/users/a+b%20c", `/users/${gone}`],
    // Tomcat and Spring take parameters of segments out.
    ["/users/{id}/cards/{pan}", "/users;v=1/42;a/cards;/4111;b", `/users;v=1/${gone}/cards;/${gone}`],
    ["/users/{id}", "/users;v=1/42/;jsessionid=1", `/users;v=1/${gone}/;jsessionid=1`],
    ["/users/{id}", "/usersx;v=1/42", "/usersx;v=1/42"],
    ["/a;b/{id}", "/a;b/42", `/a;b/${gone}`],
    ["/users/{id}", "/;jsessionid=1", "/;jsessionid=1"],
  ])("%s of %s", async (template, path, expected) => {
    expect(through(policy(`path:${template}`), path)).toBe(expected);
    const bench = new Bench(policy(`path:${template}`));
    expect(bench.findings(await bench.run({ id: "path", request: { method: "GET", path, headers: [] } }))).toEqual([]);
  });

  test("the value decoded, and encodes the replacement", () => {
    const mask = { mask: { keepFirst: 1, char: "ü" } };
    expect(through(policy("path:/u/{name}", mask), "/u/J%C3%B6rg+K")).toBe("/u/J%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC");
  });

  test("the first rule decides, segment by segment, and the query has its own rules", () => {
    const rules = [
      { name: "pan", select: "path:/u/*/{pan}", action: { mask: { keepLast: 2 } } },
      { name: "all", select: ["path:/u/{id}/{pan}", "query:q"], action: "redact" },
    ];
    expect(through({ rules }, "/u/7/4111?q=1&p=2")).toBe(`/u/${gone}/**11?q=${gone}&p=2`);
  });
});

describe("a path that can be read in two ways is refused, where segments matter", () => {
  test.each([
    "/users//42",
    "/./users/42",
    "/x/../users/42",
    "/x/%2e%2E/users/42",
    "/users%2F42",
    "/users%5c42",
    "/users/4%002",
    "/;v=1/users/42",
    "/x/..;v=1/users/42",
    "/.;/users/42",
    "users/42",
    "http://shop.example/users/42",
  ])("%s", (path) => {
    expect(through(policy("path:/users/{id}"), path)).toBe("blocked path_ambiguous");
    expect(through(policy("query:q"), path)).toBe(path);
  });

  test("where detectors look into each of its segments, only one that has none of its own", () => {
    const everywhere = { rules: [{ name: "r", select: "any:", detect: ["EMAIL_ADDRESS"], action: "redact" }] };
    expect(through(everywhere, "http://shop.example/ann@example.org")).toBe("blocked path_ambiguous");
    expect(through(everywhere, "*")).toBe("*");
    expect(through(everywhere, "/x//ann@example.org")).toBe("/x//%5Bredacted%5D");
  });
});

describe("a replacement leaves the segments as many as they were", () => {
  const card = "4111111111111111";
  const everywhere = (action: unknown) => ({
    rules: [{ name: "r", select: "any:", detect: ["CREDIT_CARD"], action }],
  });
  const empty = { redact: { with: "" } };
  test.each([
    [everywhere("strip"), `/users/${card}/orders`, `/users/${gone}/orders`],
    [everywhere("strip"), `/users/a-${card}/orders`, "/users/a-/orders"],
    [everywhere("strip"), `/users/..${card}/orders`, `/users/${gone}/orders`],
    [everywhere("strip"), `/users/%2E${card}/orders`, `/users/${gone}/orders`],
    [everywhere("strip"), `/users/${card}`, `/users/${gone}`],
    [everywhere("strip"), `/users//${card}`, `/users//${gone}`],
    [everywhere(empty), `/users/${card}/orders`, `/users/${gone}/orders`],
    [everywhere({ redact: { with: null } }), `/users/${card}/orders`, `/users/${gone}/orders`],
    [policy("path:/users/{id}/orders", empty), "/users/42/orders", `/users/${gone}/orders`],
    [policy("path:/users/{id}/orders", empty), "/users/42/orders/", `/users/${gone}/orders/`],
    [policy("path:/users/{id}/orders", { mask: { char: "." } }), "/users/42/orders", `/users/${gone}/orders`],
    [policy("path:/users/{id}/orders", { mask: { char: "." } }), "/users/427/orders", "/users/.../orders"],
  ])("%j %s", async (rules, path, expected) => {
    expect(through(rules, path)).toBe(expected);
    const bench = new Bench(rules);
    expect(bench.findings(await bench.run({ id: "path", request: { method: "GET", path, headers: [] } }))).toEqual([]);
  });
});

test("a percent sign in front of a find does not begin an escape with what becomes of it", () => {
  const phone = (action: unknown) => ({ rules: [{ name: "r", select: "any:", detect: ["PHONE_NUMBER"], action }] });
  const found = "+442079460958";
  const as = (text: string) => phone({ redact: { with: text } });
  expect(through(as("41"), `/a%${found}/`)).toBe("/a%2541/");
  expect(through(as("4"), `/a%${found},ext/1`)).toBe("/a%4,ext/1");
  expect(through(as("4"), `/a%${found}%20x`)).toBe("/a%4%20x");
  expect(through(as("4"), `/a%${found}&41`)).toBe("/a%4&41");
  expect(through(as("zz"), `/a%${found}`)).toBe("/a%zz");
  expect(through(as("41"), "/?q=a%%2B442079460958")).toBe("/?q=a%2541");
});

test.each([
  ["users/{id}", "begins with /"],
  ["/users/x{id}", "whole segment"],
  ["/users/{id", "whole segment"],
  ["/users/a*/{id}", "whole segment"],
  ["/**/{id}", "at the end"],
  ["/users", "selects no segment"],
  ["/users/{id}?q", "holds this character"],
])("the template %s is refused", (template, words) => {
  const text = JSON.stringify({ name: "p", rules: [{ name: "r", select: `path:${template}`, action: "redact" }] });
  expect(
    compileText(text)
      .diagnostics.map(({ message }) => message)
      .join(),
  ).toContain(words);
});

test("strip is refused", () => {
  const text = JSON.stringify({ name: "p", rules: [{ name: "r", select: "path:/{a}", action: "strip" }] });
  expect(compileText(text).diagnostics[0]).toMatchObject({ code: "conflict" });
});
