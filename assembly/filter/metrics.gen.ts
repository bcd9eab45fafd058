// Generated from scripts/host/stats.ts by scripts/policy/generate.ts. Do not edit.

export const REQUESTS: string = "frostglass.requests_total.";
export const VALUES: string = "frostglass.values_total.";
export const DENIED: string = "frostglass.reveals_denied_total.";
export const BODY_BYTES: string = "frostglass.body_bytes_total.";
export const HELD_BYTES: string = "frostglass.held_bytes.";
export const SECONDS_LEFT: string = "frostglass.session_seconds_left.";
export const VM_MEMORY: string = "frostglass.vm_memory_bytes";

export function actionName(action: u32): string {
  switch (action) {
    case 0:
      return "pass";
    case 1:
      return "block";
    case 2:
      return "strip";
    case 3:
      return "redact";
    case 4:
      return "mask";
    case 5:
      return "hash";
    case 6:
      return "truncate";
    case 7:
      return "generalize";
    case 8:
      return "tokenize";
    case 9:
      return "reveal";
    default:
      return "unknown";
  }
}
