// Names of elements, attributes and processing instructions, kept in `names`: those of the open elements, and behind them
// the one that is being read. Namespaces in XML 1.0, section 3: at most one colon, inside.
// Invariants: resumable at any byte; the names together stay within NAMES_LIMIT, so that a document cannot fill memory.

import { LIMIT_VALUE, XML_SYNTAX } from "../policy/outcomes.gen";
import { beginCharacter, isNameByte, startsName } from "./character";
import { XmlState, namesOf } from "./state";

const NAMES_LIMIT: u32 = 65536;

/** A name begins behind all others. */
export function beginName(s: XmlState): void {
  s.otherAt = s.namesLength;
}

/** Reads on in a name from `p`; returns the first address that is not of it, `end` when the chunk ended inside. */
export function readName(s: XmlState, p: usize, end: usize): usize {
  const names = namesOf(s);
  while (p < end) {
    const from = p;
    while (isNameByte(<u32>load<u8>(p))) p++;
    if (p > from) {
      if (s.namesLength == s.otherAt && !startsName(<u32>load<u8>(from))) {
        s.error = XML_SYNTAX;
        return end;
      }
      names.append(from, <u32>(p - from));
    }
    if (s.namesLength > NAMES_LIMIT) {
      s.error = LIMIT_VALUE;
      return end;
    }
    if (p == end) return end;
    const byte = <u32>load<u8>(p);
    if (byte < 0x80) {
      if (s.namesLength == s.otherAt) s.error = XML_SYNTAX;
      return p;
    }
    beginCharacter(s, byte);
    names.byte(byte);
    return p + 1;
  }
  return end;
}

// Local part of the name that `splitName` has looked at.
export let localAt: usize = 0;
export let localLength: u32 = 0;

/** Finds the local part of the name that has just been read; sets `error` when it is no qualified name. */
export function splitName(s: XmlState): void {
  const end = s.namesAt + s.namesLength;
  localAt = s.namesAt + s.otherAt;
  let colons: u32 = 0;
  for (let p = localAt; p < end; p++) {
    if (load<u8>(p) != 0x3a) continue;
    colons++;
    if (p == localAt) s.error = XML_SYNTAX;
    localAt = p + 1;
  }
  localLength = <u32>(end - localAt);
  // A local part starts as a name does; beyond ASCII a byte says little, and receivers refuse what is left.
  if (colons > 1 || localLength == 0 || !(load<u8>(localAt) >= 0x80 || startsName(<u32>load<u8>(localAt)))) {
    s.error = XML_SYNTAX;
  }
}

/** Whether the name that has just been split declares a namespace. */
export function declaresNamespace(s: XmlState): bool {
  const at = s.namesAt + s.otherAt;
  const length = s.namesLength - s.otherAt;
  // "xmln" and "s", then nothing or a colon.
  return length >= 5 && load<u32>(at) == 0x6e6c6d78 && load<u8>(at + 4) == 0x73 && (length == 5 || load<u8>(at + 5) == 0x3a);
}

/** Forgets the name that has just been read. */
export function dropName(s: XmlState): void {
  s.namesLength = s.otherAt;
}
