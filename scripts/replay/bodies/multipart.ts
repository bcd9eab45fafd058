/** multipart/form-data of RFC 7578: parts between delimiters, each with headers, a name, perhaps a file name, and a value. */
import type { Comparison } from "../compare.ts";
import type { Secret } from "../needles.ts";
import type { Oracle, RuleView } from "../oracle.ts";
import { hidesValues, isKeyed, replacementFault } from "../replacement.ts";
import { decodePercent, fromWire } from "../text.ts";
import { compareText, type TextVerdict, whole } from "../verdict.ts";
import { readJson } from "./json.ts";
import { allow, type BodyReading, differ, merge, within } from "./reading.ts";
import type { BodyRules } from "./rules.ts";

export interface Part {
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

/** The boundary that a content-type names. */
export function boundaryOf(type: string): string | undefined {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))\s*(?:;|$)/i.exec(type) ?? [];
  return quoted ?? bare;
}

/** A part, and what it has of headers; its value is one character a byte. */
export interface BodyPiece {
  readonly lines: readonly string[];
  readonly value: string;
}

/** Header lines and values between delimiters, and what stands before the first and behind the last; undefined when they are not whole. */
export function piecesOf(body: Uint8Array, boundary: string): { pieces: BodyPiece[]; frame: string } | undefined {
  const text = `\r\n${Buffer.from(body).toString("latin1")}`;
  const [before = "", ...rest] = text.split(`\r\n--${boundary}`);
  const last = rest.pop();
  if (last === undefined || !/^--(\r\n)?$/.test(last) || !/^(\r\n)?$/.test(before)) return undefined;
  const pieces = rest.map((piece) => {
    if (piece.startsWith("\r\n\r\n")) return { lines: [], value: piece.slice(4) };
    const [, head, value] = /^\r\n(.*?)\r\n\r\n(.*)$/s.exec(piece) ?? [];
    return head === undefined || value === undefined ? undefined : { lines: head.split("\r\n"), value };
  });
  if (pieces.some((piece) => piece === undefined)) return undefined;
  return { pieces: pieces as BodyPiece[], frame: before + last };
}

/** The parts of form-data, and what stands around them. */
export function partsOf(body: Uint8Array, boundary: string): { parts: Part[]; frame: string } | undefined {
  const found = piecesOf(body, boundary);
  const parts = found?.pieces.map(({ lines, value }) => {
    const disposition = lines.find((line) => /^content-disposition:/i.test(line)) ?? "";
    const name = parameter(disposition, "name");
    if (name === undefined) return undefined;
    return { lines, name: fromWire(name), filename: parameter(disposition, "filename"), value };
  });
  if (found === undefined || parts === undefined || parts.some((part) => part === undefined)) return undefined;
  return { parts: parts as Part[], frame: found.frame };
}

/** Reads a value as a body of its type; "plain" where the policy has none of them read. `told`: rules that know that it is JSON. */
export type ReadTyped = (
  rules: BodyRules,
  type: string,
  value: Uint8Array,
  told?: Oracle,
) => BodyReading | "plain" | undefined;

interface Judged {
  readonly part: Part;
  readonly rule: RuleView | undefined;
  readonly fileRule: RuleView | undefined;
  /** What rules find in the name, and in header lines that no rule can name, by their places. */
  readonly inName: RuleView | undefined;
  readonly inLines: readonly (RuleView | undefined)[];
  readonly location: string;
  readonly reading: BodyReading | undefined;
  /** Of a value that is decoded. */
  readonly text?: { readonly verdict: TextVerdict; readonly passing: string };
  /** That is of a body of its type, in which rules that detect by the name of the part look as well, or not. */
  readonly typed?: "alone" | "searched";
  /** Its document cannot be read. */
  readonly isBroken: boolean;
  readonly secrets: readonly Secret[];
}

const acts = (rule: RuleView | undefined) => (rule?.action.kind === "pass" ? undefined : rule);

/** A header line of a part: its name with all up to its value, and that. */
export function splitLine(line: string): [string, string] {
  const [, name = "", value = ""] = /^([^:]*:[ \t]*)(.*?)[ \t]*$/s.exec(line) ?? [];
  return [name, value];
}

function judge(rules: BodyRules, part: Part, index: number, readTyped: ReadTyped): Judged {
  const inName = rules.inName(decodePercent(part.name));
  const inLines = part.lines.map((line) =>
    /^content-disposition:/i.test(line) ? undefined : rules.inName(decodePercent(fromWire(splitLine(line)[1]))),
  );
  // A name in which something was found is no place to tell.
  const location = `multipart${inName ? `[${index}]` : `:${part.name}`}`;
  const found: Secret[] =
    inName && hidesValues(inName) ? [{ rule: inName, location, value: decodePercent(part.name) }] : [];
  inLines.forEach((rule, at) => {
    const value = decodePercent(fromWire(splitLine(part.lines[at]!)[1]));
    if (rule && hidesValues(rule)) found.push({ rule, location, value });
  });
  const judged = judgeValue(rules, part, location, readTyped);
  return { ...judged, inName, inLines, location, secrets: [...judged.secrets, ...found] };
}

/** The rule that covers what stands in a part, which it takes by its name. */
function coverOf(rules: BodyRules, { name }: Part, own: RuleView | undefined): RuleView | undefined {
  const rule = acts(own);
  if (rule === undefined || rule.action.kind === "strip" || rule.action.kind === "block") return undefined;
  return rules.searchesBefore(rule, "multipart", name) ? undefined : rule;
}

/** The reading of a part by its type. */
function typedReading(rules: BodyRules, part: Part, own: RuleView | undefined, readTyped: ReadTyped) {
  const type = part.lines.find((line) => /^content-type:/i.test(line));
  const cover = coverOf(rules, part, own);
  const isTaken = (acts(own) !== undefined && cover === undefined) || part.name === "_charset_";
  const told = rules.documentIn("multipart", part.name, cover);
  if (type === undefined || isTaken || (told && !cover)) return "plain";
  const inside = cover ? rules.covering(cover) : own === undefined ? rules : rules.exempt;
  return readTyped(inside, splitLine(type)[1], Buffer.from(part.value, "latin1"), told);
}

function judgeValue(
  rules: BodyRules,
  part: Part,
  location: string,
  readTyped: ReadTyped,
): Omit<Judged, "inName" | "inLines" | "location"> {
  const own = rules.plainRuleFor("multipart", part.name);
  const inside = acts(own) === undefined ? rules.documentIn("multipart", part.name) : undefined;
  const rule = inside === undefined ? acts(rules.ruleFor("multipart", part.name, fromWire(part.value))) : undefined;
  const fileRule = acts(rules.ruleFor("multipart-filename", part.name, fromWire(part.filename ?? "")));
  const inFile: Secret[] =
    fileRule !== undefined && hidesValues(fileRule) && part.filename
      ? [{ rule: fileRule, location: `${location}|filename`, value: fromWire(part.filename) }]
      : [];
  const value = Buffer.from(part.value, "latin1");
  const typed = typedReading(rules, part, own, readTyped);
  const verdict = rules.verdictOn("multipart", part.name, value, typed !== "plain");
  if (verdict !== "plain") {
    const { secrets, passing } = whole(verdict, value, location);
    const acting = verdict && "action" in verdict ? verdict : undefined;
    const judged = { part, rule: acting, fileRule, reading: undefined, isBroken: false };
    return { ...judged, text: { verdict, passing }, secrets: [...secrets, ...inFile] };
  }
  const isEmpty = value.length === 0;
  if (typed !== "plain") {
    const within = (typed?.secrets ?? []).map((secret) => ({ ...secret, location: `${location}|${secret.location}` }));
    return {
      part,
      rule: undefined,
      fileRule,
      reading: isEmpty ? undefined : typed,
      typed: acts(own) === undefined && rules.searchesByName("multipart", part.name) ? "searched" : "alone",
      isBroken: !isEmpty && typed === undefined,
      secrets: isEmpty ? inFile : [...within, ...inFile],
    };
  }
  const reading =
    inside === undefined || isEmpty ? undefined : readJson(inside, value, { isExempt: own !== undefined });
  const secrets: Secret[] = (reading?.secrets ?? []).map((secret) => ({
    ...secret,
    location: `${location}|json:${secret.location}`,
  }));
  if (rule !== undefined && hidesValues(rule) && !isEmpty)
    secrets.push({ rule, location, value: fromWire(part.value) });
  // A byte order mark of UTF-16 or UTF-32 in front of a value that is searched.
  const isWide = rules.searches("multipart", part.name) && /^(?:\xff\xfe|\xfe\xff)/.test(part.value);
  return {
    part,
    rule,
    fileRule,
    reading,
    isBroken: isWide || (inside !== undefined && !isEmpty && reading === undefined),
    secrets: [...secrets, ...inFile],
  };
}

export function readMultipart(
  rules: BodyRules,
  body: Uint8Array,
  boundary: string,
  readTyped: ReadTyped,
): BodyReading | undefined {
  const before = partsOf(body, boundary);
  const parts = before?.parts.map((part, index) => judge(rules, part, index, readTyped));
  if (before === undefined || parts === undefined || parts.some(({ isBroken }) => isBroken)) return undefined;
  return {
    secrets: parts.flatMap(({ secrets }) => secrets),
    passing: parts
      .map(({ part, rule, reading, fileRule, inName, inLines, text }) => {
        const isUntouched = inName === undefined && fileRule === undefined;
        const kept = part.lines.flatMap((line, at) => {
          if (/^content-disposition:/i.test(line)) return isUntouched ? [line] : [wordsOf(line)];
          return inLines[at] === undefined ? [line] : [];
        });
        const name = inName === undefined ? [`name="${part.name}"`] : [];
        const file = fileRule === undefined ? [fromWire(part.filename ?? "")] : [];
        const lines = [...kept, ...name, ...file];
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

function comparePart(rules: BodyRules, judged: Judged, left: Part): Comparison {
  const { part, rule, fileRule, inName, inLines, location, reading, typed, text } = judged;
  const isEdited =
    rule !== undefined ||
    typed !== undefined ||
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
    const isDisposition = /^content-disposition:/i.test(line);
    if (isDisposition && (fileRule ?? inName) !== undefined) return compareDisposition(judged, line, left);
    const inLine = inLines[part.lines.indexOf(line)];
    if (inLine !== undefined) return compareLine(inLine, location, line, found);
    return found === line ? allow(fromWire(line)) : differ(location, "a header line of a part");
  });
  if (text !== undefined)
    parts.push(compareText(text.verdict, Buffer.from(part.value, "latin1"), fromWire(left.value), location));
  // What rules find by the name of the part is found in what is left of it, which the search for secrets proves.
  else if (typed === "searched") parts.push(allow(fromWire(left.value)));
  else if (reading !== undefined) parts.push(within(location, reading.compare(Buffer.from(left.value, "latin1"))));
  else if (rule === undefined || part.value === "") {
    parts.push(left.value === part.value ? allow(fromWire(left.value)) : differ(location, "must stay as it is"));
  } else parts.push(replaced(rule, location, part.value, left.value));
  return merge(parts);
}

/** The words of the line itself, which stay: a value may be one of them. */
const wordsOf = (line: string): string => line.replace(/=(?:"[^"]*"|[^;\s]*)/g, "=");

function compareDisposition({ part, fileRule, inName, location }: Judged, line: string, left: Part): Comparison {
  const name =
    inName === undefined
      ? left.name === part.name
        ? allow(part.name)
        : differ(location, "a name")
      : spelled(inName, location, part.name, left.name);
  return merge([allow(wordsOf(line)), name, compareFilename(fileRule, `${location}|filename`, part, left)]);
}

function compareFilename(rule: RuleView | undefined, location: string, part: Part, left: Part): Comparison {
  if (rule === undefined || (part.filename === "" && left.filename !== undefined)) {
    return left.filename === part.filename
      ? allow(fromWire(part.filename ?? ""))
      : differ(location, "must stay as it is");
  }
  if (rule.action.kind === "strip" || part.filename === undefined) {
    return left.filename === undefined ? allow("") : differ(location, "must be stripped", { rule });
  }
  // What leaves out all of a file name that was looked into leaves out the parameter.
  return replaced(rule, location, part.filename, left.filename ?? "");
}

export function compareLine(rule: RuleView, location: string, before: string, after: string): Comparison {
  const [name, value] = splitLine(before);
  const blanks = before.slice(name.length + value.length);
  const isFramed = after.startsWith(name) && after.endsWith(blanks);
  if (!isFramed) return differ(location, "a header line of a part");
  const left = after.slice(name.length, after.length - blanks.length);
  return merge([allow(name), spelled(rule, location, fromWire(value), fromWire(left))]);
}

/** What was found in what the escapes of a text spell was replaced there, and escaped again or not. */
function spelled(rule: RuleView, location: string, before: string, after: string): Comparison {
  const value = decodePercent(before);
  const [first, ...others] = [after, decodePercent(after)].map((text) => {
    const fault = replacementFault(rule, { kind: "text", value }, { kind: "text", value: text });
    if (fault !== undefined)
      return differ(location, fault, { rule, kind: before === after ? "unredacted" : "changed" });
    const texts = [after, text];
    return isKeyed(rule)
      ? { differences: [], allowed: [], hashed: texts }
      : { differences: [], allowed: texts, hashed: [] };
  });
  return others.find(({ differences }) => differences.length === 0) ?? first!;
}

function replaced(rule: RuleView, location: string, before: string, after: string): Comparison {
  if (rule.action.kind === "block")
    return differ(location, "a value that must block the message went through", { rule });
  const [original, output] = [fromWire(before), fromWire(after)];
  const fault = replacementFault(rule, { kind: "text", value: original }, { kind: "text", value: output });
  if (fault !== undefined) return differ(location, fault, { rule, kind: before === after ? "unredacted" : "changed" });
  return isKeyed(rule) ? { differences: [], allowed: [], hashed: [output] } : allow(output);
}
