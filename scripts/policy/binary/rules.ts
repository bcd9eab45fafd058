// Rules in the binary policy: actions with their parameters, tokens, and the rules that detect with their program.

import { type ResolvedAction, redactText } from "../action.ts";
import {
  ACTION,
  DETECT,
  ENCODING,
  FALLBACK,
  GENERALIZE,
  HEADER,
  LUHN,
  REVEAL_FLAG,
  RULE,
  RULE_FLAG,
  SIZE,
  TOKEN,
  TOKEN_FORMAT,
} from "../constants.ts";
import type { DetectorProgram, ResolvedDetect } from "../detect.ts";
import type { ResolvedRule } from "../resolve.ts";
import { type ResolvedToken, tweakOf } from "../token.ts";
import type { Writer } from "../writer.ts";
import { writeRefs } from "./refs.ts";

export function writeDetects(
  writer: Writer,
  rules: readonly ResolvedRule[],
  program: DetectorProgram | undefined,
): void {
  writer.bytes(HEADER.DETECTOR_PROGRAM, program?.binary ?? new Uint8Array());
  const detecting = rules.flatMap(({ detect }, number) => (detect ? [{ detect, number }] : []));
  const table = writer.table(HEADER.DETECTS, detecting.length, SIZE.DETECT);
  detecting.forEach(({ detect, number }, index) => {
    const at = table + index * SIZE.DETECT;
    writer.u16(at + DETECT.RULE, number);
    writer.u16(at + DETECT.THRESHOLD, detect.threshold);
    const wanted = (program?.types ?? []).map((type) => (detect.types.includes(type) ? 1 : 0));
    writer.bytes(at + DETECT.WANTED, Uint8Array.from(wanted));
    writeRefs(writer, at + DETECT.CONTEXT, detect.context);
    writeRefs(writer, at + DETECT.EXCEPT, detect.except);
  });
}

const tokenOf = (action: ResolvedAction): ResolvedToken | undefined =>
  action.kind === "tokenize" || action.kind === "reveal" ? action.token : undefined;

export function writeRules(
  writer: Writer,
  policy: string,
  rules: readonly { name: string; action: ResolvedAction; detect?: ResolvedDetect }[],
): void {
  let detects = 0;
  const domains = [...new Set(rules.flatMap(({ action }) => tokenOf(action)?.domain ?? []))];
  writeRefs(writer, HEADER.DOMAINS, domains);
  const table = writer.table(HEADER.RULES, rules.length, SIZE.RULE);
  rules.forEach(({ name, action, detect }, index) => {
    const at = table + index * SIZE.RULE;
    writer.u8(at + RULE.ACTION, ACTION[action.kind]);
    writer.u8(at + RULE.FLAGS, flagsOf(action, detect));
    writer.u16(at + RULE.DETECTS, detects);
    if (detect) detects++;
    writer.text(at + RULE.NAME, name);
    writeParameters(writer, at, action);
    const token = tokenOf(action);
    if (token)
      writer.u32(at + RULE.P0, writeToken(writer, token, domains.indexOf(token.domain), tweakOf(policy, token)));
  });
}

function flagsOf(action: ResolvedAction, detect: ResolvedDetect | undefined): number {
  const detecting = detect ? RULE_FLAG.DETECT | (detect.whole ? RULE_FLAG.WHOLE : 0) : 0;
  return action.kind === "redact" && action.keepStructure ? detecting | RULE_FLAG.KEEP_STRUCTURE : detecting;
}

function writeToken(writer: Writer, token: ResolvedToken, domain: number, tweak: Uint8Array): number {
  const at = writer.reserve(SIZE.TOKEN);
  writer.u8(at + TOKEN.FORMAT, TOKEN_FORMAT[token.format]);
  writer.u8(at + TOKEN.LUHN, LUHN[token.luhn]);
  writer.u16(at + TOKEN.KEEP_FIRST, token.keepFirst);
  writer.u16(at + TOKEN.KEEP_LAST, token.keepLast);
  writer.u8(at + TOKEN.FALLBACK, FALLBACK[token.fallback]);
  writer.u16(at + TOKEN.DOMAIN, domain);
  writer.bytes(at + TOKEN.TWEAK, tweak);
  return at;
}

function writeParameters(writer: Writer, at: number, action: ResolvedAction): void {
  switch (action.kind) {
    case "redact":
      writer.text(at + RULE.P0, "with" in action ? JSON.stringify(action.with) : "");
      writer.text(at + RULE.P2, redactText(action));
      break;
    case "mask":
      writer.u32(at + RULE.P0, action.keepFirst);
      writer.u32(at + RULE.P1, action.keepLast);
      writer.u32(at + RULE.P2, action.char.codePointAt(0)!);
      writer.text(at + RULE.P3, action.skip);
      break;
    case "hash":
      writer.u32(at + RULE.P0, action.length);
      writer.u32(at + RULE.P1, ENCODING[action.encoding]);
      break;
    case "truncate":
      writer.u32(at + RULE.P0, action.keepFirst);
      writer.u32(at + RULE.P1, action.keepLast);
      break;
    case "generalize":
      writeGeneralization(writer, at, action);
      break;
    case "reveal":
      writer.u32(at + RULE.P1, action.anywhere ? REVEAL_FLAG.ANYWHERE : 0);
      break;
  }
}

function writeGeneralization(writer: Writer, at: number, action: ResolvedAction & { kind: "generalize" }): void {
  writer.u32(at + RULE.P0, action.by === "date" ? GENERALIZE[action.to] : GENERALIZE[action.by]);
  switch (action.by) {
    case "zip": {
      writer.u32(at + RULE.P1, action.digits);
      const list = writer.u16s(action.restricted.map(Number));
      writer.u32(at + RULE.P2, list);
      writer.u32(at + RULE.P3, action.restricted.length);
      break;
    }
    case "age":
      writer.u32(at + RULE.P1, action.cap);
      break;
    case "aged":
      writer.u32(at + RULE.P1, action.age);
      break;
    case "ip":
      writer.u32(at + RULE.P1, action.v4);
      writer.u32(at + RULE.P2, action.v6);
      break;
    case "number":
      writer.u32(at + RULE.P1, action.bucket);
      break;
    case "geo":
      writer.u32(at + RULE.P1, action.decimals);
      break;
  }
}
