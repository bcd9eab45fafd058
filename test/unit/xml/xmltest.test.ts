// James Clark's XML test cases (xmltest.zip). Every document with a document type declaration is refused for it, unless
// it is refused for what stands before; the canonical forms of the valid ones, which have none, pass byte for byte; what is
// not well-formed is refused. Each in one piece, bytewise, and in two pieces at some places.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { corpus, titleOf } from "../../support/corpora.ts";
import { unzip } from "../../support/zip.ts";
import { Subject } from "./support.ts";

const file = "payloads/xml/xmltest.zip";
const path = corpus(file);
const documents = path
  ? [...unzip(readFileSync(path))].filter(({ name }) => name.endsWith(".xml") && !/\/\.|ext-sa\/null/.test(name))
  : [];
const inFolder = (pattern: RegExp) => documents.filter(({ name }) => pattern.test(name));

/** Well-formed, and refused all the same. */
const refusedForOtherReasons: Record<string, string> = {
  // A name that is a colon alone is no qualified name (Namespaces in XML 1.0, section 4).
  "xmltest/valid/sa/out/012.xml": "xml_syntax",
};

/** Under this policy nothing of the suite is selected. */
const quiet = new Subject({ rules: [{ name: "none", select: "xml://Frostglass", action: "redact" }] });
/** Under this one nearly everything is. */
const eager = new Subject({ rules: [{ name: "all", select: ["xml:/*/@*", "xml:/*"], action: { mask: {} } }] });

const hasDoctype = (bytes: Uint8Array) => Buffer.from(bytes).includes("<!DOCTYPE");

function cuts({ length }: Uint8Array): number[][] {
  const places = Array.from({ length: Math.min(length - 1, 40) }, (_, at) => Math.floor(((at + 1) * length) / 41));
  return [...new Set(places)].filter((at) => at > 0).map((at) => [at]);
}

function outcomeOf(subject: Subject, bytes: Uint8Array): string {
  const whole = subject.run(bytes);
  for (const chunk of ["each" as const, ...cuts(bytes)]) {
    const cut = subject.run(bytes, chunk);
    expect(cut.error, String(chunk)).toBe(whole.error);
    if (whole.error === undefined) expect(Buffer.from(cut.output).equals(whole.output), String(chunk)).toBe(true);
  }
  expect(whole.faults).toEqual([]);
  return whole.error ?? "forwarded";
}

describe.skipIf(!path)(titleOf("xmltest.zip", file), () => {
  test("is read whole", () => {
    expect(documents.length).toBeGreaterThan(480);
  });

  describe("canonical forms pass byte for byte", () => {
    test.each(inFolder(/\/out\//))("$name", ({ name, bytes }) => {
      const expected = refusedForOtherReasons[name] ?? (hasDoctype(bytes) ? "xml_doctype" : "forwarded");
      expect(outcomeOf(quiet, bytes)).toBe(expected);
      if (expected === "forwarded") expect(Buffer.from(quiet.run(bytes).output).equals(bytes)).toBe(true);
      expect(outcomeOf(eager, bytes)).toBe(expected);
    });
  });

  describe("documents with a declaration are refused", () => {
    test.each(inFolder(/\/(valid|invalid)\/(?!.*\/out\/)/).filter(({ bytes }) => hasDoctype(bytes)))(
      "$name",
      ({ bytes }) => {
        expect(outcomeOf(quiet, bytes)).toBe("xml_doctype");
      },
    );
  });

  describe("what is not well-formed is refused", () => {
    // An empty body is no document, and nothing to leak.
    test.each(inFolder(/\/not-wf\//).filter(({ bytes }) => bytes.length > 0))("$name", ({ bytes }) => {
      expect(outcomeOf(quiet, bytes)).toMatch(/^(xml_(syntax|utf8|doctype)|unsupported_charset)$/);
      expect(outcomeOf(eager, bytes)).toMatch(/^(xml_(syntax|utf8|doctype)|unsupported_charset)$/);
    });
  });
});
