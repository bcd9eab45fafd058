// tokenize: a value becomes a token of its format, under the keys of the session (policy language, Actions).
// Invariants: without keys nothing is tokenized; what does not fit its format takes the fallback of the rule and never
// passes; a token is whole or is not there at all.

import { Buffer } from "../bytes/buffer";
import {
  FALLBACK_BLOCK,
  FALLBACK_OPAQUE,
  RULE_P0,
  TOKEN_DOMAIN,
  TOKEN_FALLBACK,
  TOKEN_TWEAK,
} from "../policy/format.gen";
import { Keyring, domainKeys } from "../session/keyring";
import { tokenize as encode } from "../token/codec";
import { seal } from "../token/opaque";
import { BLOCKED, FAILED, NUMBER, REDACT } from "./types";

export function tokenize(rule: usize, policy: usize, type: u32, at: usize, length: u32, keys: usize, out: Buffer): u32 {
  if (keys == 0) return REDACT;
  const ring = changetype<Keyring>(keys);
  const token = policy + load<u32>(rule, RULE_P0);
  const block = domainKeys(ring, ring.current, <u32>load<u16>(token, TOKEN_DOMAIN));
  if (block == 0) return FAILED;
  const tweak = policy + load<u32>(token, TOKEN_TWEAK);
  const tweakLength = load<u32>(token, TOKEN_TWEAK + 4);
  const verdict = encode(token, tweak, tweakLength, block, type, at, length, out);
  if (verdict != REDACT) return verdict;
  const fallback = <u32>load<u8>(token, TOKEN_FALLBACK);
  if (fallback == FALLBACK_BLOCK) return BLOCKED;
  // A number must stay a number, and an opaque token is a text.
  if (fallback != FALLBACK_OPAQUE || type == NUMBER) return REDACT;
  out.clear();
  return seal(tweak, tweakLength, block, at, length, out);
}
