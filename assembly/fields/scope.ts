// What the field rules of one message have in common. One message at a time, so one scope serves all.

@unmanaged
export class FieldScope {
  policy: usize; // first byte of the binary policy
  rules: usize; // first rule record
  keys: usize; // Keyring of the session or 0
  limit: u32; // limits.value
  table: usize; // header offset of the field table of the direction
  unmatched: u32; // rule for what no rule names, or NO_RULE
  counts: usize; // u32 per rule
  rule: u32; // the last rule that decided

  count(rule: u32): void {
    const at = this.counts + (rule << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

const place = memory.data(offsetof<FieldScope>(), 16);
export const fieldScope: FieldScope = changetype<FieldScope>(place);
