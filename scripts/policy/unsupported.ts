// What happens to bodies, and to texts in them, that cannot be read: by where they go, and not by what HTTP calls that.
// Invariant: what is said of requests is said of all that enters the tunnel, at the egress too, where it is answers.

import type { Policy, Unsupported } from "./policy.gen.ts";
import type { Direction, ResolvedPolicy, Role } from "./resolve.ts";

/** Of what enters the tunnel, and of what comes out of it. */
export type ResolvedUnsupported = Readonly<Record<Direction, Unsupported>>;

/** One word for both directions, or each of its own. */
export function resolveUnsupported(setting: NonNullable<Policy["unsupported"]>): ResolvedUnsupported {
  if (typeof setting === "string") return { request: setting, response: setting };
  return { request: setting.request ?? "block", response: setting.response ?? "block" };
}

/** What happens in a direction where the filter stands. */
export const unsupportedIn = (
  { unsupported }: Pick<ResolvedPolicy, "unsupported">,
  role: Role,
  direction: Direction,
): Unsupported => ((direction === "request") === (role === "edge") ? unsupported.request : unsupported.response);
