// What the policy says of bodies, and texts in them, that cannot be read: of each direction its own.

import { HEADER_RESPONSE_UNSUPPORTED, HEADER_UNSUPPORTED } from "./format.gen";

/** UNSUPPORTED_BLOCK, UNSUPPORTED_EMPTY or UNSUPPORTED_PASS. */
@inline
export function unsupportedIn(policy: usize, response: bool): u32 {
  return <u32>(response ? load<u16>(policy, HEADER_RESPONSE_UNSUPPORTED) : load<u16>(policy, HEADER_UNSUPPORTED));
}
