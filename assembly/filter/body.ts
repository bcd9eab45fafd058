// A body on its way: read from the host, rewritten, held or released. "Hold, then stream": up to limits.hold nothing has
// gone on, so a refusal is clean and content-length exact; beyond, chunks go on as they come, in constant memory.
// Invariants: what is refused has not been written back; a chunk without an edit is not written back while streaming.

import * as host from "../abi/host";
import { CONTINUE, REQUEST_BODY, REQUEST_HEADERS, RESPONSE_BODY, RESPONSE_HEADERS, STOP_AND_BUFFER, STOP_AND_WATERMARK, STOP_NO_BUFFER } from "../abi/types";
import { ascii, decimal } from "../abi/text";
import { Buffer, newBuffer } from "../bytes/buffer";
import { Inflater, inflate, mostOut } from "../compression/inflate";
import { takeUnread } from "../fields/readings";
import { edited, readIn, ruleOf, written, writtenLength } from "../framing/format";
import { PADDING } from "../json/rewrite";
import { FORMAT_GRPC, HEADER_LIMIT_BODY, HEADER_LIMIT_HOLD, NO_RULE } from "../policy/format.gen";
import { INTERNAL, LIMIT_BODY, RULE_BLOCK, TRAILERS } from "../policy/outcomes.gen";
import { refuse } from "./refusal";
import { BODY_EMPTY, BODY_PASS, BODY_READ, BODY_UNREADABLE, Body, Stream, bodyOf, closeBody, heldOf, narrowOf } from "./stream";

/**
 * How much the host's buffer has room for anywhere: it may be small (32 KiB at a hardened edge). So much waits in it where neither
 * trailers are announced nor a length is told that is no more: nothing would come any more once it is full.
 */
export const WAITING_BYTES: u32 = 16384;

const input: Buffer = newBuffer();
const decoded: Buffer = newBuffer();
const headerValue: Buffer = newBuffer();
const headerName: Buffer = newBuffer();

/** Writes a name of a header; false when memory ran out, since the host takes an empty one for another header. */
function named(name: string): bool {
  headerName.clear();
  ascii(headerName, name);
  return !headerName.failed;
}

/** Sets a header to what `headerValue` holds. */
function set(map: u32, name: string): bool {
  if (!named(name) || headerValue.failed) return false;
  return host.replaceHeader(map, headerName.at, headerName.length, headerValue.at, headerValue.length);
}

function remove(map: u32, name: string): bool {
  return named(name) && host.removeHeader(map, headerName.at, headerName.length);
}

/** content-length is set to what really follows, or removed where nobody can know yet. */
export function setLength(map: u32, length: u64): bool {
  headerValue.clear();
  decimal(headerValue, length);
  return set(map, "content-length");
}

export function removeLength(map: u32): bool {
  return remove(map, "content-length");
}

/** A body that was decoded goes on as it is. */
export function removeCoding(map: u32): bool {
  return remove(map, "content-encoding");
}

/** Digests of what came are wrong for what leaves, and confirm a guess at it (RFC 1864, RFC 3230, RFC 9530). */
export function removeDigests(map: u32): bool {
  return remove(map, "content-md5") && remove(map, "digest") && remove(map, "content-digest") && remove(map, "repr-digest");
}

/** accept-encoding towards the service names what answers can be read in. */
export function setAcceptable(decodes: bool): bool {
  headerValue.clear();
  ascii(headerValue, decodes ? "gzip" : "identity");
  return set(REQUEST_HEADERS, "accept-encoding");
}

/** The same for the messages of a gRPC call. */
export function setAcceptableMessages(decodes: bool): bool {
  headerValue.clear();
  ascii(headerValue, decodes ? "gzip" : "identity");
  return set(REQUEST_HEADERS, "grpc-accept-encoding");
}

/** How much of the rewritten body is held back before it streams. */
function holdLimit(stream: Stream, body: Body): u64 {
  const limit = load<u32>(stream.policy.blob, HEADER_LIMIT_HOLD);
  // Trailers end a gRPC body, so all of it waits with the host; each message was judged as a whole before it came here.
  return <u64>(body.format == FORMAT_GRPC && !body.isAtHand ? min<u32>(limit, WAITING_BYTES) : limit);
}

function refuseBody(stream: Stream, body: Body, outcome: u32, response: bool): u32 {
  const rule = body.reader && outcome == RULE_BLOCK ? ruleOf(body.format, body.reader) : NO_RULE;
  refuse(stream, outcome, rule, response);
  return STOP_NO_BUFFER;
}

/**
 * Lets the headers and all that waited go with this chunk, whose rewritten bytes are given; `size` bytes stand in the
 * host's buffer for it. A complete body gets its exact length, one that goes on loses it where a rule may change it.
 */
function releaseHeld(body: Body, response: bool, size: u32, at: usize, length: u32, edited: bool, exact: bool): bool {
  const held = heldOf(body);
  const map = response ? RESPONSE_HEADERS : REQUEST_HEADERS;
  const whole = <u64>body.waiting + held.length + length;
  if (exact) {
    const isRight = (body.measured && whole == body.total) || whole == 0;
    if (!isRight && !setLength(map, whole)) return false;
  } else if (body.measured && body.editable && !removeLength(map)) {
    return false;
  }
  body.released = true;
  const type = response ? RESPONSE_BODY : REQUEST_BODY;
  if (held.length == 0) return !edited || host.writeBuffer(type, size, at, length);
  held.append(at, length);
  const isWritten = !held.failed && host.writeBuffer(type, size, held.at, held.length);
  held.free();
  return isWritten;
}

/**
 * Keeps the rewritten chunk back: in memory of the filter where the host's buffer can be written at the end, or there is no more
 * room there, else with the host.
 */
function holdBack(body: Body, type: u32, size: u32, at: usize, length: u32, edited: bool): bool {
  const held = heldOf(body);
  if (!body.isAtHand && held.length == 0 && body.waiting + length <= WAITING_BYTES) {
    body.waiting += length;
    body.heldMost = body.waiting;
    return !edited || host.writeBuffer(type, size, at, length);
  }
  held.append(at, length);
  body.heldMost = body.waiting + held.length;
  return !held.failed && (size == 0 || host.writeBuffer(type, size, 0, 0));
}

// What the chunk has become, when `isEdited`.
let isEdited: bool = false;
let editedAt: usize = 0;
let editedLength: u32 = 0;

/** Gives the chunk at `at`, which is not compressed, to the reader of the body. Returns an outcome. */
function readPlain(body: Body, at: usize, length: u32, last: bool): u32 {
  const outcome = readIn(narrowOf(body), body.format, body.reader, at, length, last);
  isEdited = edited;
  editedAt = written;
  editedLength = writtenLength;
  return outcome;
}

/** A body of no bytes at all is no document, and nothing to leak. */
function readNone(): u32 {
  isEdited = false;
  editedLength = 0;
  return 0;
}

/** Gives the chunk in `input` to the reader of the body, decoded where it is compressed. Returns an outcome. */
function readChunk(stream: Stream, body: Body, size: u32, last: bool): u32 {
  const outcome = body.inflater == 0 ? readPlain(body, input.at, size, last) : readDecoded(stream, body, size, last);
  return takeUnread() && outcome == 0 ? INTERNAL : outcome;
}

function readDecoded(stream: Stream, body: Body, size: u32, last: bool): u32 {
  const inflater = changetype<Inflater>(body.inflater);
  decoded.clear();
  const most = mostOut(body.total, inflater.bytesOut);
  const fault = inflate(inflater, input.at, size, last, most, decoded);
  if (fault) return fault;
  if (inflater.bytesOut > load<u64>(stream.policy.blob, HEADER_LIMIT_BODY)) return LIMIT_BODY;
  if (!decoded.reserve(PADDING)) return INTERNAL;
  if (inflater.bytesOut == 0) return readNone();
  return readPlain(body, decoded.at, decoded.length, last);
}

/** A body callback: `size` bytes stand in the host's buffer. Returns what the callback returns. */
export function onBody(stream: Stream, response: bool, size: u32, last: bool): u32 {
  const body = bodyOf(stream, response);
  if (body.mode == BODY_PASS) return CONTINUE;
  const type = response ? RESPONSE_BODY : REQUEST_BODY;
  body.total += size;
  if (body.total > load<u64>(stream.policy.blob, HEADER_LIMIT_BODY)) return refuseBody(stream, body, LIMIT_BODY, response);
  if (body.mode == BODY_EMPTY) {
    return size == 0 || host.writeBuffer(type, size, 0, 0) ? CONTINUE : refuseBody(stream, body, INTERNAL, response);
  }
  if (body.mode == BODY_UNREADABLE) {
    if (size != 0) return refuseBody(stream, body, body.refusal, response);
    return last ? CONTINUE : STOP_AND_WATERMARK;
  }
  if (!host.readBuffer(type, size, input, PADDING)) return refuseBody(stream, body, INTERNAL, response);
  if (last) body.ended = true;
  const outcome = body.total != 0 ? readChunk(stream, body, size, last) : readNone();
  if (outcome) return refuseBody(stream, body, outcome, response);
  const source = body.inflater ? decoded : input;
  const isChanged = isEdited || body.inflater != 0;
  const at = isEdited ? editedAt : source.at;
  const length = isEdited ? editedLength : body.total != 0 ? source.length : 0;
  if (body.released) {
    if (isChanged && !host.writeBuffer(type, size, at, length)) return refuseBody(stream, body, INTERNAL, response);
    if (last) closeBody(body);
    return CONTINUE;
  }
  const whole = <u64>body.waiting + heldOf(body).length + length;
  const isOver = whole > holdLimit(stream, body);
  if (last || isOver) {
    // Over the limit also where all of it came at once: how a body was cut must not show in its headers.
    if (!releaseHeld(body, response, size, at, length, isChanged, !isOver)) {
      return refuseBody(stream, body, INTERNAL, response);
    }
    if (last) closeBody(body);
    return CONTINUE;
  }
  if (!holdBack(body, type, size, at, length, isChanged)) return refuseBody(stream, body, INTERNAL, response);
  return body.isAtHand ? STOP_AND_BUFFER : STOP_AND_WATERMARK;
}

/**
 * Writes what is left of a body when its trailers have come. They carry no body: what neither waits in the host's buffer nor can be
 * written into it could only be left out. Returns an outcome.
 */
function writeEnd(body: Body, response: bool, at: usize, length: u32): u32 {
  const held = heldOf(body);
  const isLeft = held.length != 0 || length != 0;
  if (isLeft && (body.released || !body.isAtHand)) return TRAILERS;
  if (body.released) return 0;
  held.append(at, length);
  const map = response ? RESPONSE_HEADERS : REQUEST_HEADERS;
  if (held.failed || (body.measured && !setLength(map, body.waiting + held.length))) return INTERNAL;
  if (held.length != 0 && !host.writeBuffer(response ? RESPONSE_BODY : REQUEST_BODY, 0, held.at, held.length)) return INTERNAL;
  held.free();
  return 0;
}

/** Trailers end a body that no body callback ended. False when the stream is refused. */
export function endBodyAtTrailers(stream: Stream, response: bool): bool {
  const body = bodyOf(stream, response);
  if (body.mode != BODY_READ || body.ended) return true;
  body.ended = true;
  if (body.total == 0) {
    closeBody(body);
    return true;
  }
  if (!input.reserve(PADDING)) {
    refuseBody(stream, body, INTERNAL, response);
    return false;
  }
  input.clear();
  let outcome = readChunk(stream, body, 0, true);
  const length = isEdited ? editedLength : body.inflater != 0 ? decoded.length : 0;
  if (outcome == 0) outcome = writeEnd(body, response, isEdited ? editedAt : decoded.at, length);
  if (outcome) {
    refuseBody(stream, body, outcome, response);
    return false;
  }
  closeBody(body);
  return true;
}
