// generalize: a value becomes the class it belongs to, by the kind that the rule names.
// Policy language, Actions; docs/internals.md, rule parameters of action 7.
// Invariant: each kind reads the value strictly by its grammar; what does not fit is redacted, never passed.

import { Buffer } from "../bytes/buffer";
import {
  GENERALIZE_AGE,
  GENERALIZE_AGED,
  GENERALIZE_GEO,
  GENERALIZE_IP,
  GENERALIZE_MONTH,
  GENERALIZE_NUMBER,
  GENERALIZE_YEAR,
  GENERALIZE_ZIP,
  RULE_P0,
  RULE_P1,
  RULE_P2,
  RULE_P3,
} from "../policy/format.gen";
import { generalizeAge } from "./generalize/age";
import { generalizeAged } from "./generalize/aged";
import { generalizeDate } from "./generalize/date";
import { generalizeGeo } from "./generalize/geo";
import { generalizeIp } from "./generalize/ip";
import { generalizeNumber } from "./generalize/number";
import { generalizeZip } from "./generalize/zip";
import { REDACT } from "./types";

export function generalize(rule: usize, policy: usize, type: u32, at: usize, length: u32, out: Buffer): u32 {
  const kind = load<u32>(rule, RULE_P0);
  const p1 = load<u32>(rule, RULE_P1);
  const p2 = load<u32>(rule, RULE_P2);
  if (kind == GENERALIZE_YEAR || kind == GENERALIZE_MONTH) {
    return generalizeDate(kind == GENERALIZE_MONTH, type, at, length, out);
  }
  if (kind == GENERALIZE_AGED) return generalizeAged(p1, type, at, length, out);
  if (kind == GENERALIZE_ZIP) return generalizeZip(p1, policy + p2, load<u32>(rule, RULE_P3), type, at, length, out);
  if (kind == GENERALIZE_AGE) return generalizeAge(p1, type, at, length, out);
  if (kind == GENERALIZE_IP) return generalizeIp(p1, p2, type, at, length, out);
  if (kind == GENERALIZE_NUMBER) return generalizeNumber(p1, at, length, out);
  if (kind == GENERALIZE_GEO) return generalizeGeo(p1, at, length, out);
  return REDACT;
}
