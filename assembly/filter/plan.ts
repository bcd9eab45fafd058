// From the headers of a message to what will happen to the body behind them: its format, its reader, or why there is none.
// Invariants: works on the headers that were loaded last; a body that nothing may read does not go on unless the policy says
// so; what the headers tell of a body that may leave in another form goes with it.

import { REQUEST_HEADERS, RESPONSE_HEADERS } from "../abi/types";
import { spells } from "../abi/text";
import {
  FLAG_DECODE,
  FORMAT_GRPC_WEB,
  FORMAT_GRPC_WEB_TEXT,
  FORMAT_JSON,
  FORMAT_TEXT,
  FORMAT_XML,
  HEADER_FLAGS,
  HEADER_LIMIT_BODY,
  HEADER_LIMIT_HOLD,
  HEADER_REQUEST_FIELDS,
  HEADER_RESPONSE_FIELDS,
  LOCATION_COOKIE,
  LOCATION_COOKIE_TEXT,
  LOCATION_HEADER,
  LOCATION_HEADER_TEXT,
  NO_MESSAGE,
  NO_RULE,
  UNSUPPORTED_BLOCK,
  UNSUPPORTED_EMPTY,
  UNSUPPORTED_PASS,
} from "../policy/format.gen";
import { EMPTIED, earlierCoding } from "./attempt";
import { openInflater } from "../compression/inflate";
import { CHARSET_OTHER } from "../bytes/charset";
import { WAITING_BYTES, removeCoding, removeDigests, removeLength, setLength } from "./body";
import { TYPE_OTHER, charset, forgetType, hasBoundary, hasCharset, isCalls, isIdentity, isList, isMultipart, isProtobuf, readCoding, readLength, readType } from "../framing/content";
import { headerIndex, valueAt, valueLength } from "./headers";
import {
  CONNECT_CALL,
  CONTENT_ENCODING,
  CONTENT_TYPE_REPEATED,
  INTERNAL,
  LIMIT_BODY,
  MULTIPART_BOUNDARY,
  PROTOBUF_TYPE,
  UNSUPPORTED_CHARSET,
  UNSUPPORTED_MEDIA_TYPE,
} from "../policy/outcomes.gen";
import { ProtoState } from "../protobuf/state";
import { bodyState, hasTypes, missesJson } from "../protobuf/tables";
import { hasFields } from "../fields/match";
import { TextState } from "../text/rewrite";
import { isRead, xmlRoot } from "../framing/reads";
import { BODY_EMPTY, BODY_PASS, BODY_UNREADABLE, Body, Stream, bodyOf, closeBody, openBody, scopeOf } from "./stream";
import { unsupportedIn } from "../policy/unsupported";

/** The coding of the body, where the policy has it decoded: GZIP, DEFLATE, or 0. */
export let coding: u32 = 0;

/** What makes the body unreadable, by the loaded headers alone, or 0; TYPE_OTHER bodies are left to the policy. */
function codingFault(blob: usize): u32 {
  const decodes = (load<u16>(blob, HEADER_FLAGS) & FLAG_DECODE) != 0;
  coding = 0;
  for (let i = headerIndex("content-encoding", 0); i >= 0; i = headerIndex("content-encoding", i + 1)) {
    if (isIdentity(valueAt(i), valueLength(i))) continue;
    const found = decodes && coding == 0 ? readCoding(valueAt(i), valueLength(i)) : 0;
    if (found == 0) return CONTENT_ENCODING;
    coding = found;
  }
  const type = headerIndex("content-type", 0);
  if (type < 0) return 0;
  const isRepeated = headerIndex("content-type", type + 1) >= 0;
  return isRepeated || isList(valueAt(type), valueLength(type)) ? CONTENT_TYPE_REPEATED : 0;
}

/** The coding of compressed messages of a gRPC call, where the policy has bodies decoded: GZIP, DEFLATE, or 0. */
function messageCoding(blob: usize): u32 {
  const found = headerIndex("grpc-encoding", 0);
  const decodes = (load<u16>(blob, HEADER_FLAGS) & FLAG_DECODE) != 0;
  if (found < 0 || !decodes || headerIndex("grpc-encoding", found + 1) >= 0) return 0;
  return readCoding(valueAt(found), valueLength(found));
}

/** Refuses a body that is there; where headers can be held, one that may turn out to be empty waits for its first byte. */
function unreadable(blob: usize, body: Body, outcome: u32): u32 {
  if (body.measured || load<u32>(blob, HEADER_LIMIT_HOLD) == 0) return outcome;
  body.mode = BODY_UNREADABLE;
  body.refusal = outcome;
  return 0;
}

/** Whether a body in the format has its trailers in it. */
function isWeb(format: u32): bool {
  return format == FORMAT_GRPC_WEB || format == FORMAT_GRPC_WEB_TEXT;
}

/** Whether something acts on headers, those that hold cookies among them. */
export function judgesHeaders(blob: usize, fields: u32, unmatched: u32): bool {
  if (unmatched != NO_RULE || hasFields(blob, fields, LOCATION_HEADER, LOCATION_COOKIE)) return true;
  return hasFields(blob, fields, LOCATION_HEADER_TEXT, LOCATION_COOKIE_TEXT);
}

/** Takes the digests of a body that may leave in another form out of the loaded headers or trailers; false when that failed. */
export function dropDigests(map: u32): bool {
  const isTold =
    headerIndex("content-md5", 0) >= 0 || headerIndex("digest", 0) >= 0 ||
    headerIndex("content-digest", 0) >= 0 || headerIndex("repr-digest", 0) >= 0;
  return !isTold || removeDigests(map);
}

/** Decides what happens to the body that follows the loaded headers. Returns an outcome. */
export function planBody(stream: Stream, response: bool, root: u32, unmatched: u32): u32 {
  const blob = stream.policy.blob;
  const body = bodyOf(stream, response);
  const map = response ? RESPONSE_HEADERS : REQUEST_HEADERS;
  const lengthIndex = headerIndex("content-length", 0);
  body.measured = lengthIndex >= 0;
  const length = body.measured ? readLength(valueAt(lengthIndex), valueLength(lengthIndex)) : u64.MAX_VALUE;
  body.isAtHand = headerIndex("trailer", 0) >= 0 || length <= <u64>WAITING_BYTES;
  const fields: u32 = response ? HEADER_RESPONSE_FIELDS : HEADER_REQUEST_FIELDS;
  // A body of no bytes needs no media type; should bytes come all the same, JSON is what they must be.
  let format = FORMAT_JSON;
  coding = 0;
  forgetType();
  if (stream.isRetry && !response && earlierCoding() == EMPTIED) {
    body.mode = BODY_EMPTY;
    return 0;
  }
  if (length != 0) {
    const fault = codingFault(blob);
    if (fault) return unreadable(blob, body, fault);
    if (stream.isRetry && !response && coding == 0) coding = earlierCoding();
    const typeIndex = headerIndex("content-type", 0);
    if (typeIndex >= 0) format = readType(valueAt(typeIndex), valueLength(typeIndex));
    const isTyped = isProtobuf(format) && hasTypes(blob);
    if (isTyped) {
      root = bodyState(stream.method, response);
      // Nothing acts in bodies of this type, but in their trailers something may.
      if (root == 0 && !(isWeb(format) && judgesHeaders(blob, fields, unmatched))) return 0;
    }
    if (format == FORMAT_JSON && isForeignJson(stream, response)) return unreadable(blob, body, CONNECT_CALL);
    const known = isTyped ? root != NO_MESSAGE : format != TYPE_OTHER && isRead(blob, format, fields, root, unmatched);
    if (!known || charset == CHARSET_OTHER) {
      const unsupported = unsupportedIn(blob, response);
      if (unsupported == UNSUPPORTED_BLOCK) {
        return unreadable(blob, body, known ? UNSUPPORTED_CHARSET : isTyped ? PROTOBUF_TYPE : UNSUPPORTED_MEDIA_TYPE);
      }
      if (unsupported == UNSUPPORTED_EMPTY) {
        body.mode = BODY_EMPTY;
        body.editable = true;
        if (body.measured && !setLength(map, 0)) return INTERNAL;
        if (coding != 0 && !removeCoding(map)) return INTERNAL;
        if (!dropDigests(map)) return INTERNAL;
      }
      return 0;
    }
    if (isMultipart(format) && !hasBoundary) return unreadable(blob, body, MULTIPART_BOUNDARY);
    if (body.measured && length != u64.MAX_VALUE && length > load<u64>(blob, HEADER_LIMIT_BODY)) return LIMIT_BODY;
  }
  if (format == FORMAT_XML) root = xmlRoot(blob, fields);
  body.charset = charset;
  body.charsetNamed = hasCharset ? 1 : 0;
  if (!openBody(body, format, scopeOf(stream, fields, unmatched), root)) return INTERNAL;
  if (isCalls(format)) changetype<ProtoState>(body.reader).coding = messageCoding(blob);
  if (format == FORMAT_TEXT) changetype<TextState>(body.reader).isForeign = isForeignJson(stream, response);
  if (coding != 0 && !openCoding(body, response)) return INTERNAL;
  return !body.editable || length == 0 || dropDigests(map) ? 0 : INTERNAL;
}

/**
 * The same for an answer that has no body by its status, or to HEAD: its headers tell of one that did not come, and what
 * they would be wrong for, had it come, goes. Another filter may have set that status, or asked for more than the head:
 * bytes that come all the same are left out, since the host would send them on.
 */
export function planNone(stream: Stream, root: u32, unmatched: u32): u32 {
  const body = bodyOf(stream, true);
  const outcome = planBody(stream, true, root, unmatched);
  if (outcome == INTERNAL) return INTERNAL;
  // Of a body that would be refused nothing is told, but that the answer has none is no reason to refuse it.
  const isRefused = outcome != 0 || body.mode == BODY_UNREADABLE;
  const isEmptied = body.mode == BODY_EMPTY;
  closeBody(body);
  body.mode = BODY_EMPTY;
  if (isRefused) body.editable = true;
  if (!body.editable) return 0;
  if (isRefused && !dropDigests(RESPONSE_HEADERS)) return INTERNAL;
  const length = headerIndex("content-length", 0);
  const isNone = length < 0 || isEmptied || readLength(valueAt(length), valueLength(length)) == 0;
  return isNone || removeLength(RESPONSE_HEADERS) ? 0 : INTERNAL;
}

/**
 * Whether a JSON body is a message that rules select in by its type (Connect protocol, "Unary-Request"): they would find
 * nothing in it. An answer that is an error is none.
 */
function isForeignJson(stream: Stream, response: bool): bool {
  const blob = stream.policy.blob;
  if (unsupportedIn(blob, response) == UNSUPPORTED_PASS || !missesJson(stream.called, response)) return false;
  const status = response ? headerIndex(":status", 0) : -1;
  return status < 0 || spells(valueAt(status), valueLength(status), "200");
}

/** Has the body decoded on its way: it goes on without a coding. */
function openCoding(body: Body, response: bool): bool {
  body.inflater = openInflater(coding);
  body.editable = true;
  return body.inflater != 0 && removeCoding(response ? RESPONSE_HEADERS : REQUEST_HEADERS);
}

/** What was planned behind an interim answer is no plan for the one that follows it. */
export function forgetPlan(body: Body): void {
  body.mode = BODY_PASS;
  body.editable = false;
}
