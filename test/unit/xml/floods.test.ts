// Documents made to exhaust a reader: each has a decided outcome, and none takes more memory than the limits say.

import { describe, expect, test } from "vitest";
import { Filter } from "../../support/engine-filter.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { Subject } from "./support.ts";

const rules = [
  { name: "pan", select: ["xml://Pan", "xml://@pan"], action: { mask: {} } },
  { name: "name", select: "xml://Name", action: "redact" },
  { name: "cvv", select: "xml://Cvv", action: "strip" },
];
const MiB = 1024 * 1024;
const bomb = `<!DOCTYPE a [<!ENTITY b "${"x".repeat(64)}">${Array.from({ length: 20 }, (_, at) => `<!ENTITY b${at} "&b;&b;">`).join("")}]><a>&b19;</a>`;

const cases: [title: string, document: string, outcome: string][] = [
  ["an entity bomb", bomb, "xml_doctype"],
  ["an external entity", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "xml_doctype"],
  ["10,000 elements deep", `${"<a>".repeat(10_000)}${"</a>".repeat(10_000)}`, "limit_depth"],
  ["10,000 elements deep, unclosed", "<a>".repeat(10_000), "limit_depth"],
  ["a name of 2 MiB", `<${"a".repeat(2 * MiB)}/>`, "limit_value"],
  ["an attribute name of 2 MiB", `<a ${"b".repeat(2 * MiB)}="c"/>`, "limit_value"],
  ["a target of 2 MiB", `<?${"b".repeat(2 * MiB)}?><a/>`, "limit_value"],
  ["long names in each other", `<${"a".repeat(30_000)}><${"b".repeat(30_000)}><${"c".repeat(30_000)}>`, "limit_value"],
  [
    "100,000 attributes",
    `<a ${Array.from({ length: 100_000 }, (_, at) => `a${at}=""`).join(" ")}/>`,
    "limit_attributes",
  ],
  ["256 attributes", `<a ${Array.from({ length: 256 }, (_, at) => `a${at}=""`).join(" ")}/>`, "forwarded"],
  ["a declaration of 1 MiB", `<?xml version="1.0"${" ".repeat(MiB)}?><a/>`, "xml_syntax"],
  ["a comment of 2 MiB", `<a><!--${"x".repeat(2 * MiB)}--></a>`, "forwarded"],
  ["a comment of 2 MiB in a value", `<a><Pan>1<!--${"x".repeat(2 * MiB)}-->2</Pan></a>`, "forwarded"],
  ["a masked text of 4 MiB", `<a><Pan>${"4".repeat(4 * MiB)}</Pan></a>`, "forwarded"],
  ["a masked attribute of 4 MiB", `<a pan="${"4".repeat(4 * MiB)}"/>`, "forwarded"],
  ["a redacted text of 4 MiB", `<a><Name>${"4".repeat(4 * MiB)}</Name></a>`, "forwarded"],
  ["a stripped element of 4 MiB", `<a><Cvv>${"<b>4</b>".repeat(MiB / 2)}</Cvv></a>`, "forwarded"],
  ["white space of 2 MiB before a value", `<a><Pan>${" ".repeat(2 * MiB)}4</Pan></a>`, "limit_value"],
  ["white space of 2 MiB in a tag", `<a${" ".repeat(2 * MiB)}pan="4"/>`, "limit_value"],
  ["an empty section many times", `<a>${"<![CDATA[]]>".repeat(200_000)}</a>`, "forwarded"],
  ["references many times", `<a>${"&#x41;".repeat(500_000)}</a>`, "forwarded"],
  ["a reference without an end", `<a>&#${"0".repeat(MiB)}65;</a>`, "forwarded"],
];

describe("floods", () => {
  const subject = new Subject({ rules });
  test.each(cases)("%s", (_, document, outcome) => {
    const bytes = Buffer.from(document);
    for (const chunk of [65_536, 4_099]) {
      const { error, output } = subject.run(bytes, chunk);
      expect(error ?? "forwarded").toBe(outcome);
      const text = Buffer.from(output).toString("latin1");
      expect(text).not.toMatch(/[^#x0-9]4444/);
    }
  });

  test("what waits for an attribute is as long in one piece as in many", () => {
    const small = new Subject({ limits: { value: 24 }, rules });
    const blanks = " ".repeat(30);
    for (const tag of [
      `<a${blanks}>`,
      `<a${blanks}xmlns:b="c">`,
      `<a xmlns:${"b".repeat(30)}="c">`,
      `<a${blanks}d="e">`,
    ]) {
      for (const chunk of [65_536, 1, 7]) expect(small.run(Buffer.from(`${tag}</a>`), chunk).error).toBe("limit_value");
    }
  });

  test("take no memory that stays", () => {
    const filter = new Filter();
    filter.use(binaryOf({ limits: { hold: 0 }, rules }));
    const all = () => {
      for (const [, document] of cases) filter.rewrite(Buffer.from(document), 65_536, "text/xml");
    };
    // The blocks of all sizes are there after two rounds.
    all();
    all();
    const settled = filter.vm.memoryBytes;
    for (let i = 0; i < 4; i++) all();
    expect(filter.vm.memoryBytes).toBe(settled);
    expect(settled).toBeLessThan(4 * MiB);
  });
});
