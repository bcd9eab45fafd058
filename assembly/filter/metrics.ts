// What is counted: exchanges by outcome, values by rule, bytes of bodies, memory. Names are made once, when a policy is
// loaded; a stream costs a few host calls at its end and none before.
// Invariants: names come from the policy and from tables, never from traffic; a metric that the host did not define is
// skipped.

import * as host from "../abi/host";
import { ascii } from "../abi/text";
import { COUNTER, GAUGE, HISTOGRAM } from "../abi/types";
import { Buffer, newBuffer } from "../bytes/buffer";
import { ACTION_REVEAL, HEADER_NAME, HEADER_RULES, RULE_ACTION, RULE_NAME, SIZE_RULE } from "../policy/format.gen";
import { appendCode } from "../policy/outcomes";
import { OUTCOME_COUNT } from "../policy/outcomes.gen";
import { BODY_BYTES, DENIED, HELD_BYTES, REQUESTS, SECONDS_LEFT, VALUES, VM_MEMORY, actionName } from "./metrics.gen";

/** Ids behind those of outcomes and rules. */
const REQUEST_BYTES_ID: u32 = 0;
const RESPONSE_BYTES_ID: u32 = 1;
const HELD_ID: u32 = 2;
const SECONDS_ID: u32 = 3;
const OTHERS: u32 = 4;

const name: Buffer = newBuffer();
let memoryId: i32 = -1;
let memoryTold: u64 = 0;

/** Bytes of the ids of a policy: an i32 an outcome, a rule, each other metric, and a rule again for what it denied. */
export function metricBytes(ruleCount: u32): u32 {
  return (OUTCOME_COUNT + ruleCount + OTHERS + ruleCount) << 2;
}

@inline
function idAt(ids: usize, index: u32): i32 {
  return load<i32>(ids + (index << 2));
}

function begin(blob: usize, metric: string): void {
  name.clear();
  ascii(name, metric);
  name.append(blob + load<u32>(blob, HEADER_NAME), load<u32>(blob, HEADER_NAME + 4));
}

function define(ids: usize, index: u32, type: u32): void {
  store<i32>(ids + (index << 2), name.failed ? -1 : host.defineMetric(type, name));
}

/** Defines all metrics of a policy into `ids`, of metricBytes. */
export function defineMetrics(blob: usize, ids: usize): void {
  for (let i: u32 = 0; i < OUTCOME_COUNT; i++) {
    begin(blob, REQUESTS);
    name.byte(0x2e);
    appendCode(i, name);
    define(ids, i, COUNTER);
  }
  const rules = load<u32>(blob, HEADER_RULES + 4);
  for (let i: u32 = 0; i < rules; i++) {
    const rule = blob + load<u32>(blob, HEADER_RULES) + i * SIZE_RULE;
    begin(blob, VALUES);
    name.byte(0x2e);
    ascii(name, actionName(<u32>load<u8>(rule, RULE_ACTION)));
    name.byte(0x2e);
    name.append(blob + load<u32>(rule, RULE_NAME), load<u32>(rule, RULE_NAME + 4));
    define(ids, OUTCOME_COUNT + i, COUNTER);
  }
  const others = OUTCOME_COUNT + rules;
  begin(blob, BODY_BYTES);
  ascii(name, ".request");
  define(ids, others + REQUEST_BYTES_ID, COUNTER);
  begin(blob, BODY_BYTES);
  ascii(name, ".response");
  define(ids, others + RESPONSE_BYTES_ID, COUNTER);
  begin(blob, HELD_BYTES);
  define(ids, others + HELD_ID, HISTOGRAM);
  begin(blob, SECONDS_LEFT);
  define(ids, others + SECONDS_ID, GAUGE);
  for (let i: u32 = 0; i < rules; i++) defineDenied(blob, ids, others + OTHERS + i, i);
  if (memoryId >= 0) return;
  name.clear();
  ascii(name, VM_MEMORY);
  memoryId = name.failed ? -1 : host.defineMetric(GAUGE, name);
  countMemory();
}

/** Only rules that reveal deny. */
function defineDenied(blob: usize, ids: usize, index: u32, rule: u32): void {
  const record = blob + load<u32>(blob, HEADER_RULES) + rule * SIZE_RULE;
  if (<u32>load<u8>(record, RULE_ACTION) != ACTION_REVEAL) {
    store<i32>(ids + (index << 2), -1);
    return;
  }
  begin(blob, DENIED);
  name.byte(0x2e);
  name.append(blob + load<u32>(record, RULE_NAME), load<u32>(record, RULE_NAME + 4));
  define(ids, index, COUNTER);
}

export function countOutcome(ids: usize, outcome: u32): void {
  host.addToMetric(idAt(ids, outcome), 1);
}

export function countRule(ids: usize, rule: u32, by: u32): void {
  host.addToMetric(idAt(ids, OUTCOME_COUNT + rule), by);
}

export function countDenied(ids: usize, ruleCount: u32, rule: u32, by: u32): void {
  host.addToMetric(idAt(ids, OUTCOME_COUNT + ruleCount + OTHERS + rule), by);
}

/** Bytes of the bodies of a stream that were read, and the most that was held of them. */
export function countBytes(ids: usize, ruleCount: u32, request: u64, response: u64, held: u64): void {
  const others = OUTCOME_COUNT + ruleCount;
  if (request) host.addToMetric(idAt(ids, others + REQUEST_BYTES_ID), request);
  if (response) host.addToMetric(idAt(ids, others + RESPONSE_BYTES_ID), response);
  if (held) host.recordMetric(idAt(ids, others + HELD_ID), held);
}

export function tellSecondsLeft(ids: usize, ruleCount: u32, seconds: u64): void {
  host.recordMetric(idAt(ids, OUTCOME_COUNT + ruleCount + SECONDS_ID), seconds);
}

/** Every machine adds what it grew by, since all workers share the gauge. */
export function countMemory(): void {
  const bytes = <u64>memory.size() << 16;
  if (bytes == memoryTold) return;
  if (host.addToMetric(memoryId, bytes - memoryTold)) memoryTold = bytes;
}
