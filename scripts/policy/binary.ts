// Writes the binary policy, drawn in docs/internals.md ("The binary policy, version 11"); its larger tables in binary/.
// Invariants: the header and every fixed table come first, then bytes and lists that they point to; every table starts
// at a multiple of 4; equal policies give equal bytes.

import { crc32 } from "node:zlib";
import type { ResolvedAction } from "./action.ts";
import type { Automaton } from "./automaton.ts";
import { maskFor, writeAutomaton } from "./binary/automaton.ts";
import { documentNames, namesOf, plainNames, writeFields } from "./binary/fields.ts";
import { writeRefs } from "./binary/refs.ts";
import { writeDetects, writeRules } from "./binary/rules.ts";
import {
  ALGORITHM,
  FLAG,
  HEADER,
  INVALID,
  MAGIC,
  ROOT,
  SESSION,
  SIZE,
  SOURCE,
  UNSUPPORTED,
  VERSION,
} from "./constants.ts";
import type { DetectorProgram } from "./detect.ts";
import type { Documents } from "./documents.ts";
import { TRANSPORT_HEADERS } from "./fields.ts";
import type { CompiledProtobuf } from "./protobuf/index.ts";
import { writeProtobuf } from "./protobuf/write.ts";
import type { Direction, ResolvedPolicy, ResolvedRule, Role, Root } from "./resolve.ts";
import type { ResolvedSession } from "./session.ts";
import { unsupportedIn } from "./unsupported.ts";
import { Writer } from "./writer.ts";

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
  writer.u16(HEADER.UNSUPPORTED, UNSUPPORTED[unsupportedIn(policy, role, "request")]);
  writer.u16(HEADER.RESPONSE_UNSUPPORTED, UNSUPPORTED[unsupportedIn(policy, role, "response")]);
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
  const ofProtobuf = automaton.roots.slice(automaton.roots.length - protobuf.groups.length);
  writeAutomaton(writer, automaton, ofProtobuf, maskOf);
  writeProtobuf(writer, protobuf, ofProtobuf, maskOf);
  const bytes = writer.finish();
  const view = new DataView(bytes.buffer);
  view.setUint32(HEADER.BYTES, bytes.length, true);
  view.setUint32(HEADER.CRC, crc32(bytes.subarray(HEADER.CRC_FROM), crc32(bytes.subarray(0, HEADER.CRC))), true);
  return bytes;
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
