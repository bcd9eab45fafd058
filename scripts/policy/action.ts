// Actions as policies write them -> one shape with every default filled in.
// Invariant: what comes out can be encoded as it stands; parameters that contradict each other are diagnostics.

import type { Action, Generalize, Redact, Reveal, Tokenize, Truncate } from "./policy.gen.ts";
import type { Path, Source } from "./source.ts";
import { type ResolvedToken, resolveToken } from "./token.ts";

export type ResolvedAction =
  | { kind: "pass" | "block" | "strip" }
  /** Without `with`, the replacement goes by type. */
  | { kind: "redact"; with?: unknown; keepStructure?: true }
  | { kind: "mask"; keepFirst: number; keepLast: number; char: string; skip: string }
  /** length 0 keeps all characters. */
  | { kind: "hash"; length: number; encoding: "hex" | "base64url" }
  | { kind: "truncate"; keepFirst: number; keepLast: number }
  | ({ kind: "generalize" } & Generalization)
  | { kind: "tokenize"; token: ResolvedToken }
  /** `token` is what the named rule makes; undefined until the rules are known (resolve.ts). */
  | { kind: "reveal"; rule: string; anywhere: boolean; token?: ResolvedToken };

export type Generalization =
  | { by: "date"; to: "year" | "month" }
  /** Years more than `age` before the current one become that one. */
  | { by: "aged"; age: number }
  | { by: "zip"; digits: number; restricted: readonly string[] }
  | { by: "age"; cap: number }
  | { by: "ip"; v4: number; v6: number }
  | { by: "number"; bucket: number }
  | { by: "geo"; decimals: number };

/** Three-digit ZIP areas of at most 20,000 people: 45 CFR 164.514(b)(2)(i)(B), census of 2000. HHS says that newer
 * census data replaces the list. */
export const RESTRICTED_ZIP_AREAS: readonly string[] =
  "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893".split(" ");

/**
 * Whether the action takes an object, array, element or message as one thing. All others act on the scalars in it, but for
 * `pass`, which only exempts them from `unmatched`.
 */
export const takesWhole = (action: ResolvedAction): boolean =>
  action.kind === "strip" || action.kind === "block" || (action.kind === "redact" && !action.keepStructure);

/** Whether the action takes something out of a value, instead of leaving it or putting it back. */
export const isTaking = ({ kind }: ResolvedAction): boolean => kind !== "pass" && kind !== "reveal";

/** Characters of the whole HMAC-SHA-256, by encoding. */
const hashLength = { hex: 64, base64url: 43 } as const;

/** Resolves an action that the schema has accepted. */
export function resolveAction(source: Source, path: Path, action: Action): ResolvedAction | undefined {
  const [kind, parameters] =
    typeof action === "string" ? [action, {}] : (Object.entries(action)[0] as [string, Record<string, unknown>]);
  const at = { path: typeof action === "string" ? path : [...path, kind] };
  switch (kind) {
    case "pass":
    case "block":
    case "strip":
      return { kind };
    case "redact": {
      const { keepStructure = false } = parameters as Redact;
      return { kind, ...("with" in parameters && { with: parameters.with }), ...(keepStructure && { keepStructure }) };
    }
    case "mask": {
      const { keepFirst = 0, keepLast = 0, char = "*", skip = "" } = parameters as Partial<Mask>;
      const points = [...new Set(typeof skip === "string" ? skip : skip.join(""))];
      return { kind, keepFirst, keepLast, char, skip: points.join("") };
    }
    case "hash": {
      const { length = 0, encoding = "hex" } = parameters as { length?: number; encoding?: "hex" | "base64url" };
      const most = hashLength[encoding];
      if (length <= most) return { kind, length, encoding };
      source.error(
        "out-of-range",
        at,
        `${encoding} has only ${most} characters`,
        `keep at most ${most}, or leave it out`,
      );
      return undefined;
    }
    case "truncate":
      return truncate(source, at.path, parameters as Truncate);
    case "generalize":
      return { kind, ...generalize(parameters as Generalize) };
    case "tokenize": {
      const token = resolveToken(source, at.path, parameters as unknown as Tokenize);
      return token && { kind, token };
    }
    case "reveal": {
      const { rule, anywhere = false } =
        typeof parameters === "string" ? { rule: parameters } : (parameters as RevealIn);
      return { kind, rule, anywhere };
    }
    default:
      throw new Error(`the schema lets the action ${kind} through, and nothing resolves it`);
  }
}

type RevealIn = Exclude<Reveal, string>;

interface Mask {
  keepFirst: number;
  keepLast: number;
  char: string;
  skip: string | string[];
}

function truncate(source: Source, path: Path, parameters: Truncate): ResolvedAction | undefined {
  if (typeof parameters === "number") return { kind: "truncate", keepFirst: parameters, keepLast: 0 };
  const { length, keepFirst, keepLast = 0 } = parameters;
  if (length !== undefined && keepFirst !== undefined) {
    source.error("conflict", { path }, "length and keepFirst say the same thing twice", "keep one of them");
    return undefined;
  }
  const first = length ?? keepFirst ?? 0;
  if (first + keepLast > 0) return { kind: "truncate", keepFirst: first, keepLast };
  source.error("out-of-range", { path }, "this truncation keeps nothing", 'keep something, or use "redact"');
  return undefined;
}

function generalize(parameters: Generalize): Generalization {
  const { date, zip, age, ip, number, geo } = parameters;
  if (typeof date === "object") return { by: "aged", age: date.age };
  if (date !== undefined) return { by: "date", to: date };
  if (zip !== undefined) return { by: "zip", digits: zip, restricted: RESTRICTED_ZIP_AREAS };
  if (age !== undefined) return { by: "age", cap: age };
  if (ip !== undefined) return { by: "ip", v4: ip.v4 ?? 24, v6: ip.v6 ?? 48 };
  if (number !== undefined) return { by: "number", bucket: number };
  return { by: "geo", decimals: geo! };
}

/** What redact writes where there is no JSON: headers, cookies, query parameters. */
export function redactText(action: { kind: "redact"; with?: unknown }): string {
  if (!Object.hasOwn(action, "with")) return "[redacted]";
  if (action.with === null) return "";
  return typeof action.with === "string" ? action.with : JSON.stringify(action.with);
}
