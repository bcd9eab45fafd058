/** Which tokenize has too few values, and which fields never have enough. */
import { describe, expect, test } from "vitest";
import type { Tokenize } from "../../../scripts/policy/policy.gen.ts";
import { domainFault } from "../../../scripts/policy/token-domain.ts";

const fault = (parameters: Tokenize, ...names: string[]) => domainFault(parameters, names);

describe("size", () => {
  test.each<[Tokenize, boolean]>([
    [{ format: "pan" }, true],
    [{ format: "pan", keepFirst: 6 }, true],
    [{ format: "pan", keepFirst: 6, keepLast: 3 }, true],
    [{ format: "pan", keepFirst: 6, keepLast: 4 }, false],
    [{ format: "pan", keepFirst: 6, keepLast: 4, luhn: "invalid" }, false],
    [{ format: "pan", keepFirst: 6, keepLast: 4, luhn: "any" }, true],
    [{ format: "pan", keepFirst: 8, keepLast: 4, luhn: "any" }, false],
    [{ format: "pan", keepFirst: 20, keepLast: 20 }, false],
    [{ format: "digits" }, true],
    [{ format: "digits", length: 6 }, true],
    [{ format: "digits", length: 5 }, false],
    [{ format: "digits", length: 9, keepLast: 4 }, false],
    [{ format: "alphanumeric", length: 5 }, true],
    [{ format: "alphanumeric", length: 4 }, false],
    [{ format: "date" }, true],
    [{ format: "email" }, true],
    [{ format: "opaque" }, true],
  ])("%j: enough is %s", (parameters, enough) => {
    expect(fault(parameters) === undefined).toBe(enough);
  });

  test("says how many there are, and what to use instead", () => {
    expect(fault({ format: "pan", keepFirst: 6, keepLast: 4 })).toEqual({
      message:
        "beside what is kept and the check digit, 5 of 16 characters change: 100,000 values, fewer than 1,000,000",
      remedy: 'keep less, or use "mask", "redact" or {"tokenize": {"format": "opaque"}}',
    });
  });
});

describe("the classic mistakes", () => {
  const codes = [
    "cvc",
    "CVV",
    "cvv2",
    "card_cvc",
    "csc",
    "securityCode",
    "security-code",
    "cardSecurityCode",
    "pin",
    "PIN",
  ];
  const expiries = ["exp_month", "expMonth", "exp-year", "expiry", "expiryDate", "expirationDate", "cardExpiry", "exp"];
  const ends = ["last4", "last_four", "cardLast4"];

  test.each([...codes, ...expiries, ...ends])("%s", (name) => {
    for (const format of ["pan", "digits", "alphanumeric", "date"] as const) {
      expect(fault({ format, ...(format === "digits" && { length: 12 }) }, "number", name)?.message).toContain(name);
    }
    expect(fault({ format: "opaque" }, name)).toBeUndefined();
  });

  test("a code is stripped, an expiry and the last four may be opaque", () => {
    expect(fault({ format: "digits" }, "cvc")!.remedy).toContain('"strip"');
    expect(fault({ format: "date" }, "expiry")!.remedy).toContain("opaque");
    expect(fault({ format: "digits" }, "last4")!.remedy).toContain('"mask"');
  });

  test.each(["number", "pan", "pincode", "ping", "experience", "lastName", "export", "expense", "birthDate", "spin"])(
    "%s is none",
    (name) => expect(fault({ format: "digits" }, name)).toBeUndefined(),
  );
});
