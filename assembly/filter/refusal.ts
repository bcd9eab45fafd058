// From an error to what the other side sees: the one place where the filter refuses.
// Invariants: one reply a stream, never together with closing it (both crash Envoy 1.40); before release the reply is a
// problem document (RFC 9457) or the status of a gRPC or gRPC-Web call, after release the same call makes the host cut the stream; names and codes, never values.

import * as host from "../abi/host";
import { ascii, decimal } from "../abi/text";
import { LOG_WARN } from "../abi/types";
import { Buffer, newBuffer } from "../bytes/buffer";
import { appendString } from "../json/text";
import { HEADER_NAME, NO_RULE, RULE_NAME, SIZE_RULE } from "../policy/format.gen";
import { appendCode, appendDetail, appendTitle, statusOf } from "../policy/outcomes";
import { LIMIT_BODY, LIMIT_DEPTH, LIMIT_VALUE, NOT_CONFIGURED, RESPONSE_STATUS, grpcStatusOf } from "../policy/outcomes.gen";
import { Policy } from "./plugin";
import { CALL_GRPC, CALL_NONE, CALL_WEB, CALL_WEB_TEXT, Stream, bodyOf, closeBody } from "./stream";
import { writeWebReply } from "./web-reply";

const body: Buffer = newBuffer();
const details: Buffer = newBuffer();
const headers: Buffer = newBuffer();
const words: Buffer = newBuffer();

/** Appends a member with the text in `words`. */
function appendWords(name: string): void {
  ascii(body, ',"');
  ascii(body, name);
  ascii(body, '":');
  appendString(words.at, words.length, body);
  words.clear();
}

function appendMember(name: string, text: string): void {
  ascii(words, text);
  appendWords(name);
}

function limitName(outcome: u32): string {
  return outcome == LIMIT_DEPTH ? "limits.depth" : outcome == LIMIT_BODY ? "limits.body" : "limits.value";
}

function appendHeader(at: u32, name: string, value: string): void {
  if (headers.failed) return;
  store<u32>(headers.at + 4 + at * 8, name.length);
  store<u32>(headers.at + 8 + at * 8, value.length);
  ascii(headers, name);
  headers.byte(0);
  ascii(headers, value);
  headers.byte(0);
}

/** The problem document of an outcome. */
function writeProblem(policy: Policy | null, outcome: u32, rule: u32, status: u32, response: bool): void {
  body.clear();
  words.clear();
  ascii(body, '{"type":"urn:frostglass:problem:');
  appendCode(outcome, body);
  ascii(body, '"');
  appendTitle(outcome, words);
  appendWords("title");
  ascii(body, ',"status":');
  decimal(body, status);
  appendDetail(outcome, words);
  appendWords("detail");
  appendCode(outcome, words);
  appendWords("code");
  appendMember("direction", response ? "response" : "request");
  if (policy) {
    ascii(body, ',"policy":');
    appendString(policy.blob + load<u32>(policy.blob, HEADER_NAME), load<u32>(policy.blob, HEADER_NAME + 4), body);
    if (rule != NO_RULE) {
      const record = policy.rules + rule * SIZE_RULE;
      ascii(body, ',"rule":');
      appendString(policy.blob + load<u32>(record, RULE_NAME), load<u32>(record, RULE_NAME + 4), body);
    }
  }
  if (outcome == LIMIT_DEPTH || outcome == LIMIT_BODY || outcome == LIMIT_VALUE) {
    appendMember("limit", limitName(outcome));
  }
  ascii(body, "}\n");
}

/** What a gRPC client shows of an outcome: the host makes it the message of the status. */
function writeMessage(outcome: u32): void {
  body.clear();
  appendTitle(outcome, body);
  ascii(body, " (");
  appendCode(outcome, body);
  ascii(body, "). ");
  appendDetail(outcome, body);
}

function reply(policy: Policy | null, outcome: u32, rule: u32, response: bool, kind: u32): void {
  const status = response ? RESPONSE_STATUS : statusOf(outcome);
  if (kind != CALL_NONE) writeMessage(outcome);
  if (kind == CALL_WEB || kind == CALL_WEB_TEXT) writeWebReply(grpcStatusOf(status), kind == CALL_WEB_TEXT, body);
  if (kind == CALL_NONE) writeProblem(policy, outcome, rule, status, response);
  details.clear();
  ascii(details, "frostglass_");
  appendCode(outcome, details);
  headers.clear();
  if (headers.reserve(128)) {
    headers.length = 20;
    store<u32>(headers.at, 2);
  }
  if (kind == CALL_WEB) appendHeader(0, "content-type", "application/grpc-web+proto");
  else if (kind == CALL_WEB_TEXT) appendHeader(0, "content-type", "application/grpc-web-text+proto");
  else appendHeader(0, "content-type", "application/problem+json");
  appendHeader(1, "cache-control", "no-store");
  // In want of memory the status says all there is to say.
  if (body.failed || headers.failed) {
    body.clear();
    headers.clear();
  }
  // The host knows the answers to gRPC calls; of gRPC-Web it knows none, and its calls always end with 200.
  const shown = kind == CALL_WEB || kind == CALL_WEB_TEXT ? 200 : status;
  if (!host.sendReply(shown, kind == CALL_GRPC ? grpcStatusOf(status) : -1, details, headers, body)) {
    // A host that will not even refuse must not go on either: the trap makes it fail closed.
    words.clear();
    ascii(words, "frostglass: the host did not take a refusal; the filter stops");
    host.log(LOG_WARN, words);
    unreachable();
  }
}

/** Refuses the stream; `rule` is the rule that blocked, or NO_RULE. */
export function refuse(stream: Stream, outcome: u32, rule: u32, response: bool): void {
  if (stream.refused) return;
  stream.refused = true;
  stream.outcome = outcome;
  stream.rule = rule;
  reply(stream.policy, outcome, rule, response, stream.call);
  closeBody(bodyOf(stream, false));
  closeBody(bodyOf(stream, true));
}

/** Refuses a stream that has no policy to be judged by. */
export function refuseUnconfigured(): void {
  reply(null, NOT_CONFIGURED, NO_RULE, false, CALL_NONE);
}
