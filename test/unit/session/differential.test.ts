// Whatever the filter takes, jose takes: random claims, and tokens with characters changed, added and left out.
import { createPublicKey } from "node:crypto";
import fc from "fast-check";
import { jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { LEEWAY, MAX } from "../../../scripts/policy/constants.ts";
import { send } from "../filter/support.ts";
import { type Algorithm, algorithms, claims, guarded, jwtOf, mint, now, secret, signingKey } from "../filter/tokens.ts";

const keyOf = (algorithm: Algorithm) => (algorithm === "HS256" ? secret : createPublicKey(signingKey(algorithm)));

/** jose has one tolerance for all times; the filter allows it for iat and nbf, and none for the end. */
async function joseTakes(algorithm: Algorithm, token: string): Promise<boolean> {
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

describe.each(algorithms)("%s", (algorithm) => {
  const { plugin } = guarded({ jwt: jwtOf(algorithm), always: true });
  const takes = (token: string) =>
    send(plugin, { method: "GET", headers: [["x-emergency-tunnel", token]] }).outcome === "forwarded";

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

  test("claims", async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        const token = await mint(algorithm, changed);
        if (!takes(token)) return;
        taken++;
        expect(await joseTakes(algorithm, token)).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(10);
  });

  test("changed tokens", async () => {
    const token = await mint(algorithm, { iat: now - 1 });
    expect([takes(token), await joseTakes(algorithm, token)]).toEqual([true, true]);
    const edit = fc.tuple(fc.nat(token.length), fc.nat(2), fc.string({ minLength: 0, maxLength: 2 }));
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        let changed = token;
        for (const [at, removed, added] of edits) changed = changed.slice(0, at) + added + changed.slice(at + removed);
        fc.pre(changed !== token);
        expect(takes(changed), changed).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});
