// The schema is the documentation: everything in it is described and shown, and what it shows compiles.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import schema from "../../../policies/policy.schema.json" with { type: "json" };
import { render } from "../../../scripts/policy/generate.ts";
import { compileText } from "./support.ts";

type Node = { description?: string; examples?: unknown[]; properties?: Record<string, Node>; [key: string]: unknown };

/** Every property of the schema, with the path that leads to it. */
function* properties(node: Node, path: string): Generator<[path: string, property: Node]> {
  for (const [key, child] of Object.entries(node)) {
    if (typeof child !== "object" || child === null) continue;
    if (key === "properties") {
      for (const [name, property] of Object.entries(child as Record<string, Node>)) yield [`${path}/${name}`, property];
    }
    if (key !== "examples") yield* properties(child as Node, key === "properties" ? path : `${path}/${key}`);
  }
}

const resolve = (node: Node): Node => {
  const reference = node.$ref as string | undefined;
  if (!reference) return node;
  return { ...((schema.$defs as Record<string, unknown>)[reference.replace("#/$defs/", "")] as Node), ...node };
};

test.each([...properties(schema as Node, "")])("%s is described and shown", (path, property) => {
  const { description, examples, $ref, items, default: fallback } = resolve(property);
  expect(description ?? "").not.toBe("");
  expect(examples !== undefined || fallback !== undefined || items !== undefined || $ref !== undefined, path).toBe(
    true,
  );
});

/** What the language has and this version does not enforce yet is refused by name, not by the schema. */
const expectSound = (policy: object) => {
  const text = JSON.stringify({ name: "p", activation: { always: true }, ...policy });
  expect(compileText(text).diagnostics.filter(({ code }) => code !== "unsupported-feature")).toEqual([]);
};

const { $defs } = schema;
const rule = (properties: object) => ({ rules: [{ name: "r", select: "json:$.a", action: "redact", ...properties }] });

test("examples of settings compile", () => {
  for (const activation of $defs.activation.examples) expectSound({ activation });
  for (const jwt of $defs.jwt.examples) expectSound({ activation: { verify: "jwt", jwt } });
  expectSound({ activation: { verify: "jwt", jwt: { source: $defs.jwtMetadata.examples[0], audience: "a" } } });
  for (const limits of $defs.limits.examples) expectSound({ limits });
  for (const keys of schema.properties.keys.examples) expectSound({ keys });
});

test("examples of rules compile", () => {
  for (const example of $defs.rule.examples) expectSound({ rules: [example] });
  for (const [name, { examples }] of Object.entries($defs.rule.properties).flatMap(([name, node]) =>
    "examples" in node ? [[name, node] as const] : [],
  )) {
    const detect = ["whole", "threshold", "context", "except"].includes(name) ? { detect: ["EMAIL_ADDRESS"] } : {};
    for (const example of examples) expectSound(rule({ ...detect, [name]: example }));
  }
  for (const select of $defs.selector.examples) expectSound(rule({ select }));
});

test("examples of actions compile", () => {
  for (const action of $defs.action.examples) expectSound(rule({ action }));
  for (const kind of ["redact", "mask", "hash", "truncate", "generalize", "tokenize"] as const) {
    for (const example of $defs[kind].examples) expectSound(rule({ action: { [kind]: example } }));
  }
  for (const [key, { examples }] of Object.entries($defs.mask.properties)) {
    for (const example of examples) expectSound(rule({ action: { mask: { [key]: example } } }));
  }
  for (const [key, { examples }] of Object.entries($defs.generalize.properties)) {
    for (const example of examples) expectSound(rule({ action: { generalize: { [key]: example } } }));
  }
});

test("the example of the language compiles", () => {
  const rules = [
    {
      name: "pan",
      select: ["json:$..card.number", "form:card_number"],
      action: { tokenize: { format: "pan", keepFirst: 6, luhn: "valid", domain: "card" } },
    },
    { name: "cvv", select: "json:$..card.cvc", action: "strip" },
    { name: "notes", select: "json:$..note", detect: ["CREDIT_CARD", "EMAIL_ADDRESS"], action: "redact" },
    { name: "back", on: "response", select: "json:$..card.number", action: { reveal: "pan" } },
  ];
  expectSound({ rules });
});

test("generated files are up to date", async () => {
  for (const [path, text] of await render()) {
    expect(readFileSync(join(import.meta.dirname, "../../..", path), "utf8"), path).toBe(text);
  }
});
