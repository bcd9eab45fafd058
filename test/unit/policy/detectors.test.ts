// Rules that detect, and detectors of a policy's own: what the compiler refuses, and in which words.
import { expect, test } from "vitest";
import { compileText } from "./support.ts";

test("detectors", () => {
  const detecting = (parts: object, more: object = {}) => {
    const rules = [{ name: "r", select: "json:$.a", action: "redact", ...parts }];
    const { diagnostics } = compileText(JSON.stringify({ name: "p", activation: { always: true }, rules, ...more }));
    return diagnostics.map(({ code, message, remedy }) => `${code}: ${message}; ${remedy}`);
  };
  const own = (parts: object) =>
    detecting({ detect: ["T"] }, { detectors: [{ name: "T", pattern: "T-[0-9]", score: 1, ...parts }] });
  expect([
    ...detecting({ detect: ["EMAIL_ADRESS"] }),
    ...detecting({ detect: ["XX_*"] }),
    ...detecting({ whole: true }),
    ...detecting({ select: "any:" }),
    ...detecting({ select: "any:x", detect: ["JWT"] }),
    ...detecting({ select: "any:", detect: ["JWT"], whole: true, action: "strip" }),
    ...detecting({ select: "text:", detect: ["JWT"], whole: true }),
    ...detecting({ detect: ["JWT"], whole: true, action: { redact: { keepStructure: true } } }),
    ...detecting({ detect: ["JWT"], action: { redact: { keepStructure: false } } }),
    ...detecting({ detect: ["JWT"], on: "response", action: { reveal: "r" } }),
    ...detecting({ select: "form:a|json:$.b", detect: ["JWT"] }),
    ...own({ name: "JWT" }),
    ...own({ pattern: "(?<=x)T" }),
    ...own({ pattern: "(T)\\1" }),
    ...own({ pattern: "T+" }),
    ...own({ check: "luhm" }),
    ...own({ examples: { finds: ["no [[T-12]]"] } }),
    ...own({ examples: { ignores: ["a T-1 b"] } }),
  ]).toMatchInlineSnapshot(`
    [
      "unknown-detector: there is no detector EMAIL_ADRESS; did you mean EMAIL_ADDRESS?",
      "unknown-detector: there is no detector XX_*; see them with \`npx frostglass detect --list\`",
      "unused-setting: \`whole\` is not used, since the rule does not detect; add "detect": ["CREDIT_CARD"], or leave it out",
      "missing-detect: any: selects text in which something has to be found; add "detect": ["CREDIT_CARD", "EMAIL_ADDRESS"]",
      "invalid-selector: nothing stands behind any:; write "any:"",
      "conflict: any: selects names and path segments too, and those cannot be stripped as a whole; use "redact", or leave "whole" out",
      "conflict: a body of text has no end to wait for; leave it out: finds are acted on one by one",
      "unused-setting: \`keepStructure\` is not used, since what is found is text or a number; leave it out",
      "unknown-rule: the rule r does not tokenize; name a rule whose action is tokenize",
      "unknown-detector: there is no detector T; see them with \`npx frostglass detect --list\`",
      "duplicate-detector: the name JWT is taken by a built-in detector; choose another name",
      "pattern-assertion: T: the pattern looks around itself (anchor, \\b, look-ahead or look-behind); say what must not stand beside a match with left and right",
      "pattern-backreference: T: the pattern (T)\\1 refers back to a group; spell the repeated part out, or check it with a check function",
      "pattern-unbounded: T: the pattern T+ has an open repeat and no greatest length; bound the repeat, or set max (up to 4096)",
      "unknown-check: there is no check function luhm; did you mean luhn?",
      "failed-example: T does not do what this example says; mend the pattern, the score or the example; a find counts from a score of 0.5 on",
      "failed-example: T does not do what this example says; mend the pattern, the score or the example; a find counts from a score of 0.5 on",
    ]
  `);
  expect(own({ examples: { finds: ["a [[t-1]] b"], ignores: ["T-12"] } })).toEqual([]);
});

test("a reveal detects what its tokens are found by, and nothing else", () => {
  const faults = (tokenize: object, detect: string[]) => {
    const rules = [
      { name: "t", select: "json:$..a", detect, action: { tokenize } },
      { name: "back", on: "response", select: "json:$..a", detect, action: { reveal: "t" } },
    ];
    const text = JSON.stringify({ name: "p", activation: { always: true }, keys: { root: { env: "K" } }, rules });
    return compileText(text).diagnostics.map(({ code, message, remedy }) => `${code}: ${message}; ${remedy}`);
  };
  expect(faults({ format: "pan", keepFirst: 6 }, ["CREDIT_CARD"])).toEqual([]);
  expect(faults({ format: "email" }, ["EMAIL_ADDRESS"])).toEqual([]);
  expect([
    ...faults({ format: "pan", keepFirst: 4 }, ["CREDIT_CARD"]),
    ...faults({ format: "pan", keepFirst: 6, luhn: "any" }, ["CREDIT_CARD"]),
    ...faults({ format: "email" }, ["EMAIL_ADDRESS", "URL"]),
    ...faults({ format: "digits" }, ["US_SSN"]),
    ...faults({ format: "opaque" }, ["US_SSN"]),
  ]).toMatchInlineSnapshot(`
    [
      "token-not-found: CREDIT_CARD finds tokens alone that are numbers of a card network; let the other rule keep them so: "luhn": "valid", "keepFirst": 6",
      "token-not-found: CREDIT_CARD finds tokens alone that are numbers of a card network; let the other rule keep them so: "luhn": "valid", "keepFirst": 6",
      "token-not-found: URL does not find tokens of the format email; let the other rule make opaque tokens, and use {"reveal": {"rule": "RULE", "anywhere": true}} without detect",
      "token-not-found: US_SSN does not find tokens of the format digits; let the other rule make opaque tokens, and use {"reveal": {"rule": "RULE", "anywhere": true}} without detect",
      "token-not-found: no detector finds opaque tokens; use {"reveal": {"rule": "RULE", "anywhere": true}} without detect",
    ]
  `);
});
