// Check functions against validator.js and, where it has none, against numbers whose check digits were worked out by
// another implementation of the published rule: numbers that hold are found, their neighbours are not.
import validator from "validator";
import { describe, expect, it } from "vitest";
import { builtInProgram } from "../../../scripts/detect/built-in.ts";
import { Scanner } from "../../../scripts/detect/scanner.ts";

const scanner = new Scanner(builtInProgram());
const finds = (type: string, text: string): boolean =>
  scanner
    .scan(text, { threshold: 0, rivals: "type", types: [type] })
    .some(({ start, end }) => start === 0 && end === text.length);

/** Numbers without pattern: multiples of a prime, modulo what fits. */
const numbers = (digits: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    ((BigInt(index + 1) * 982_451_653_982_451_653n) % 10n ** BigInt(digits)).toString().padStart(digits, "0"),
  );

function expectSame(type: string, texts: readonly string[], isValid: (text: string) => boolean): void {
  let valid = 0;
  for (const text of texts) {
    const expected = isValid(text);
    if (expected) valid++;
    expect(`${text} ${finds(type, text)}`).toBe(`${text} ${expected}`);
  }
  // A test that only ever sees refusals shows nothing.
  expect(valid).toBeGreaterThan(2);
}

describe("against validator.js", () => {
  it("IMEI", () => {
    expectSame("IMEI", numbers(15, 400), (text) => validator.isIMEI(text));
  });

  it("PESEL", () => {
    const texts = numbers(5, 400).map((serial) => `800101${serial}`);
    expectSame("PL_PESEL", texts, (text) => validator.isIdentityCard(text, "PL"));
  });

  it("NHS number, by the rule of the Data Dictionary", () => {
    const rule = (text: string) => {
      const sum = [...text].slice(0, 9).reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
      return (11 - (sum % 11)) % 11 === Number(text[9]);
    };
    expectSame("UK_NHS", numbers(10, 400), rule);
  });

  it("Brazilian CPF", () => {
    expectSame("BR_CPF", [...numbers(11, 400), "52998224725", "11144477735", "39053344705"], (text) =>
      validator.isTaxID(text, "pt-BR"),
    );
  });

  it("German tax number: what validator.js takes is found", () => {
    for (const text of numbers(11, 6000)) {
      if (text[0] !== "0" && validator.isTaxID(text, "de-DE"))
        expect(`${text} ${finds("DE_TAX_ID", text)}`).toBe(`${text} true`);
    }
  });

  it("Spanish NIF and Italian fiscal code", () => {
    const letters = [..."TRWAGMYFPDXBNJZSQVHLCKE"];
    const nifs = numbers(8, 60).flatMap((number) => letters.map((letter) => number + letter));
    expectSame("ES_NIF", nifs, (text) => validator.isIdentityCard(text, "ES"));
  });

  it("Finnish personal identity code", () => {
    const codes = numbers(3, 30).flatMap((serial) =>
      [..."0123456789ABCDEFHJKLMNPRSTUVWXY"].map((end) => `131052-${serial}${end}`),
    );
    expectSame(
      "FI_PERSONAL_IDENTITY_CODE",
      codes.filter((code) => !/-00[01]/.test(code)),
      (text) => validator.isIdentityCard(text, "FI"),
    );
  });

  it("Thai, South African, Chinese, Hong Kong and Taiwanese numbers", () => {
    expectSame(
      "TH_TNIN",
      numbers(10, 300).map((serial) => `110${serial}`),
      (text) => validator.isIdentityCard(text, "TH"),
    );
    expectSame(
      "ZA_ID_NUMBER",
      numbers(4, 200).map((serial) => `800101${serial}086`),
      (text) => validator.isLuhnNumber(text),
    );
    expectSame(
      "CN_RESIDENT_ID",
      [..."0123456789X"].flatMap((end) => numbers(3, 12).map((serial) => `11010519491231${serial}${end}`)),
      (text) => validator.isIdentityCard(text, "zh-CN"),
    );
    expectSame(
      "TW_NATIONAL_ID",
      numbers(8, 300).map((serial) => `A1${serial}`),
      (text) => validator.isIdentityCard(text, "zh-TW"),
    );
  });

  it("IBAN: of the numbers with all check digits, exactly the valid one", () => {
    const texts = Array.from({ length: 97 }, (_, index) => `DE${String(index + 2).padStart(2, "0")}370400440532013000`);
    expect(texts.filter((text) => finds("IBAN_CODE", text))).toEqual(texts.filter((text) => validator.isIBAN(text)));
  });

  it("ISIN and Ethereum addresses", () => {
    expectSame(
      "ISIN_CODE",
      numbers(10, 300).map((serial) => `US${serial}`),
      (text) => validator.isISIN(text),
    );
  });
});

describe("one valid check digit in ten", () => {
  it.each([
    ["AU_ACN", "00408561"],
    ["CA_SIN", "13069254"],
    ["CH_AHV", "756921707698"],
    ["US_NPI", "124531959"],
    ["FR_SIREN", "73282932"],
    ["KR_BRN", "220816251"],
    ["PT_NIF", "12345678"],
    ["TR_NATIONAL_ID", "1000000014"],
    ["IL_ID_NUMBER", "12345678"],
    ["JP_CORPORATE_NUMBER", "700001205000"],
    ["RO_CNP", "163061512345"],
    ["IN_AADHAAR", "23412341234"],
    ["EE_ISIKUKOOD", "3760503029"],
  ])("%s", (type, number) => {
    const digits = [..."0123456789"].filter((digit) => finds(type, number + digit));
    expect(digits.length).toBe(1);
  });
});

describe("what python-stdnum (2.2) takes or refuses beyond the check digit", () => {
  it.each([
    ["DE_TAX_ID", "36574261809", "45955087792"], // three digits more than once
    ["FR_SIRET", "73282932000074", "36201621992009"], // the company fails
    ["FR_SIRET", "35600000012003", "35600000012004"], // a branch of the post office
    ["IE_PPSN", "1234567TT", "1234567UT"], // the old second letters do not count
    ["IT_VAT_CODE", "01333550323", "01333551503"], // no office of a province
    ["MX_CURP", "GOAA850131HDFRRL08", "GOAA850231HDFRRL07"], // no such day
    ["MX_CURP", "GOAA850131HDFRRL08", "GOAA850131HZZRRL01"], // no such state
    ["PL_PESEL", "85022812343", "85023112343"], // no such day
    ["PT_NIF", "451234561", "451234562"], // who does not live there
    ["SG_UEN", "53125226D", "53125226E"],
    ["SG_UEN", "201434292D", "201434292E"],
    ["SG_UEN", "T16RF0037C", "T16RF0037D"],
    ["CO_NIT", "800197268-4", "800197268-5"],
    ["KR_BRN", "220-81-62517", "036-93-32099"], // no tax office
    ["AU_ABN", "51824753556", "10726400721"], // check digits below 11
  ])("%s: %s, and not %s", (type, good, bad) => {
    expect([finds(type, good), finds(type, bad)]).toEqual([true, false]);
  });

  it("the day of birth in an Italian fiscal code, of a woman 40 more", () => {
    const score = (text: string) => scanner.scan(text, { threshold: 0, types: ["IT_FISCAL_CODE"] })[0]?.score;
    expect(["RSSMRA85T10A562S", "RSSMRA85B55A562U"].map(score)).toEqual([0.95, 0.95]);
    // Below the default: as one whose check character is wrong.
    expect(score("RSSMRA85B31A562F")).toBe(0.3);
  });
});
