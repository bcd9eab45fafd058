// Every wrapper of assembly/abi behind an export of its own, so that a test can play the host and answer with each status.
// The answers: 1 for true or FOUND, 0 for false or ABSENT, 2 for BROKEN.

import { environment } from "../../assembly/abi/environment";
import * as host from "../../assembly/abi/host";
import { returnedAt, returnedLength } from "../../assembly/abi/memory";
import { ascii } from "../../assembly/abi/text";
import { COUNTER, LOG_INFO, PLUGIN_CONFIGURATION, REQUEST_BODY, REQUEST_HEADERS } from "../../assembly/abi/types";
import { Buffer, newBuffer } from "../../assembly/bytes/buffer";

export { proxy_on_memory_allocate } from "../../assembly/abi/memory";

const word: Buffer = newBuffer();
const empty: Buffer = newBuffer();
const into: Buffer = newBuffer();

function say(text: string): Buffer {
  word.clear();
  ascii(word, text);
  return word;
}

function looked(answer: u32): u32 {
  return answer == host.FOUND ? 1 : answer == host.ABSENT ? 0 : 2;
}

export function valueAt(): usize {
  return returnedAt();
}
export function valueLength(): u32 {
  return returnedLength();
}
export function intoAt(): usize {
  return into.at;
}
export function intoLength(): u32 {
  return into.length;
}

export function log(): void {
  host.log(LOG_INFO, say("a line"));
}
export function now(): u64 {
  return host.now();
}
export function setTick(): u32 {
  return host.setTick(1000) ? 1 : 0;
}
export function random(): u32 {
  into.clear();
  into.reserve(16);
  return host.random(into.at, 16) ? 1 : 0;
}
export function property(): u32 {
  return looked(host.property("xds.cluster_name"));
}
export function setProperty(): u32 {
  return host.setProperty(say("name"), word.at, word.length) ? 1 : 0;
}
export function readBuffer(size: u32): u32 {
  return host.readBuffer(PLUGIN_CONFIGURATION, size, into, 64) ? 1 : 0;
}
export function writeBuffer(): u32 {
  return host.writeBuffer(REQUEST_BODY, 5, say("body").at, 4) ? 1 : 0;
}
export function readHeaders(): u32 {
  return host.readHeaders(REQUEST_HEADERS, into) ? 1 : 0;
}
export function readHeader(): u32 {
  const name = say("name");
  return looked(host.readHeader(REQUEST_HEADERS, name.at, name.length));
}
export function addHeader(): u32 {
  const name = say("name");
  return host.addHeader(REQUEST_HEADERS, name.at, name.length, name.at, name.length) ? 1 : 0;
}
export function replaceHeader(): u32 {
  const name = say("name");
  return host.replaceHeader(REQUEST_HEADERS, name.at, name.length, name.at, name.length) ? 1 : 0;
}
export function removeHeader(): u32 {
  const name = say("name");
  return host.removeHeader(REQUEST_HEADERS, name.at, name.length) ? 1 : 0;
}
export function sendReply(): u32 {
  return host.sendReply(403, -1, say("details"), empty, empty) ? 1 : 0;
}
export function continueStream(): u32 {
  return host.continueStream(0) ? 1 : 0;
}
export function closeStream(): u32 {
  return host.closeStream(0) ? 1 : 0;
}
export function httpCall(): u32 {
  return host.httpCall(say("cluster"), empty, empty, empty, 1000) ? 1 : 0;
}
export function sharedData(): u32 {
  return looked(host.sharedData(say("key")));
}
export function setSharedData(): u32 {
  return host.setSharedData(say("key"), word.at, word.length, 7);
}
export function defineMetric(): i32 {
  return host.defineMetric(COUNTER, say("metric"));
}
export function addToMetric(id: i32): u32 {
  return host.addToMetric(id, 3) ? 1 : 0;
}
export function recordMetric(id: i32): u32 {
  return host.recordMetric(id, 3) ? 1 : 0;
}
export function metric(): u64 {
  return host.metric(1);
}
export function foreign(): u32 {
  return looked(host.foreign("verify_signature", say("argument")));
}
export function setContext(): u32 {
  return host.setContext(1) ? 1 : 0;
}
export function readEnvironment(): u32 {
  const name = say("KEY");
  into.clear();
  return environment(name.at, name.length, into) ? 1 : 0;
}
