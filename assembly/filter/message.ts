// The start of a message: from its headers to what will happen to its body, and the trailers at its end.
// Invariants: every way out of `onRequestHeaders` and `onResponseHeaders` has decided the body; an active message whose
// body cannot be read goes on only when the policy says so.

import { CONTINUE, REQUEST_HEADERS, REQUEST_TRAILERS, RESPONSE_HEADERS, RESPONSE_TRAILERS, STOP_ITERATION } from "../abi/types";
import { spells } from "../abi/text";
import {
  FLAG_DECODE,
  FORMAT_EVENTS,
  FORMAT_LINES,
  FORMAT_SEQUENCE,
  HEADER_FLAGS,
  HEADER_LIMIT_HOLD,
  HEADER_REQUEST_ROOT,
  HEADER_RESPONSE_FIELDS,
  HEADER_RESPONSE_ROOT,
  LOCATION_FORM,
  LOCATION_MULTIPART_FILENAME,
  LOCATION_TEXT,
  NO_MESSAGE,
  NO_RULE,
  UNSUPPORTED_PASS,
} from "../policy/format.gen";
import { tellYear } from "./admission";
import { ACTIVE, INACTIVE, activation, isActivationRepeated, settleHeaders } from "./activation";
import { EMPTIED, hasRewrittenTrailers, recallAttempt, rememberAttempt, rememberTrailers } from "./attempt";
import { endBodyAtTrailers, removeLength, setAcceptable, setAcceptableMessages } from "./body";
import { hasNoBody, isCalls, isGrpc, isGrpcWeb, isGrpcWebText, isInformational, isSwitching } from "../framing/content";
import { blocksOthers, isAllowed, isEgress } from "./egress";
import { headerIndex, loadHeaders, rewriteHeaders, valueAt, valueLength } from "./headers";
import {
  CONNECT,
  CONNECT_CALL,
  EGRESS_DESTINATION,
  INTERNAL,
  SESSION_MISSING,
  SESSION_REPEATED,
  UPGRADE,
} from "../policy/outcomes.gen";
import { UNTOLD, hidesMessage, methodBehind } from "../protobuf/call";
import { bodyState, hasTypes, isCallByGet, isStreamed, methodOf, missesJson } from "../protobuf/tables";
import { Policy } from "./plugin";
import { refuse } from "./refusal";
import { hasFields } from "../fields/match";
import { xmlRoot } from "../framing/reads";
import { BODY_EMPTY, BODY_UNREADABLE, CALL_GRPC, CALL_NONE, CALL_WEB, CALL_WEB_TEXT, Stream, bodyOf, openKeys } from "./stream";
import { coding, dropDigests, forgetPlan, judgesHeaders, planBody, planNone } from "./plan";
import { unsupportedIn } from "../policy/unsupported";

function refuseHeaders(stream: Stream, outcome: u32, response: bool): u32 {
  refuse(stream, outcome, stream.rule, response);
  return STOP_ITERATION;
}

/** Whether the request has a message in its query in which rules would find nothing (Connect protocol, "Unary-Get-Request"). */
function isForeignGet(stream: Stream): bool {
  const method = headerIndex(":method", 0);
  const path = headerIndex(":path", 0);
  if (stream.called == 0 || path < 0 || !(stream.isHead || spells(valueAt(method), valueLength(method), "GET"))) return false;
  if (unsupportedIn(stream.policy.blob, false) == UNSUPPORTED_PASS) return false;
  if (!missesJson(stream.called, false)) {
    return isCallByGet(stream.called) && hidesMessage(valueAt(path), valueLength(path));
  }
  for (let i: u32 = 0; i < valueLength(path); i++) {
    if (load<u8>(valueAt(path) + i) == 0x3f) return true;
  }
  return false;
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
  // Behind an interim answer the host loses headers that are held: it has let some go already.
  const isLive = isCall || (response && ((!body.measured && isSeries) || stream.hasInterim));
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
  if (policy.goesByYear) tellYear();
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
  if (!findMethod(stream)) return refuseHeaders(stream, INTERNAL, false);
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

/** Finds what the policy knows of the path, while the headers are as they came; false when memory ran out. */
function findMethod(stream: Stream): bool {
  const path = headerIndex(":path", 0);
  if (path >= 0) stream.method = methodOf(stream.policy.blob, valueAt(path), valueLength(path));
  stream.called = stream.method;
  if (path >= 0 && stream.method == 0 && hasTypes(stream.policy.blob)) {
    stream.called = methodBehind(stream.policy.blob, valueAt(path), valueLength(path));
  }
  const type = headerIndex("content-type", 0);
  if (type >= 0) stream.call = callOf(valueAt(type), valueLength(type));
  return stream.called != UNTOLD;
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
  const isInterim = status >= 0 && isInformational(valueAt(status), valueLength(status));
  const isBare = stream.isHead || (status >= 0 && hasNoBody(valueAt(status), valueLength(status)));
  if (status >= 0 && isSwitching(valueAt(status), valueLength(status))) return refuseHeaders(stream, UPGRADE, true);
  if (!judgesResponses(stream)) return CONTINUE;
  if (stream.hasInterim) forgetPlan(bodyOf(stream, true));
  const root = load<u32>(policy.blob, HEADER_RESPONSE_ROOT);
  const hasBody = !last && !isBare && judgesBodies(stream);
  const unmatched = unmatchedOf(policy, true);
  let outcome: u32 = 0;
  if (hasBody) outcome = planBody(stream, true, root, unmatched);
  else if (isBare && judgesBodies(stream)) outcome = planNone(stream, root, unmatched);
  if (outcome == 0) outcome = rewriteHeaders(stream, RESPONSE_HEADERS, true, false, unmatched);
  if (outcome) return refuseHeaders(stream, outcome, true);
  if (isInterim) stream.hasInterim = true;
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
