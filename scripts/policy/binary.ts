// Writes the binary policy, drawn in docs/internals.md ("The binary policy, version 4").
// Invariants: the header and every fixed table come first, then bytes and lists that they point to; every table starts
// at a multiple of 4; equal policies give equal bytes.

import { crc32 } from "node:zlib";
import type { ResolvedAction } from "./action.ts";
import type { Automaton, State } from "./automaton.ts";
import {
  ACTION,
  ALGORITHM,
  DECODER,
  DETECT,
  ENCODING,
  EVERY_SEGMENT,
  FALLBACK,
  FIELD,
  FIELD_FLAG,
  FLAG,
  GENERALIZE,
  HEADER,
  INVALID,
  LOCATION,
  LUHN,
  MAGIC,
  NO_RULE,
  RANGE,
  REVEAL_FLAG,
  ROOT,
  RULE,
  RULE_FLAG,
  SESSION,
  SIZE,
  SOURCE,
  STATE,
  STATE_FLAG,
  TOKEN,
  TOKEN_FORMAT,
  TRANSITION,
  UNSUPPORTED,
  VERSION,
} from "./constants.ts";
import type { DetectorProgram, ResolvedDetect } from "./detect.ts";
import { type Documents, isPlainName } from "./documents.ts";
import { TRANSPORT_HEADERS } from "./fields.ts";
import type { CompiledProtobuf } from "./protobuf/index.ts";
import { writeProtobuf } from "./protobuf/write.ts";
import { type Direction, type ResolvedPolicy, type ResolvedRule, type Role, type Root, redactText } from "./resolve.ts";
import type { ResolvedSession } from "./session.ts";
import { hashSymbols } from "./symbols.ts";
import { type ResolvedToken, tweakOf } from "./token.ts";
import { Writer } from "./writer.ts";

/** So many states are tried as a base of another: policies of real size need a handful. */
const MAX_BASES = 32;

export interface BinaryInput {
  policy: ResolvedPolicy;
  role: Role;
  rules: readonly ResolvedRule[];
  documents: Documents;
  automaton: Automaton;
  protobuf: CompiledProtobuf;
  /** Of the detectors that the rules name. */
  program?: DetectorProgram | undefined;
}

const directions: readonly Direction[] = ["request", "response"];

export function writeBinary(input: BinaryInput): Uint8Array {
  const { policy, role, rules, documents, automaton, protobuf, program } = input;
  const writer = new Writer();
  writer.reserve(SIZE.HEADER);
  const { activation, limits } = policy;
  writer.u32(HEADER.MAGIC, MAGIC);
  writer.u16(HEADER.VERSION, VERSION);
  writer.u16(
    HEADER.FLAGS,
    (activation.always ? FLAG.ALWAYS : 0) |
      (activation.header === undefined ? 0 : FLAG.HEADER) |
      (activation.keepHeader ? FLAG.KEEP_HEADER : 0) |
      (policy.compressed === "decode" ? FLAG.DECODE : 0) |
      (role === "egress" ? FLAG.EGRESS : 0) |
      (role === "egress" && policy.egress.otherwise === "block" ? FLAG.EGRESS_BLOCK : 0),
  );
  writer.u32(HEADER.LIMIT_HOLD, limits.hold);
  writer.u32(HEADER.LIMIT_VALUE, limits.value);
  writer.u32(HEADER.LIMIT_DEPTH, limits.depth);
  writer.u32(HEADER.UNSUPPORTED, UNSUPPORTED[policy.unsupported]);
  writer.u64(HEADER.LIMIT_BODY, BigInt(limits.body));
  writer.text(HEADER.NAME, policy.name);
  writer.text(HEADER.ACTIVATION_HEADER, activation.header ?? "");
  writeRoots(writer, needsKey(rules) ? policy.roots : []);
  writeSession(writer, activation.session);
  writeRefs(writer, HEADER.CLUSTERS, activation.clusters);
  writeRefs(writer, HEADER.SAFE_HEADERS, TRANSPORT_HEADERS);
  writeRefs(writer, HEADER.EGRESS_CLUSTERS, policy.egress.clusters);
  writeRefs(writer, HEADER.EGRESS_HOSTS, policy.egress.hosts);
  writeDetects(writer, rules, program);
  writeRules(writer, policy.name, [...rules, { name: "unmatched", action: { kind: policy.unmatched } }]);
  const roots = automaton.roots.slice(documents.bodies.length);
  for (const direction of directions) {
    const header = direction === "request" ? HEADER.REQUEST_FIELDS : HEADER.RESPONSE_FIELDS;
    const xml = roots[documents.fields.length + directions.indexOf(direction)]!;
    writeFields(writer, header, [
      ...plainNames(documents, roots, direction),
      ...namesOf(rules, direction),
      ...documentNames(documents, roots, direction),
      ...(xml ? [{ number: xml, location: "xml" as const, pattern: "" }] : []),
    ]);
  }
  const maskOf = maskFor(rules);
  writeAutomaton(writer, automaton, maskOf);
  writeProtobuf(writer, protobuf, maskOf);
  const bytes = writer.finish();
  const view = new DataView(bytes.buffer);
  view.setUint32(HEADER.BYTES, bytes.length, true);
  view.setUint32(HEADER.CRC, crc32(bytes.subarray(HEADER.CRC_FROM), crc32(bytes.subarray(0, HEADER.CRC))), true);
  return bytes;
}

function writeRefs(writer: Writer, header: number, texts: readonly string[]): void {
  const at = writer.table(header, texts.length, SIZE.REF);
  texts.forEach((text, index) => {
    writer.text(at + index * SIZE.REF, text);
  });
}

const keyed: ReadonlySet<string> = new Set(["hash", "tokenize", "reveal"]);

/** Whether the filter has to be given the root keys. */
export const needsKey = (rules: readonly { action: ResolvedAction }[]): boolean =>
  rules.some((rule) => keyed.has(rule.action.kind));

function writeRoots(writer: Writer, roots: readonly Root[]): void {
  const table = writer.table(HEADER.ROOTS, roots.length, SIZE.ROOT);
  roots.forEach(({ variable, id, until }, index) => {
    const at = table + index * SIZE.ROOT;
    writer.text(at + ROOT.VARIABLE, variable);
    writer.text(at + ROOT.ID, id);
    writer.u64(at + ROOT.UNTIL, BigInt(until));
  });
}

function writeSession(writer: Writer, session: ResolvedSession | undefined): void {
  const at = writer.table(HEADER.SESSION, session ? 1 : 0, SIZE.SESSION);
  if (!session) return;
  const { proof } = session;
  writer.u8(at + SESSION.ALGORITHM, proof.by === "metadata" ? ALGORITHM.none : ALGORITHM[proof.by]);
  writer.u8(at + SESSION.SOURCE, proof.by === "metadata" ? SOURCE.metadata : SOURCE.header);
  writer.u8(at + SESSION.INVALID, INVALID[session.invalid]);
  writer.u32(at + SESSION.MAX_AGE, session.maxAge);
  if (proof.by === "HS256") writer.text(at + SESSION.KEY, proof.variable);
  else if (proof.by !== "metadata") writer.bytes(at + SESSION.KEY, proof.publicKey);
  writer.text(at + SESSION.AUDIENCE, session.audience);
  writer.text(at + SESSION.SCOPE, session.scope);
  writer.text(at + SESSION.HEADER, session.sessionHeader ?? "");
  // The path of the property, but for the name of the claim.
  const path = ["metadata", "filter_metadata", "envoy.filters.http.jwt_authn"];
  writer.text(at + SESSION.METADATA, proof.by === "metadata" ? `${[...path, proof.key].join("\0")}\0` : "");
}

function writeDetects(writer: Writer, rules: readonly ResolvedRule[], program: DetectorProgram | undefined): void {
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

function writeRules(
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
    writer.u8(at + RULE.FLAGS, detect ? RULE_FLAG.DETECT | (detect.whole ? RULE_FLAG.WHOLE : 0) : 0);
    writer.u16(at + RULE.DETECTS, detects);
    if (detect) detects++;
    writer.text(at + RULE.NAME, name);
    writeParameters(writer, at, action);
    const token = tokenOf(action);
    if (token)
      writer.u32(at + RULE.P0, writeToken(writer, token, domains.indexOf(token.domain), tweakOf(policy, token)));
  });
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

interface Field {
  /** The rule, or the automaton state of the document in the value. */
  number: number;
  location: keyof typeof LOCATION;
  pattern: string;
  /** Not for the transport headers. */
  isExempt?: boolean;
  /** All plain names of the location: the number is the state in which they are looked up. */
  isNames?: boolean;
}

const keyOf = (location: string) => location.replaceAll("-", "_") as keyof typeof LOCATION;

/** What `any:` selects beside documents: every name, in every place. */
const everywhere: readonly Omit<Field, "number">[] = [
  { location: "header", pattern: "*", isExempt: true },
  { location: "cookie", pattern: "*" },
  { location: "query", pattern: "*" },
  { location: "path", pattern: EVERY_SEGMENT },
  { location: "form", pattern: "*" },
  { location: "multipart", pattern: "*" },
  { location: "multipart_filename", pattern: "*" },
  { location: "text", pattern: "" },
];

function plainNames(documents: Documents, roots: readonly number[], direction: Direction): Field[] {
  const first = documents.fields.length + documents.xml.length;
  return documents.names.flatMap((group, index): Field[] => {
    const location = keyOf(group.location);
    return group.direction === direction
      ? [{ number: roots[first + index]!, location, pattern: "", isNames: true }]
      : [];
  });
}

/** What rules select by patterns of names, in policy order. Documents and plain names are read by the automaton. */
function namesOf(rules: readonly ResolvedRule[], direction: Direction): Field[] {
  return rules.flatMap((rule, number) =>
    rule.directions.includes(direction)
      ? rule.selectors.flatMap((selector): Field[] => {
          const { location, expression, query } = selector;
          if (isPlainName(selector)) return [];
          if (location === "any") return everywhere.map((field) => ({ ...field, number }));
          if (query !== undefined || location === "grpc" || location === "proto") return [];
          return [{ number, location: keyOf(location), pattern: expression }];
        })
      : [],
  );
}

/** Fields whose values hold documents. */
function documentNames({ fields }: Documents, roots: readonly number[], direction: Direction): Field[] {
  return fields.flatMap((field, index): Field[] => {
    const location = keyOf(`${field.location}-${field.isDocument ? "json" : "text"}`);
    return field.direction === direction ? [{ number: roots[index]!, location, pattern: field.pattern }] : [];
  });
}

function writeFields(writer: Writer, header: number, fields: readonly Field[]): void {
  const table = writer.table(header, fields.length, SIZE.FIELD);
  fields.forEach(({ number, location, pattern, isExempt, isNames }, place) => {
    const at = table + place * SIZE.FIELD;
    writer.u16(at + FIELD.RULE, number);
    writer.u8(at + FIELD.LOCATION, LOCATION[location]);
    writer.u8(
      at + FIELD.FLAGS,
      (pattern.includes("*") ? FIELD_FLAG.GLOB : 0) |
        (isExempt ? FIELD_FLAG.EXEMPT : 0) |
        (isNames ? FIELD_FLAG.NAMES : 0),
    );
    writer.text(at + FIELD.PATTERN, pattern);
  });
}

/** A set of rules that detect, by their numbers: a bit for each record of the table. */
type MaskOf = (numbers: readonly number[]) => bigint;

function maskFor(rules: readonly ResolvedRule[]): MaskOf {
  const detecting = rules.filter(({ detect }) => detect);
  return (numbers) => numbers.reduce((mask, number) => mask | (1n << BigInt(detecting.indexOf(rules[number]!))), 0n);
}

function writeAutomaton(writer: Writer, { states, roots }: Automaton, maskOf: MaskOf): void {
  const names = [...new Set(states.flatMap((state) => [...state.names.keys()]))];
  const numbers = new Map(names.map((name, index) => [name, index]));
  const { slots, slotsLog2, lengths } = hashSymbols(names.map((name) => Buffer.from(name)));
  writer.u32(HEADER.SLOTS_LOG2, slotsLog2);
  writer.u64(HEADER.SYMBOL_LENGTHS, lengths);
  writeRefs(writer, HEADER.SYMBOLS, names);
  writer.u32(HEADER.SLOTS, writer.u16s([...slots]));
  writer.u32(HEADER.REQUEST_ROOT, roots[0]!);
  writer.u32(HEADER.RESPONSE_ROOT, roots[1]!);
  const table = writer.table(HEADER.STATES, states.length, SIZE.STATE);
  basesOf(states).forEach((base, index) => {
    const at = table + index * SIZE.STATE;
    const state = states[index]!;
    const listed = base === 0 ? state.names : differences(state, states[base]!);
    writer.u16(at + STATE.RULE, state.rule ?? NO_RULE);
    writer.u16(at + STATE.FLAGS, state.live ? STATE_FLAG.LIVE : 0);
    writer.u16(at + STATE.OTHER, state.other);
    writer.u16(at + STATE.COUNT, listed.size);
    writer.u32(at + STATE.TRANSITIONS, writeTransitions(writer, listed, numbers));
    writer.u32(at + STATE.RANGES, writeRanges(writer, state));
    writer.u16(at + STATE.BASE, base);
    writer.u16(at + STATE.NAME_RULE, state.nameRule ?? NO_RULE);
    writer.u64(at + STATE.DETECTS, maskOf(state.detects));
    writer.u64(at + STATE.NAME_DETECTS, maskOf(state.nameDetects));
    writer.u16(at + STATE.DECODER, state.decoder ? DECODER[state.decoder] : 0);
    writer.u16(at + STATE.DECODED, state.decoded);
    writer.u16(at + STATE.FIRST, firstRuleFrom(states, state.decoded) ?? NO_RULE);
  });
}

/** The first rule that can act at or below a state. */
function firstRuleFrom(states: readonly State[], start: number): number | undefined {
  const seen = new Set([0, start]);
  let first = Number.POSITIVE_INFINITY;
  for (const at of seen) {
    if (at === 0) continue;
    const { rule, nameRule, detects, nameDetects, other, decoded, names, ranges } = states[at]!;
    first = Math.min(first, rule ?? first, nameRule ?? first, ...detects, ...nameDetects);
    for (const next of [other, decoded, ...names.values(), ...ranges.flatMap(({ targets }) => targets)]) seen.add(next);
  }
  return Number.isFinite(first) ? first : undefined;
}

/** Names whose target another state does not tell: behind "..", all states list nearly the same names. */
function differences(state: State, base: State): Map<string, number> {
  const names = new Map([...state.names].filter(([name, target]) => base.names.get(name) !== target));
  for (const name of base.names.keys()) if (!state.names.has(name)) names.set(name, state.other);
  return names;
}

/** For each state the one from which it differs least, 0 for none; a base has no base itself. */
function basesOf(states: readonly State[]): number[] {
  const bases: number[] = [];
  return states.map((state, index) => {
    const sizes = bases.map((base) => differences(state, states[base]!).size);
    const least = Math.min(...sizes);
    // A base costs a second search for names that only it lists.
    if (least < state.names.size / 2) return bases[sizes.indexOf(least)]!;
    if (index !== 0 && state.names.size > 0 && bases.length < MAX_BASES) bases.push(index);
    return 0;
  });
}

/** {u16 symbol, u16 target}, sorted by symbol. */
function writeTransitions(
  writer: Writer,
  names: ReadonlyMap<string, number>,
  numbers: ReadonlyMap<string, number>,
): number {
  if (names.size === 0) return 0;
  const sorted = [...names].map(([name, target]) => [numbers.get(name)!, target] as const).sort((a, b) => a[0] - b[0]);
  const at = writer.reserve(sorted.length * SIZE.TRANSITION);
  sorted.forEach(([symbol, target], index) => {
    writer.u16(at + index * SIZE.TRANSITION + TRANSITION.SYMBOL, symbol);
    writer.u16(at + index * SIZE.TRANSITION + TRANSITION.TARGET, target);
  });
  return at;
}

function writeRanges(writer: Writer, { ranges }: State): number {
  if (ranges.length === 0) return 0;
  const list = writer.reserve(4 + ranges.length * SIZE.RANGE);
  writer.u32(list, ranges.length);
  ranges.forEach(({ from, targets }, index) => {
    const at = list + 4 + index * SIZE.RANGE;
    writer.u32(at + RANGE.FROM, from);
    writer.u32(at + RANGE.PERIOD, targets.length);
    writer.u32(at + RANGE.TARGETS, writer.u16s(targets));
  });
  return list;
}
