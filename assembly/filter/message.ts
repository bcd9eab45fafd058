// The start of a message: from its headers to what will happen to its body, and the trailers at its end.
// Invariants: every way out of `onRequestHeaders` and `onResponseHeaders` has decided the body; an active message whose
// body cannot be read goes on only when the policy says so.

import { CONTINUE, REQUEST_HEADERS, REQUEST_TRAILERS, RESPONSE_HEADERS, RESPONSE_TRAILERS, STOP_ITERATION } from "../abi/types";
import { spells } from "../abi/text";
import {
  FLAG_DECODE,
  FORMAT_EVENTS,
  FORMAT_GRPC_WEB,
  FORMAT_GRPC_WEB_TEXT,
  FORMAT_JSON,
  FORMAT_LINES,
  FORMAT_SEQUENCE,
  FORMAT_TEXT,
  FORMAT_XML,
  HEADER_FLAGS,
  HEADER_LIMIT_BODY,
  HEADER_LIMIT_HOLD,
  HEADER_REQUEST_FIELDS,
  HEADER_REQUEST_ROOT,
  HEADER_RESPONSE_FIELDS,
  HEADER_RESPONSE_ROOT,
  HEADER_UNSUPPORTED,
  LOCATION_COOKIE_TEXT,
  LOCATION_FORM,
  LOCATION_HEADER,
  LOCATION_MULTIPART_FILENAME,
  LOCATION_TEXT,
  NO_MESSAGE,
  NO_RULE,
  UNSUPPORTED_BLOCK,
  UNSUPPORTED_EMPTY,
  UNSUPPORTED_PASS,
} from "../policy/format.gen";
import { ACTIVE, INACTIVE, activation, isActivationRepeated, settleHeaders } from "./activation";
import { EMPTIED, earlierCoding, hasRewrittenTrailers, recallAttempt, rememberAttempt, rememberTrailers } from "./attempt";
import { openInflater } from "../compression/inflate";
import { CHARSET_OTHER } from "../bytes/charset";
import { endBodyAtTrailers, removeCoding, removeDigests, removeLength, setAcceptable, setAcceptableMessages, setLength } from "./body";
import { TYPE_OTHER, charset, forgetType, hasBoundary, hasCharset, hasNoBody, isCalls, isGrpc, isGrpcWeb, isGrpcWebText, isIdentity, isList, isMultipart, isProtobuf, isSwitching, readCoding, readLength, readType } from "../framing/content";
import { blocksOthers, isAllowed, isEgress } from "./egress";
import { headerIndex, loadHeaders, rewriteHeaders, valueAt, valueLength } from "./headers";
import {
  CONNECT,
  CONNECT_CALL,
  CONTENT_ENCODING,
  CONTENT_TYPE_REPEATED,
  EGRESS_DESTINATION,
  INTERNAL,
  LIMIT_BODY,
  MULTIPART_BOUNDARY,
  PROTOBUF_TYPE,
  SESSION_MISSING,
  SESSION_REPEATED,
  UNSUPPORTED_CHARSET,
  UNSUPPORTED_MEDIA_TYPE,
  UPGRADE,
} from "../policy/outcomes.gen";
import { ProtoState } from "../protobuf/state";
import { bodyState, hasTypes, isStreamed, methodOf, missesJson } from "../protobuf/tables";
import { Policy } from "./plugin";
import { refuse } from "./refusal";
import { hasFields } from "../fields/match";
import { TextState } from "../text/rewrite";
import { isRead, xmlRoot } from "../framing/reads";
import { BODY_EMPTY, BODY_UNREADABLE, Body, CALL_GRPC, CALL_NONE, CALL_WEB, CALL_WEB_TEXT, Stream, bodyOf, openBody, openKeys, scopeOf } from "./stream";

const WAITING_BYTES: u32 = 16384;

function refuseHeaders(stream: Stream, outcome: u32, response: bool): u32 {
  refuse(stream, outcome, stream.rule, response);
  return STOP_ITERATION;
}

/** The coding of the body, where the policy has it decoded: GZIP, DEFLATE, or 0. */
let coding: u32 = 0;

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

/** Whether something acts on headers. */
function judgesHeaders(blob: usize, fields: u32, unmatched: u32): bool {
  return unmatched != NO_RULE || hasFields(blob, fields, LOCATION_HEADER, LOCATION_COOKIE_TEXT);
}

/** Takes the digests of a body that may leave in another form out of the loaded headers or trailers; false when that failed. */
function dropDigests(map: u32): bool {
  const isTold =
    headerIndex("content-md5", 0) >= 0 || headerIndex("digest", 0) >= 0 ||
    headerIndex("content-digest", 0) >= 0 || headerIndex("repr-digest", 0) >= 0;
  return !isTold || removeDigests(map);
}

/** Decides what happens to the body that follows the loaded headers. Returns an outcome. */
function planBody(stream: Stream, response: bool, root: u32, unmatched: u32): u32 {
  const blob = stream.policy.blob;
  const body = bodyOf(stream, response);
  const map = response ? RESPONSE_HEADERS : REQUEST_HEADERS;
  const lengthIndex = headerIndex("content-length", 0);
  body.measured = lengthIndex >= 0;
  // Announced trailers need all that is held in the host's buffer; else little of it is used, since it may be small
  // (32 KiB at a hardened edge) and nothing would come any more once it is full.
  body.waitingLimit = headerIndex("trailer", 0) >= 0 ? load<u32>(blob, HEADER_LIMIT_HOLD) : WAITING_BYTES;
  const length = body.measured ? readLength(valueAt(lengthIndex), valueLength(lengthIndex)) : u64.MAX_VALUE;
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
      const unsupported = load<u32>(blob, HEADER_UNSUPPORTED);
      if (unsupported == UNSUPPORTED_BLOCK) {
        return unreadable(blob, body, known ? UNSUPPORTED_CHARSET : isTyped ? PROTOBUF_TYPE : UNSUPPORTED_MEDIA_TYPE);
      }
      if (unsupported == UNSUPPORTED_EMPTY) {
        body.mode = BODY_EMPTY;
        body.editable = true;
        if (body.measured && !setLength(map, 0)) return INTERNAL;
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
 * Whether a JSON body is a message that rules select in by its type (Connect protocol, "Unary-Request"): they would find
 * nothing in it. An answer that is an error is none.
 */
function isForeignJson(stream: Stream, response: bool): bool {
  const blob = stream.policy.blob;
  if (load<u32>(blob, HEADER_UNSUPPORTED) == UNSUPPORTED_PASS || !missesJson(stream.method, response)) return false;
  const status = response ? headerIndex(":status", 0) : -1;
  return status < 0 || spells(valueAt(status), valueLength(status), "200");
}

/** Whether the request is such a message in its query (Connect protocol, "Unary-Get-Request"). */
function isForeignGet(stream: Stream): bool {
  const method = headerIndex(":method", 0);
  const path = headerIndex(":path", 0);
  if (method < 0 || path < 0 || !spells(valueAt(method), valueLength(method), "GET")) return false;
  if (load<u32>(stream.policy.blob, HEADER_UNSUPPORTED) == UNSUPPORTED_PASS || !missesJson(stream.method, false)) return false;
  for (let i: u32 = 0; i < valueLength(path); i++) {
    if (load<u8>(valueAt(path) + i) == 0x3f) return true;
  }
  return false;
}

/** Has the body decoded on its way: it goes on without a coding. */
function openCoding(body: Body, response: bool): bool {
  body.inflater = openInflater(coding);
  body.editable = true;
  return body.inflater != 0 && removeCoding(response ? RESPONSE_HEADERS : REQUEST_HEADERS);
}

/** Asks for answers that can be read, where the policy looks into them. */
function limitCodings(stream: Stream): bool {
  const decodes = (load<u16>(stream.policy.blob, HEADER_FLAGS) & FLAG_DECODE) != 0;
  if (stream.call != CALL_NONE && judgesMessages(stream) && !setAcceptableMessages(decodes)) return false;
  return headerIndex("accept-encoding", 0) < 0 || !judgesBodies(stream) || setAcceptable(decodes);
}

/** Whether a body in the format is a series of documents, each of which says something on its own. */
function isSeriesOf(format: u32): bool {
  return format == FORMAT_LINES || format == FORMAT_SEQUENCE || format == FORMAT_EVENTS;
}

/** Holds the headers of a body that is read, or lets them go when the policy does not hold. */
function holdOrStream(stream: Stream, response: bool): u32 {
  const body = bodyOf(stream, response);
  if (body.reader == 0 && body.mode != BODY_UNREADABLE) return CONTINUE;
  // An answer of lines or events may be one that never ends, and each of them is awaited.
  const isSeries = body.reader != 0 && isSeriesOf(body.format);
  // Nor does a stream of gRPC end before the other side has answered its first message.
  const isCall = body.reader != 0 && isCalls(body.format) && isStreamed(stream.method, response);
  const isLive = isCall || (response && !body.measured && isSeries);
  if (load<u32>(stream.policy.blob, HEADER_LIMIT_HOLD) != 0 && !isLive) return STOP_ITERATION;
  body.released = true;
  const map = response ? RESPONSE_HEADERS : REQUEST_HEADERS;
  if (body.measured && body.editable && !removeLength(map)) return refuseHeaders(stream, INTERNAL, response);
  return CONTINUE;
}

export function onRequestHeaders(stream: Stream, last: bool): u32 {
  const policy = stream.policy;
  const earlier = recallAttempt(stream);
  const verdict = earlier ? earlier : activation(stream);
  if (verdict == INACTIVE && !isEgress(policy.blob) && !stream.isRetry) return CONTINUE;
  stream.active = true;
  // Whatever the hotfix calls, its answer comes back to the hotfix: nobody calls without a session. Nor is there another
  // attempt without the session of the first.
  if (verdict == INACTIVE) return refuseHeaders(stream, SESSION_MISSING, false);
  if (verdict != ACTIVE) return refuseHeaders(stream, verdict, false);
  if (!openKeys(stream)) return refuseHeaders(stream, INTERNAL, false);
  if (!loadHeaders(REQUEST_HEADERS)) return refuseHeaders(stream, INTERNAL, false);
  if (isActivationRepeated(policy.blob)) return refuseHeaders(stream, SESSION_REPEATED, false);
  const method = headerIndex(":method", 0);
  if (method >= 0) {
    if (spells(valueAt(method), valueLength(method), "CONNECT")) {
      const isExtended = headerIndex(":protocol", 0) >= 0;
      return refuseHeaders(stream, isExtended ? UPGRADE : CONNECT, false);
    }
    stream.isHead = spells(valueAt(method), valueLength(method), "HEAD");
  }
  if (headerIndex("upgrade", 0) >= 0) return refuseHeaders(stream, UPGRADE, false);
  findMethod(stream);
  if (isForeignGet(stream)) return refuseHeaders(stream, CONNECT_CALL, false);
  if (isEgress(policy.blob) && !isAllowed(policy.blob)) {
    if (blocksOthers(policy.blob)) return refuseHeaders(stream, EGRESS_DESTINATION, false);
    // Tokens stay tokens: nothing of the request is touched but the proof of its session.
    stream.keepsRequest = true;
    const settled = settleHeaders(stream) && rememberAttempt(stream, 0);
    return settled ? CONTINUE : refuseHeaders(stream, INTERNAL, false);
  }
  const unmatched = unmatchedOf(policy, false);
  let outcome = last ? 0 : planBody(stream, false, load<u32>(policy.blob, HEADER_REQUEST_ROOT), unmatched);
  if (outcome == 0 && !stream.isRetry) outcome = rewriteHeaders(stream, REQUEST_HEADERS, false, false, unmatched);
  if (outcome == 0 && !(settleHeaders(stream) && limitCodings(stream))) outcome = INTERNAL;
  const isEmptied = bodyOf(stream, false).mode == BODY_EMPTY;
  if (outcome == 0 && !rememberAttempt(stream, last ? 0 : isEmptied ? EMPTIED : coding)) outcome = INTERNAL;
  if (outcome) return refuseHeaders(stream, outcome, false);
  return last ? CONTINUE : holdOrStream(stream, false);
}

/** Finds what the policy knows of the path, while the headers are as they came. */
function findMethod(stream: Stream): void {
  const path = headerIndex(":path", 0);
  if (path >= 0) stream.method = methodOf(stream.policy.blob, valueAt(path), valueLength(path));
  const type = headerIndex("content-type", 0);
  if (type >= 0) stream.call = callOf(valueAt(type), valueLength(type));
}

/** The kind of call that a content-type names. */
function callOf(at: usize, length: u32): u32 {
  if (isGrpc(at, length)) return CALL_GRPC;
  if (!isGrpcWeb(at, length)) return CALL_NONE;
  return isGrpcWebText(at, length) ? CALL_WEB_TEXT : CALL_WEB;
}

function isWebCall(stream: Stream): bool {
  return stream.call == CALL_WEB || stream.call == CALL_WEB_TEXT;
}

/** The rule for what no rule names, which acts in the direction of the tunnel, or NO_RULE. */
function unmatchedOf(policy: Policy, response: bool): u32 {
  return isEgress(policy.blob) == response ? policy.unmatched : NO_RULE;
}

/** Whether something acts in the protobuf answer to the request. */
function judgesMessages(stream: Stream): bool {
  const state = bodyState(stream.method, true);
  return state != 0 && state != NO_MESSAGE;
}

/** Whether the policy has anything to say of responses. Those that go to the hotfix are read whatever it says. */
function judgesResponses(stream: Stream): bool {
  const blob = stream.policy.blob;
  if (isEgress(blob) || judgesMessages(stream)) return true;
  return load<u32>(blob, HEADER_RESPONSE_ROOT) != 0 || load<u32>(blob, HEADER_RESPONSE_FIELDS + 4) != 0;
}

/** Whether the policy looks into the bodies of responses. */
function judgesBodies(stream: Stream): bool {
  const blob = stream.policy.blob;
  if (load<u32>(blob, HEADER_RESPONSE_ROOT) != 0 || judgesMessages(stream)) return true;
  if (isEgress(blob) || xmlRoot(blob, HEADER_RESPONSE_FIELDS) != 0) return true;
  if (isWebCall(stream) && judgesHeaders(blob, HEADER_RESPONSE_FIELDS, NO_RULE)) return true;
  return (
    hasFields(blob, HEADER_RESPONSE_FIELDS, LOCATION_FORM, LOCATION_MULTIPART_FILENAME) ||
    hasFields(blob, HEADER_RESPONSE_FIELDS, LOCATION_TEXT, LOCATION_TEXT)
  );
}

export function onResponseHeaders(stream: Stream, last: bool): u32 {
  const policy = stream.policy;
  if (!stream.active || stream.refused) return CONTINUE;
  if (!loadHeaders(RESPONSE_HEADERS)) return refuseHeaders(stream, INTERNAL, true);
  const status = headerIndex(":status", 0);
  const bare = status >= 0 && hasNoBody(valueAt(status), valueLength(status));
  if (status >= 0 && isSwitching(valueAt(status), valueLength(status))) return refuseHeaders(stream, UPGRADE, true);
  if (!judgesResponses(stream)) return CONTINUE;
  const root = load<u32>(policy.blob, HEADER_RESPONSE_ROOT);
  const hasBody = !last && !bare && !stream.isHead && judgesBodies(stream);
  const unmatched = unmatchedOf(policy, true);
  let outcome = hasBody ? planBody(stream, true, root, unmatched) : 0;
  if (outcome == 0) outcome = rewriteHeaders(stream, RESPONSE_HEADERS, true, false, unmatched);
  if (outcome) return refuseHeaders(stream, outcome, true);
  return hasBody ? holdOrStream(stream, true) : CONTINUE;
}

/** Trailers end the body; the header rules hold for them too. */
export function onTrailers(stream: Stream, response: bool): u32 {
  if (!stream.active || stream.refused || (stream.keepsRequest && !response)) return CONTINUE;
  if (!endBodyAtTrailers(stream, response)) return STOP_ITERATION;
  if (!response && hasRewrittenTrailers(stream)) return CONTINUE;
  const map = response ? RESPONSE_TRAILERS : REQUEST_TRAILERS;
  const unmatched = unmatchedOf(stream.policy, response);
  const isReady = loadHeaders(map) && (!bodyOf(stream, response).editable || dropDigests(map));
  let outcome = isReady ? rewriteHeaders(stream, map, response, true, unmatched) : INTERNAL;
  if (outcome == 0 && !response && !rememberTrailers()) outcome = INTERNAL;
  return outcome ? refuseHeaders(stream, outcome, response) : CONTINUE;
}
