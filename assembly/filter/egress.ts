// Where the hotfix calls out through the gateway: which destinations may see originals.
// Invariants: allowed is what the policy lists, by cluster as the gateway chose it and by host as the request names it,
// both where both are listed; with no list at all nothing is allowed; a host that cannot be told is not allowed.

import * as host from "../abi/host";
import { lower } from "../abi/text";
import { returnedAt, returnedLength } from "../abi/memory";
import { Buffer, newBuffer } from "../bytes/buffer";
import { anyMatches } from "../fields/match";
import { FLAG_EGRESS, FLAG_EGRESS_BLOCK, HEADER_EGRESS_CLUSTERS, HEADER_EGRESS_HOSTS, HEADER_FLAGS } from "../policy/format.gen";
import { headerIndex, valueAt, valueLength } from "./headers";

const name: Buffer = newBuffer();

@inline
export function isEgress(blob: usize): bool {
  return (<u32>load<u16>(blob, HEADER_FLAGS) & FLAG_EGRESS) != 0;
}

/** Whether requests to other destinations are refused. */
@inline
export function blocksOthers(blob: usize): bool {
  return (<u32>load<u16>(blob, HEADER_FLAGS) & FLAG_EGRESS_BLOCK) != 0;
}

/** Whether the destination of the loaded request headers may see originals. */
export function isAllowed(blob: usize): bool {
  const byCluster = load<u32>(blob, HEADER_EGRESS_CLUSTERS + 4) != 0;
  const byHost = load<u32>(blob, HEADER_EGRESS_HOSTS + 4) != 0;
  if (!byCluster && !byHost) return false;
  if (byCluster) {
    if (host.property("xds.cluster_name") != host.FOUND) return false;
    if (!anyMatches(blob, HEADER_EGRESS_CLUSTERS, returnedAt(), returnedLength())) return false;
  }
  return !byHost || (readHost() && anyMatches(blob, HEADER_EGRESS_HOSTS, name.at, name.length));
}

/** The host of :authority, without port and in lower case. */
function readHost(): bool {
  const index = headerIndex(":authority", 0);
  if (index < 0) return false;
  const at = valueAt(index);
  let end = valueLength(index);
  // host ":" port; a bracketed IPv6 address holds colons of its own.
  let digits = end;
  while (digits > 0 && <u32>load<u8>(at + digits - 1) - 0x30 < 10) digits--;
  if (digits > 0 && load<u8>(at + digits - 1) == 0x3a) end = digits - 1;
  name.clear();
  for (let i: u32 = 0; i < end; i++) name.byte(lower(<u32>load<u8>(at + i)));
  return !name.failed && name.length != 0;
}
