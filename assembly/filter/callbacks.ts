// What the host calls: contexts come and go, and each event goes to the plugin or stream it belongs to.
// Invariants: an id without a plugin or stream is answered closed (refused, never passed); a stream's end counts its
// outcome once. A callback that would do nothing (done) is not exported: the host then saves the call.

import { CONTINUE, STOP_ITERATION, STOP_NO_BUFFER } from "../abi/types";
import { tallyInto } from "../action/reveal";
import { onBody } from "./body";
import { onRequestHeaders, onResponseHeaders, onTrailers } from "./message";
import { account, accountUnconfigured, count } from "./audit";
import { Plugin, configure, createPlugin, deletePlugin, pluginById, sayUnconfigured } from "./plugin";
import { refuseUnconfigured } from "./refusal";
import { Stream, closeStream, openStream } from "./stream";
import { addStream, findStream, removeStream } from "./streams";

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_context_create(id: u32, root: u32): void {
  if (root == 0) {
    createPlugin(id);
    return;
  }
  const at = pluginById(root);
  if (at == 0 || changetype<usize>(changetype<Plugin>(at).policy) == 0) return;
  const stream = openStream(id, changetype<Plugin>(at).policy);
  if (stream != 0 && !addStream(id, stream)) closeStream(changetype<Stream>(stream));
}

export function proxy_on_vm_start(_root: u32, _size: u32): u32 {
  return 1;
}

export function proxy_on_configure(root: u32, size: u32): u32 {
  return configure(root, size) ? 1 : 0;
}

/** The stream that is at work now. */
@inline
function enter(at: usize): Stream {
  const stream = changetype<Stream>(at);
  tallyInto(stream.reveals);
  return stream;
}

export function proxy_on_request_headers(id: u32, _count: u32, last: u32): u32 {
  const at = findStream(id);
  if (at == 0) {
    sayUnconfigured();
    accountUnconfigured();
    refuseUnconfigured();
    return STOP_ITERATION;
  }
  return onRequestHeaders(enter(at), last != 0);
}

function bodyEvent(id: u32, size: u32, last: u32, response: bool): u32 {
  const at = findStream(id);
  // A stream without a policy has been refused: for the request nothing goes on, its reply comes back through here.
  if (at == 0) return response ? CONTINUE : STOP_NO_BUFFER;
  const stream = enter(at);
  if (!stream.active) return CONTINUE;
  if (stream.refused) return response ? CONTINUE : STOP_NO_BUFFER;
  return onBody(stream, response, size, last != 0);
}

export function proxy_on_request_body(id: u32, size: u32, last: u32): u32 {
  return bodyEvent(id, size, last, false);
}

export function proxy_on_request_trailers(id: u32, _count: u32): u32 {
  const at = findStream(id);
  return at == 0 ? STOP_ITERATION : onTrailers(enter(at), false);
}

export function proxy_on_response_headers(id: u32, _count: u32, last: u32): u32 {
  const at = findStream(id);
  return at == 0 ? CONTINUE : onResponseHeaders(enter(at), last != 0);
}

export function proxy_on_response_body(id: u32, size: u32, last: u32): u32 {
  return bodyEvent(id, size, last, true);
}

export function proxy_on_response_trailers(id: u32, _count: u32): u32 {
  const at = findStream(id);
  return at == 0 ? CONTINUE : onTrailers(enter(at), true);
}

/** Before the host's own access logs, of streams in the downstream chain: the last time at which they see filter state. */
export function proxy_on_log(id: u32): void {
  const at = findStream(id);
  if (at != 0) account(changetype<Stream>(at));
}

export function proxy_on_delete(id: u32): void {
  const at = findStream(id);
  if (at == 0) {
    deletePlugin(id);
    return;
  }
  const stream = changetype<Stream>(at);
  if (stream.active) {
    // In the upstream chain nothing calls proxy_on_log, and the filter state is still there.
    account(stream);
    count(stream);
  }
  removeStream(id);
  closeStream(stream);
}
