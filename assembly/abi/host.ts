// The host as the filter sees it: every call of imports.ts behind a checked function.
// Invariants: no raw status leaves this folder unnamed; "not there" is an answer, any other status but OK is a failure
// that the caller turns into a refusal. A returned value stands at returnedAt/returnedLength (memory.ts).

import { Buffer, newBuffer } from "../bytes/buffer";
import * as raw from "./imports";
import { CELL_AT, CELL_EXTRA, CELL_LENGTH, receiveInto, receiveNormally, resetCells, returnedAt, returnedLength } from "./memory";
import { ascii } from "./text";
import { REQUEST_TRAILERS, RESPONSE_TRAILERS, STATUS_NOT_FOUND, STATUS_OK } from "./types";

const line: Buffer = newBuffer();

/** Answers of look-ups. */
export const FOUND: u32 = 0;
export const ABSENT: u32 = 1;
export const BROKEN: u32 = 2;

@inline
function answer(status: u32): u32 {
  return status == STATUS_OK ? FOUND : status == STATUS_NOT_FOUND ? ABSENT : BROKEN;
}

export function log(level: u32, text: Buffer): void {
  raw.proxy_log(level, text.at, text.length);
}

/** Nanoseconds since 1970, 0 when the host has no clock. */
export function now(): u64 {
  store<u64>(CELL_AT, 0);
  return raw.proxy_get_current_time_nanoseconds(CELL_AT) == STATUS_OK ? load<u64>(CELL_AT) : 0;
}

export function setTick(milliseconds: u32): bool {
  return raw.proxy_set_tick_period_milliseconds(milliseconds) == STATUS_OK;
}

export function random(at: usize, length: u32): bool {
  return raw.random_get(at, length) == 0;
}

/** Looks up a property by its path, dots between its parts. FOUND leaves the value in the scratch region. */
export function property(path: string): u32 {
  line.clear();
  ascii(line, path);
  if (line.failed) return BROKEN;
  for (let i: u32 = 0; i < line.length; i++) {
    if (load<u8>(line.at + i) == 0x2e) store<u8>(line.at + i, 0);
  }
  resetCells();
  return answer(raw.proxy_get_property(line.at, line.length, CELL_AT, CELL_LENGTH));
}

/** Looks up a property by a path with NUL between its parts. FOUND leaves the value in the scratch region. */
export function propertyAt(path: Buffer): u32 {
  if (path.failed) return BROKEN;
  resetCells();
  return answer(raw.proxy_get_property(path.at, path.length, CELL_AT, CELL_LENGTH));
}

/** Sets a property of the stream (filter state, for access logs and other filters). */
export function setProperty(path: Buffer, at: usize, length: u32): bool {
  return raw.proxy_set_property(path.at, path.length, at, length) == STATUS_OK;
}

/** Copies the whole of a buffer, `size` bytes, into `into`, with `padding` bytes of room behind. */
export function readBuffer(type: u32, size: u32, into: Buffer, padding: u32): bool {
  into.clear();
  if (size == 0) return into.reserve(padding);
  receiveInto(into, padding);
  resetCells();
  const status = raw.proxy_get_buffer_bytes(type, 0, size, CELL_AT, CELL_LENGTH);
  receiveNormally();
  return status == STATUS_OK && returnedAt() == into.at && returnedLength() == size && !into.failed;
}

/** Replaces the whole of a buffer that holds `size` bytes. */
export function writeBuffer(type: u32, size: u32, at: usize, length: u32): bool {
  return raw.proxy_set_buffer_bytes(type, 0, size, at, length) == STATUS_OK;
}

/**
 * Copies all pairs of a header map into `into`: u32 count, count x (u32, u32) lengths, then name NUL value NUL each. Of
 * trailers without any there is nothing, not even a count; a message without any headers is not believed.
 */
export function readHeaders(map: u32, into: Buffer): bool {
  into.clear();
  receiveInto(into, 0);
  resetCells();
  const status = raw.proxy_get_header_map_pairs(map, CELL_AT, CELL_LENGTH);
  receiveNormally();
  if (status != STATUS_OK || into.failed) return false;
  if (returnedLength() == 0) return map == REQUEST_TRAILERS || map == RESPONSE_TRAILERS;
  return returnedAt() == into.at && returnedLength() == into.length;
}

/** Looks up one header; FOUND leaves its value in the scratch region. */
export function readHeader(map: u32, name: usize, length: u32): u32 {
  resetCells();
  return answer(raw.proxy_get_header_map_value(map, name, length, CELL_AT, CELL_LENGTH));
}

export function addHeader(map: u32, name: usize, nameLength: u32, at: usize, length: u32): bool {
  return raw.proxy_add_header_map_value(map, name, nameLength, at, length) == STATUS_OK;
}

export function replaceHeader(map: u32, name: usize, nameLength: u32, at: usize, length: u32): bool {
  return raw.proxy_replace_header_map_value(map, name, nameLength, at, length) == STATUS_OK;
}

export function removeHeader(map: u32, name: usize, nameLength: u32): bool {
  return answer(raw.proxy_remove_header_map_value(map, name, nameLength)) != BROKEN;
}

/** Sends a reply of the filter's own; `headers` in the form of readHeaders, the status of gRPC is -1 for other requests. Never together with closing the stream. */
export function sendReply(status: u32, grpcStatus: i32, details: Buffer, headers: Buffer, body: Buffer): bool {
  return (
    raw.proxy_send_local_response(
      status, details.at, details.length, body.at, body.length, headers.at, headers.length,
      grpcStatus) == STATUS_OK
  );
}

export function continueStream(type: u32): bool {
  return raw.proxy_continue_stream(type) == STATUS_OK;
}

export function closeStream(type: u32): bool {
  return raw.proxy_close_stream(type) == STATUS_OK;
}

/** Starts an HTTP call to a cluster; its token is returned through CELL_EXTRA. 0 milliseconds: no time limit. */
export function httpCall(cluster: Buffer, headers: Buffer, body: Buffer, trailers: Buffer, timeout: u32): bool {
  return (
    raw.proxy_http_call(
      cluster.at, cluster.length, headers.at, headers.length, body.at, body.length,
      trailers.at, trailers.length, timeout, CELL_EXTRA) == STATUS_OK
  );
}

/** Reads shared data; FOUND leaves the value in the scratch region and its version at CELL_EXTRA. */
export function sharedData(key: Buffer): u32 {
  resetCells();
  return answer(raw.proxy_get_shared_data(key.at, key.length, CELL_AT, CELL_LENGTH, CELL_EXTRA));
}

/** Writes shared data; with a version other than 0 only when nobody wrote since. Returns the status. */
export function setSharedData(key: Buffer, at: usize, length: u32, version: u32): u32 {
  return raw.proxy_set_shared_data(key.at, key.length, at, length, version);
}

/** Defines a metric; its id, or -1. */
export function defineMetric(type: u32, name: Buffer): i32 {
  return raw.proxy_define_metric(type, name.at, name.length, CELL_EXTRA) == STATUS_OK ? load<i32>(CELL_EXTRA) : -1;
}

export function addToMetric(id: i32, by: u64): bool {
  return id >= 0 && raw.proxy_increment_metric(id, by) == STATUS_OK;
}

export function recordMetric(id: i32, value: u64): bool {
  return id >= 0 && raw.proxy_record_metric(id, value) == STATUS_OK;
}

export function metric(id: i32): u64 {
  return raw.proxy_get_metric(id, CELL_AT) == STATUS_OK ? load<u64>(CELL_AT) : 0;
}

/** Calls a function of the host; FOUND leaves its result in the scratch region. */
export function foreign(name: string, argument: Buffer): u32 {
  line.clear();
  ascii(line, name);
  if (line.failed) return BROKEN;
  resetCells();
  return answer(
    raw.proxy_call_foreign_function(line.at, line.length, argument.at, argument.length, CELL_AT, CELL_LENGTH),
  );
}

export function setContext(id: u32): bool {
  return raw.proxy_set_effective_context(id) == STATUS_OK;
}
