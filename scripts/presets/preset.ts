// Presets as rules of a standard, each with its clause, over the names of names.ts; what generate.ts makes policies of.
// Invariant: every rule says which clause asks for it; nothing but `pass` is weaker than what the clause demands.

import type { Action } from "../policy/policy.gen.ts";
import type { NameKind } from "./names.ts";

export interface PresetRule {
  name: string;
  /** The clause, and what the rule does about it. */
  description: string;
  kinds?: readonly NameKind[];
  /** Names of headers (patterns) and cookies beside those that the kinds give. */
  headers?: readonly string[];
  cookies?: readonly string[];
  action: Action;
  on?: "response";
  /** Detectors: the rule acts on what they find, in values of its kinds, or without any wherever it is. */
  detect?: readonly string[];
  /** Finds that are none. */
  except?: readonly string[];
}

/**
 * Where services have objects or lists under a name, their structure stays, since a bug may be about it. `redact` alone takes
 * them as a whole: where names of members may be what must not leave, detectors would not find it.
 */
export const redactEach: Action = { redact: { keepStructure: true } };

export interface Preset {
  name: string;
  description: string;
  rules: readonly PresetRule[];
}
