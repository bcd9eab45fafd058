// tokenize and reveal as policies write them -> one shape with every default filled in, and checked against each other.
// Invariants: a parameter that a format does not have is a diagnostic; a tokenize that comes out has a tweak of its own
// for each policy, domain and format, so that no token of one stands for a value of another (SP 800-38G, appendix C).

import { createHash } from "node:crypto";
import type { Tokenize } from "./policy.gen.ts";
import type { Path, Source } from "./source.ts";

export interface ResolvedToken {
  format: Tokenize["format"];
  luhn: "valid" | "invalid" | "any";
  keepFirst: number;
  keepLast: number;
  domain: string;
  fallback: "redact" | "opaque" | "block";
  /** Characters of the values, where the policy says so. */
  length: number | undefined;
}

const TWEAK_BYTES = 16;

/** Parameters that only some formats have. */
const only: Record<string, readonly Tokenize["format"][]> = {
  luhn: ["pan"],
  keepFirst: ["pan", "digits", "alphanumeric"],
  keepLast: ["pan", "digits", "alphanumeric"],
  length: ["digits", "alphanumeric"],
};

export function resolveToken(source: Source, path: Path, parameters: Tokenize): ResolvedToken | undefined {
  const { format, luhn = "valid", keepFirst = 0, keepLast = 0, domain = format, fallback = "redact" } = parameters;
  let sound = true;
  for (const [name, formats] of Object.entries(only)) {
    if (!Object.hasOwn(parameters, name) || formats.includes(format)) continue;
    sound = false;
    const message = `the format ${format} has no ${name}`;
    source.error("conflict", { path, key: name }, message, `leave it out, or use ${formats.join(", ")}`);
  }
  const { length } = parameters;
  return sound ? { format, luhn, keepFirst, keepLast, domain, fallback, length } : undefined;
}

/** Types whose detectors find a token of the format wherever they found its original: their checks hold for both. */
const recognizedBy: Partial<Record<Tokenize["format"], readonly string[]>> = {
  pan: ["CREDIT_CARD"],
  email: ["EMAIL_ADDRESS"],
  phone: ["PHONE_NUMBER"],
  iban: ["IBAN_CODE"],
  date: ["DATE_OF_BIRTH", "DATE_TIME"],
  uuid: ["UUID"],
};
/** Digits by which the ranges of card networks are told apart. */
const RANGE_DIGITS = 6;

/** Why a rule that detects these types would not find the tokens that it is to reveal. */
export function unrecognized(
  { format, luhn, keepFirst }: ResolvedToken,
  types: readonly string[],
): { message: string; remedy: string } | undefined {
  const opaque = '{"reveal": {"rule": "RULE", "anywhere": true}} without detect';
  if (format === "opaque") return { message: "no detector finds opaque tokens", remedy: `use ${opaque}` };
  const other = types.find((type) => !recognizedBy[format]?.includes(type));
  if (other !== undefined) {
    const message = `${other} does not find tokens of the format ${format}`;
    return { message, remedy: `let the other rule make opaque tokens, and use ${opaque}` };
  }
  if (format !== "pan" || (luhn === "valid" && keepFirst >= RANGE_DIGITS)) return undefined;
  const message = "CREDIT_CARD finds tokens alone that are numbers of a card network";
  return { message, remedy: `let the other rule keep them so: "luhn": "valid", "keepFirst": ${RANGE_DIGITS}` };
}

/** The label that ties a token to its policy, domain and format: public, the same in every build. */
export function tweakOf(policy: string, { domain, format }: ResolvedToken): Uint8Array {
  const text = ["frostglass token", policy, domain, format].join("\0");
  return createHash("sha256").update(text).digest().subarray(0, TWEAK_BYTES);
}
