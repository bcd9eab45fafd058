// Whether emergency tunnel mode is active for a request: by header presence, by destination cluster, or always.
// Invariants: an inactive request costs one look-up per configured way and nothing else; the emergency header goes no
// further than it must.

import * as host from "../abi/host";
import { returnedAt, returnedLength } from "../abi/memory";
import { REQUEST_HEADERS } from "../abi/types";
import { anyMatches } from "../fields/match";
import {
  FLAG_ALWAYS,
  FLAG_HEADER,
  FLAG_KEEP_HEADER,
  HEADER_ACTIVATION_HEADER,
  HEADER_CLUSTERS,
  HEADER_FLAGS,
} from "../policy/format.gen";

export const INACTIVE: u32 = 0;
export const ACTIVE: u32 = 1;
/** The host did not answer: nobody can say, so the request must not go on. */
export const UNKNOWN: u32 = 2;

export function activation(blob: usize): u32 {
  const flags = <u32>load<u16>(blob, HEADER_FLAGS);
  if (flags & FLAG_ALWAYS) return ACTIVE;
  if (flags & FLAG_HEADER) {
    const name = blob + load<u32>(blob, HEADER_ACTIVATION_HEADER);
    const found = host.readHeader(REQUEST_HEADERS, name, load<u32>(blob, HEADER_ACTIVATION_HEADER + 4));
    if (found == host.FOUND) return ACTIVE;
    if (found == host.BROKEN) return UNKNOWN;
  }
  if (load<u32>(blob, HEADER_CLUSTERS + 4) != 0) {
    const found = host.property("xds.cluster_name");
    if (found == host.BROKEN) return UNKNOWN;
    if (found == host.FOUND && anyMatches(blob, HEADER_CLUSTERS, returnedAt(), returnedLength())) return ACTIVE;
  }
  return INACTIVE;
}

/**
 * Takes the emergency header off an active request. In the downstream chain it stays when the policy says that a route or
 * cluster still reads it (keepHeader); in the upstream chain, known by the chosen address, nothing reads it any more.
 */
export function removeActivationHeader(blob: usize): bool {
  const length = load<u32>(blob, HEADER_ACTIVATION_HEADER + 4);
  if (length == 0) return true;
  const flags = <u32>load<u16>(blob, HEADER_FLAGS);
  if (flags & FLAG_KEEP_HEADER && host.property("upstream.address") != host.FOUND) return true;
  return host.removeHeader(REQUEST_HEADERS, blob + load<u32>(blob, HEADER_ACTIVATION_HEADER), length);
}
