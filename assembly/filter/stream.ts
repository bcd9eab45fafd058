// One HTTP stream: what is known of it, and the body of each direction.
// Invariants: streams come from the pool and go back to it; a stream keeps its policy until it ends, whatever is pushed
// meanwhile; whatever a stream held is given back when it is deleted.

import { TALLY_BYTES } from "../action/reveal";
import { Buffer } from "../bytes/buffer";
import { allocate, release } from "../bytes/pool";
import { anyDetects } from "../fields/match";
import { FieldScope, fieldScope } from "../fields/scope";
import { closeInflater } from "../compression/inflate";
import { closeReader, openReader } from "../framing/format";
import { Narrow } from "../framing/narrow";
import { isLive } from "../json/document";
import { FORMAT_JSON, HEADER_LIMIT_VALUE, HEADER_RESPONSE_FIELDS, NO_RULE } from "../policy/format.gen";
import { unsupportedIn } from "../policy/unsupported";
import { Session, idOf, leaveSession } from "../session/cache";
import { openKeyring } from "../session/keyring";
import { Policy, leavePolicy } from "./plugin";

/** What happens to the bytes of a body. */
export const BODY_PASS: u32 = 0;
export const BODY_READ: u32 = 1;
export const BODY_EMPTY: u32 = 2;
/** Nothing can read it: its first byte refuses the message, and without one it passes. */
export const BODY_UNREADABLE: u32 = 3;

/** What a request calls by its content-type. */
export const CALL_NONE: u32 = 0;
export const CALL_GRPC: u32 = 1;
export const CALL_WEB: u32 = 2; // gRPC-Web
export const CALL_WEB_TEXT: u32 = 3;

@unmanaged
export class Body {
  mode: u32;
  /** The headers, and with them all that was held, have gone on. */
  released: bool;
  /** The end of the body has been seen. */
  ended: bool;
  /** The message came with a content-length. */
  measured: bool;
  /** A rule may change what it says, and how long it is. */
  editable: bool;
  refusal: u32; // outcome of the first byte of an unreadable body
  format: u32; // FORMAT_JSON .., while there is a reader
  reader: usize; // state of that format, or 0
  charset: u32; // the fields of a Narrow: see `narrowOf`
  charsetNamed: u32;
  charsetMissing: u32;
  charsetPoint: u32;
  charsetDue: u32;
  inflater: usize; // Inflater of a compressed body, or 0
  total: u64; // bytes read
  waiting: u32; // bytes of the rewritten body that wait in the host's buffer, in front of those in `held`
  isAtHand: bool; // the host's buffer can be written when trailers come: what is held waits in memory of the filter
  heldMost: u32; // the most that was held, here and there
  heldAt: usize; // the fields of a Buffer: see `heldOf`
  heldLength: u32;
  heldCapacity: u32;
  heldFailed: bool;
}

/** The rewritten body while the headers are held, as far as it does not wait in the host's buffer. */
@inline
export function heldOf(body: Body): Buffer {
  return changetype<Buffer>(changetype<usize>(body) + offsetof<Body>("heldAt"));
}

/** How its bytes are characters. */
@inline
export function narrowOf(body: Body): Narrow {
  return changetype<Narrow>(changetype<usize>(body) + offsetof<Body>("charset"));
}

export const SIZE_BODY: u32 = <u32>offsetof<Body>();

@unmanaged
export class Stream {
  id: u32;
  active: bool;
  /** The filter has answered or cut this stream itself: what comes back is its own reply. */
  refused: bool;
  isHead: bool;
  /** An interim answer came through the filter: only of those that the host has no name for, and in a cluster's chain. */
  hasInterim: bool;
  /** Its account was left with the host. */
  accounted: bool;
  /** Egress, to a destination that may not see originals: the request goes on as it is. */
  keepsRequest: bool;
  /** The request is another attempt: its headers are rewritten already. */
  isRetry: bool;
  /** Which kind of call the request is, CALL_NONE ..: a refusal answers as that does. */
  call: u32;
  /** Record of the path in the protobuf tables of the policy, or 0. */
  method: usize;
  /** That, or the one of the method that a lax receiver may find behind the path. */
  called: usize;
  policy: Policy;
  counts: usize; // u32 per rule
  reveals: usize; // TALLY_BYTES per rule (action/reveal.ts)
  session: usize; // Session that activated it, or 0
  keys: usize; // Keyring of its session, or 0
  outcome: u32;
  rule: u32; // that blocked
}

export const SIZE_STREAM: u32 = <u32>offsetof<Stream>();

export function bodyOf(stream: Stream, response: bool): Body {
  return changetype<Body>(changetype<usize>(stream) + SIZE_STREAM + (response ? <usize>SIZE_BODY : 0));
}

@inline
function sizeOf(policy: Policy): u32 {
  return SIZE_STREAM + 2 * SIZE_BODY + policy.ruleCount * (4 + TALLY_BYTES);
}

/** A stream for the plugin's current policy, or 0 when memory ran out. */
export function openStream(id: u32, policy: Policy): usize {
  const size = sizeOf(policy);
  const at = allocate(size);
  if (at == 0) return 0;
  memory.fill(at, 0, size);
  const stream = changetype<Stream>(at);
  stream.id = id;
  stream.policy = policy;
  stream.rule = NO_RULE;
  stream.counts = at + SIZE_STREAM + 2 * SIZE_BODY;
  stream.reveals = stream.counts + (policy.ruleCount << 2);
  policy.users++;
  return at;
}

/** Gives the stream the keys of its session, where the policy needs any; false when memory ran out. */
export function openKeys(stream: Stream): bool {
  const roots = stream.policy.keys;
  if (roots == 0) return true;
  const session = changetype<Session>(stream.session);
  if (session.keys == 0) {
    session.keys = openKeyring(stream.policy.blob, roots, idOf(session), session.idLength, session.issued);
  }
  stream.keys = session.keys;
  return stream.keys != 0;
}

/** What the rules of headers, or of a body, have in common. `fields` is the header offset of the field table of its direction. */
export function scopeOf(stream: Stream, fields: usize, unmatched: u32): FieldScope {
  const policy = stream.policy;
  const scope = fieldScope;
  scope.policy = policy.blob;
  scope.rules = policy.rules;
  scope.keys = stream.keys;
  scope.limit = load<u32>(policy.blob, HEADER_LIMIT_VALUE);
  scope.table = fields;
  scope.unmatched = unmatched;
  scope.unsupported = unsupportedIn(policy.blob, fields == HEADER_RESPONSE_FIELDS);
  scope.counts = stream.counts;
  scope.any = anyDetects(policy.blob, fields);
  return scope;
}

/** Prepares the reader of a body in the given format; false when memory ran out. */
export function openBody(body: Body, format: u32, scope: FieldScope, root: u32): bool {
  body.reader = openReader(format, narrowOf(body), scope, root);
  if (body.reader == 0) return false;
  body.format = format;
  body.editable = format != FORMAT_JSON || isLive(scope.policy, root, scope.unmatched);
  body.mode = BODY_READ;
  return true;
}

/** Gives back what a body holds. Held values are wiped. */
export function closeBody(body: Body): void {
  if (body.reader) {
    closeReader(body.format, body.reader);
    body.reader = 0;
  }
  closeInflater(body.inflater);
  body.inflater = 0;
  heldOf(body).free();
  body.mode = BODY_PASS;
}

export function closeStream(stream: Stream): void {
  closeBody(bodyOf(stream, false));
  closeBody(bodyOf(stream, true));
  leaveSession(stream.session);
  const policy = stream.policy;
  release(changetype<usize>(stream), sizeOf(policy));
  leavePolicy(policy);
}
