/**
 * The property of session tokens: whatever the filter takes, jose takes. Random claims, and tokens with characters
 * changed, added and left out.
 */
import { createPublicKey } from "node:crypto";
import fc from "fast-check";
import { jwtVerify } from "jose";
import { LEEWAY, MAX } from "../../scripts/policy/constants.ts";
import { send } from "../unit/filter/support.ts";
import {
  type Algorithm,
  algorithms,
  claims,
  guarded,
  jwtOf,
  mint,
  now,
  secret,
  signingKey,
} from "../unit/filter/tokens.ts";
import type { Tally } from "./tokens.ts";

const keyOf = (algorithm: Algorithm) => (algorithm === "HS256" ? secret : createPublicKey(signingKey(algorithm)));

/** jose has one tolerance for all times; the filter allows it for iat and nbf, and none for the end. */
export async function joseTakes(algorithm: Algorithm, token: string): Promise<boolean> {
  const options = {
    algorithms: [algorithm],
    audience: "edge",
    currentDate: new Date(now * 1000),
    clockTolerance: LEEWAY,
    maxTokenAge: MAX.SESSION_AGE,
    requiredClaims: ["jti", "exp", "iat", "scope"],
  };
  try {
    const { payload } = await jwtVerify(token, keyOf(algorithm), options);
    const isScoped = String(payload.scope).split(" ").includes("frostglass:t");
    return isScoped && payload.exp! > now && payload.iat! + MAX.SESSION_AGE > now;
  } catch {
    return false;
  }
}

const time = fc.oneof(fc.constantFrom(now - 3600, now - 3599, now - 1, now, now + 1), fc.integer(), fc.double());
const text = fc.oneof(fc.constantFrom("edge", "frostglass:t", "a frostglass:t", ""), fc.string({ unit: "binary" }));
const claim = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.integer(), fc.constant(null));
/** Mostly what is right, so that a single wrong claim decides. */
const mostly = <T>(right: unknown, wrong: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: fc.constant(right), weight: 8 }, { arbitrary: wrong, weight: 1 });
const changes = fc.record({
  jti: mostly(claims.jti, claim),
  aud: mostly(claims.aud, claim),
  scope: mostly(claims.scope, claim),
  iat: mostly(claims.iat, time),
  exp: mostly(claims.exp, time),
  nbf: mostly(undefined, time),
  other: fc.jsonValue(),
});

/** A filter that demands tokens of an algorithm, and the two properties against it. Both throw what breaks. */
export class Gate {
  taken = 0;
  private readonly plugin;
  readonly algorithm: Algorithm;

  constructor(algorithm: Algorithm) {
    this.algorithm = algorithm;
    this.plugin = guarded({ jwt: jwtOf(algorithm), always: true }).plugin;
  }

  takes(token: string): boolean {
    return send(this.plugin, { method: "GET", headers: [["x-emergency-tunnel", token]] }).outcome === "forwarded";
  }

  claims() {
    return fc.asyncProperty(changes, async (changed) => {
      const token = await mint(this.algorithm, changed);
      if (!this.takes(token)) return;
      this.taken++;
      if (!(await joseTakes(this.algorithm, token))) throw new Error(`taken, but not by jose: ${token}`);
    });
  }

  changedCharacters(token: string) {
    const edit = fc.tuple(fc.nat(token.length), fc.nat(2), fc.string({ minLength: 0, maxLength: 2 }));
    return fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
      let changed = token;
      for (const [at, removed, added] of edits) changed = changed.slice(0, at) + added + changed.slice(at + removed);
      fc.pre(changed !== token);
      if (this.takes(changed)) throw new Error(`taken although changed: ${changed}`);
    });
  }
}

/** Runs so many cases: claims and changed characters of each algorithm, the same number of each. */
export async function fuzzSessionTokens(count: number, seed: number): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, failures: [] };
  const numRuns = Math.ceil(count / (2 * algorithms.length));
  for (const algorithm of algorithms) {
    const gate = new Gate(algorithm);
    const token = await mint(algorithm, { iat: now - 1 });
    await tell(fc.check(gate.claims(), { seed, numRuns }));
    await tell(fc.check(gate.changedCharacters(token), { seed, numRuns }));
  }

  async function tell<T>(running: Promise<fc.RunDetails<T>>): Promise<void> {
    const details = await running;
    tally.passed += details.failed ? details.numRuns - 1 : numRuns;
    if (!details.failed) return;
    tally.failed++;
    tally.failures.push(fc.defaultReportMessage(details)!);
  }
  return tally;
}
