/** multipart/form-data of RFC 7578: parts between delimiters, each with headers, a name, perhaps a file name, and a value. */
import type { Comparison } from "../compare.ts";
import type { Secret } from "../needles.ts";
import { compareText, type TextVerdict, whole } from "../nested.ts";
import type { RuleView } from "../oracle.ts";
import { hidesValues, isKeyed, replacementFault } from "../replacement.ts";
import { fromWire } from "../text.ts";
import { readJson } from "./json.ts";
import { allow, type BodyReading, differ, merge, within } from "./reading.ts";
import type { BodyRules } from "./rules.ts";

interface Part {
  readonly lines: readonly string[];
  readonly name: string;
  readonly filename: string | undefined;
  /** One character a byte. */
  readonly value: string;
}

const parameter = (text: string, name: string): string | undefined => {
  const [, quoted, bare] = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]*))`, "i").exec(text) ?? [];
  return quoted ?? bare;
};

/** The parts, and what stands before the first and behind the last; undefined when the delimiters are not whole. */
function partsOf(body: Uint8Array, boundary: string): { parts: Part[]; frame: string } | undefined {
  const text = `\r\n${Buffer.from(body).toString("latin1")}`;
  const pieces = text.split(`\r\n--${boundary}`);
  const [before = "", ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined || !/^--(\r\n)?$/.test(last) || !/^(\r\n)?$/.test(before)) return undefined;
  const parts = rest.map((piece) => {
    const [, head, value] = /^\r\n(.*?)\r\n\r\n(.*)$/s.exec(piece) ?? [];
    if (head === undefined || value === undefined) return undefined;
    const lines = head.split("\r\n");
    const disposition = lines.find((line) => /^content-disposition:/i.test(line)) ?? "";
    const name = parameter(disposition, "name");
    if (name === undefined) return undefined;
    return { lines, name: fromWire(name), filename: parameter(disposition, "filename"), value };
  });
  if (parts.some((part) => part === undefined)) return undefined;
  return { parts: parts as Part[], frame: before + last };
}

interface Judged {
  readonly part: Part;
  readonly rule: RuleView | undefined;
  readonly fileRule: RuleView | undefined;
  readonly reading: BodyReading | undefined;
  /** Of a value that is decoded. */
  readonly text?: { readonly verdict: TextVerdict; readonly passing: string };
  /** Its document cannot be read. */
  readonly isBroken: boolean;
  readonly secrets: readonly Secret[];
}

const acts = (rule: RuleView | undefined) => (rule?.action.kind === "pass" ? undefined : rule);

function judge(rules: BodyRules, part: Part): Judged {
  const location = `multipart:${part.name}`;
  const own = rules.plainRuleFor("multipart", part.name);
  const inside = acts(own) === undefined ? rules.documentIn("multipart", part.name) : undefined;
  const rule = inside === undefined ? acts(rules.ruleFor("multipart", part.name, fromWire(part.value))) : undefined;
  const fileRule = acts(rules.ruleFor("multipart-filename", part.name, fromWire(part.filename ?? "")));
  const value = Buffer.from(part.value, "latin1");
  const verdict = rules.verdictOn("multipart", part.name, value);
  if (verdict !== "plain") {
    const { secrets, passing } = whole(verdict, value, location);
    const inFile: Secret[] =
      fileRule !== undefined && hidesValues(fileRule) && part.filename
        ? [{ rule: fileRule, location: `multipart-filename:${part.name}`, value: fromWire(part.filename) }]
        : [];
    const acting = verdict && "action" in verdict ? verdict : undefined;
    const judged = { part, rule: acting, fileRule, reading: undefined, isBroken: false };
    return { ...judged, text: { verdict, passing }, secrets: [...secrets, ...inFile] };
  }
  const isEmpty = value.length === 0;
  const reading = inside === undefined || isEmpty ? undefined : readJson(inside, value, own !== undefined);
  const secrets: Secret[] = (reading?.secrets ?? []).map((secret) => ({
    ...secret,
    location: `${location}|json:${secret.location}`,
  }));
  if (rule !== undefined && hidesValues(rule) && !isEmpty)
    secrets.push({ rule, location, value: fromWire(part.value) });
  if (fileRule !== undefined && hidesValues(fileRule) && part.filename) {
    secrets.push({ rule: fileRule, location: `multipart-filename:${part.name}`, value: fromWire(part.filename) });
  }
  return {
    part,
    rule,
    fileRule,
    reading,
    isBroken: inside !== undefined && !isEmpty && reading === undefined,
    secrets,
  };
}

export function readMultipart(rules: BodyRules, body: Uint8Array, boundary: string): BodyReading | undefined {
  const before = partsOf(body, boundary);
  const parts = before?.parts.map((part) => judge(rules, part));
  if (before === undefined || parts === undefined || parts.some(({ isBroken }) => isBroken)) return undefined;
  return {
    secrets: parts.flatMap(({ secrets }) => secrets),
    passing: parts
      .map(({ part, rule, reading, fileRule, text }) => {
        const lines = fileRule === undefined ? part.lines : [`name="${part.name}"`];
        if (text !== undefined) return [...lines, text.passing].join("\n");
        return [...lines, rule === undefined ? (reading?.passing ?? fromWire(part.value)) : ""].join("\n");
      })
      .join("\n"),
    compare(after) {
      const left = partsOf(after, boundary);
      const kept = parts.filter(({ rule }) => rule?.action.kind !== "strip");
      if (left === undefined) return differ("body", "the parts are not delimited any more");
      if (left.parts.length !== kept.length) {
        return differ("body", `${left.parts.length} parts where ${kept.length} must be`);
      }
      const isStripped = kept.length < parts.length;
      if (!isStripped && left.frame !== before.frame) return differ("body", "what stands around the parts");
      return merge(kept.map((one, index) => comparePart(rules, one, left.parts[index]!)));
    },
  };
}

function comparePart(rules: BodyRules, { part, rule, fileRule, reading, text }: Judged, left: Part): Comparison {
  const location = `multipart:${part.name}`;
  const isEdited =
    rule !== undefined ||
    text !== undefined ||
    rules.searches("multipart", part.name) ||
    rules.documentIn("multipart", part.name) !== undefined;
  const staying = part.lines.filter((line) => {
    if (/^content-length:/i.test(line)) return !isEdited;
    return rules.unmatched === undefined || /^content-(disposition|type|length|transfer-encoding):/i.test(line);
  });
  if (staying.length !== left.lines.length) return differ(location, "the header lines of a part");
  const parts = staying.map((line, index) => {
    const found = left.lines[index]!;
    if (found === line) return allow(fromWire(line));
    const isDisposition = /^content-disposition:/i.test(line) && fileRule !== undefined;
    return isDisposition ? compareFilename(fileRule, part, left) : differ(location, "a header line of a part");
  });
  if (text !== undefined)
    parts.push(compareText(text.verdict, Buffer.from(part.value, "latin1"), fromWire(left.value), location));
  else if (reading !== undefined) parts.push(within(location, reading.compare(Buffer.from(left.value, "latin1"))));
  else if (rule === undefined || part.value === "") {
    parts.push(left.value === part.value ? allow(fromWire(left.value)) : differ(location, "must stay as it is"));
  } else parts.push(replaced(rule, location, part.value, left.value));
  return merge(parts);
}

function compareFilename(rule: RuleView, part: Part, left: Part): Comparison {
  const location = `multipart-filename:${part.name}`;
  if (left.name !== part.name) return differ(location, "a name");
  if (rule.action.kind === "strip" || part.filename === undefined) {
    return left.filename === undefined ? allow(part.name) : differ(location, "must be stripped", { rule });
  }
  return left.filename === undefined
    ? differ(location, "missing", { rule })
    : merge([allow(part.name), replaced(rule, location, part.filename, left.filename)]);
}

function replaced(rule: RuleView, location: string, before: string, after: string): Comparison {
  if (rule.action.kind === "block")
    return differ(location, "a value that must block the message went through", { rule });
  const [original, output] = [fromWire(before), fromWire(after)];
  const fault = replacementFault(rule, { kind: "text", value: original }, { kind: "text", value: output });
  if (fault !== undefined) return differ(location, fault, { rule, kind: before === after ? "unredacted" : "changed" });
  return isKeyed(rule) ? { differences: [], allowed: [], hashed: [output] } : allow(output);
}
