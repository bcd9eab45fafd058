// The tables of gRPC and protobuf in the binary policy, drawn in docs/internals.md.
// Invariants: members stand by ascending number and types by ascending bytes of their names, since the filter searches them
// in halves.

import {
  HEADER,
  KIND,
  MEMBER,
  MEMBER_FLAG,
  MESSAGE,
  MESSAGE_FLAG,
  MESSAGE_TYPE,
  METHOD,
  METHOD_FLAG,
  NO_RULE,
  SIZE,
  UNKNOWN,
} from "../constants.ts";
import type { Writer } from "../writer.ts";
import type { MessageState } from "./graph.ts";
import type { CompiledProtobuf } from "./index.ts";
import { isHolding, isNaming } from "./pairs.ts";

/** `roots` are the automaton states of the groups; `maskOf` makes a set of rules that detect. */
export function writeProtobuf(
  writer: Writer,
  { bodies, states, keys }: CompiledProtobuf,
  roots: readonly number[],
  maskOf: (rules: readonly number[]) => bigint,
): void {
  const methods = writer.table(HEADER.METHODS, bodies.length, SIZE.METHOD);
  bodies.forEach(({ path, isCall, states: { request, response }, typed, clientStreams, serverStreams }, index) => {
    const at = methods + index * SIZE.METHOD;
    writer.text(at + METHOD.PATH, path);
    writer.u16(at + METHOD.REQUEST, request);
    writer.u16(at + METHOD.RESPONSE, response);
    writer.u8(
      at + METHOD.FLAGS,
      (path.includes("*") ? METHOD_FLAG.GLOB : 0) |
        (clientStreams ? METHOD_FLAG.CLIENT_STREAMS : 0) |
        (serverStreams ? METHOD_FLAG.SERVER_STREAMS : 0) |
        (isCall && typed.request ? METHOD_FLAG.TYPED_REQUEST : 0) |
        (isCall && typed.response ? METHOD_FLAG.TYPED_RESPONSE : 0),
    );
  });
  const messages = writer.table(HEADER.MESSAGES, states.length, SIZE.MESSAGE);
  states.forEach((state, index) => {
    const at = messages + index * SIZE.MESSAGE;
    const group = keys[index];
    writer.u16(at + MESSAGE.KEYS, group === undefined ? 0 : roots[group]!);
    writeState(writer, at, state, roots, maskOf);
  });
}

function writeState(
  writer: Writer,
  at: number,
  { isAny, isEntry, isValue, live, pairs, unknown, members, types }: MessageState,
  roots: readonly number[],
  maskOf: (rules: readonly number[]) => bigint,
): void {
  writer.u16(at + MESSAGE.MEMBER_COUNT, members.length);
  writer.u16(at + MESSAGE.TYPE_COUNT, types.size);
  writer.u8(
    at + MESSAGE.FLAGS,
    (live ? MESSAGE_FLAG.LIVE : 0) |
      (isAny ? MESSAGE_FLAG.ANY : 0) |
      (isEntry ? MESSAGE_FLAG.ENTRY : 0) |
      (isValue ? MESSAGE_FLAG.VALUE : 0) |
      (pairs ? MESSAGE_FLAG.PAIR : 0),
  );
  writer.u8(at + MESSAGE.UNKNOWN, UNKNOWN[unknown]);
  const list = writer.reserve(members.length * SIZE.MEMBER);
  writer.u32(at + MESSAGE.MEMBERS, list);
  members.forEach(({ field, rule, detects, target, text, once }, index) => {
    const member = list + index * SIZE.MEMBER;
    writer.u32(member + MEMBER.NUMBER, field.number);
    writer.u8(member + MEMBER.KIND, KIND[field.kind]);
    const flags =
      (field.isRepeated ? MEMBER_FLAG.REPEATED : 0) |
      (once ? MEMBER_FLAG.ONCE : 0) |
      (pairs && isNaming(field) ? MEMBER_FLAG.NAMING : 0) |
      (pairs && isHolding(field) ? MEMBER_FLAG.HOLDING : 0);
    writer.u8(member + MEMBER.FLAGS, flags);
    writer.u16(member + MEMBER.RULE, rule ?? NO_RULE);
    writer.u16(member + MEMBER.TARGET, text === undefined ? target : roots[text]!);
    writer.u64(member + MEMBER.DETECTS, maskOf(detects));
  });
  const names = [...types].map(([name, target]) => ({ name: Buffer.from(name), text: name, target }));
  const table = writer.reserve(names.length * SIZE.MESSAGE_TYPE);
  writer.u32(at + MESSAGE.TYPES, table);
  names
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .forEach(({ text, target }, index) => {
      writer.text(table + index * SIZE.MESSAGE_TYPE + MESSAGE_TYPE.NAME, text);
      writer.u16(table + index * SIZE.MESSAGE_TYPE + MESSAGE_TYPE.TARGET, target);
    });
}
