// Cards, accounts, securities and wallets.

import type { Detector } from "../detector.ts";

const CARD_WORDS: readonly string[] = [
  "card",
  "credit",
  "debit",
  "visa",
  "mastercard",
  "amex",
  "pan",
  "cc",
  "maestro",
  "discover",
  "jcb",
  "diners",
  "karte",
  "tarjeta",
  "carte",
];

/** What no line of numbers is parted by: more than a blank, or what stands for one in an address. */
const WIDE_SEPARATOR = "(?: {2,3}| - |--|[/_+]|%20)";

/** Countries of ISO 3166 in a BIC (ISO 9362), but for those in the middle of English words: CUSTOMER, DELIVERY, DOCUMENT. */
const BANK_COUNTRIES =
  "AD|AE|AF|AG|AI|AL|AM|AO|AR|AT|AU|AW|AZ|BA|BB|BD|BE|BF|BG|BH|BI|BJ|BM|BN|BO|BR|BS|BW|BY|BZ|CA|CD|CG|CH|CI|CL|" +
  "CM|CN|CO|CR|CU|CV|CW|CY|CZ|DE|DJ|DK|DM|DO|DZ|EC|EE|EG|ES|ET|FI|FJ|FO|FR|GA|GB|GE|GG|GH|GI|GL|GM|GR|GT|GY|HK|" +
  "HN|HR|HT|HU|ID|IE|IL|IM|IN|IQ|IR|IS|IT|JE|JM|JO|JP|KE|KG|KH|KN|KR|KW|KY|KZ|LA|LB|LC|LI|LK|LR|LS|LT|LU|LV|LY|" +
  "MA|MC|MD|MG|MK|ML|MM|MN|MO|MR|MT|MU|MV|MW|MX|MY|MZ|NA|NE|NG|NI|NL|NO|NP|NZ|PA|PE|PG|PH|PK|PL|PR|PS|PT|PY|QA|" +
  "RO|RS|RU|RW|SA|SC|SD|SE|SG|SI|SK|SL|SM|SN|SR|SV|SY|SZ|TG|TH|TJ|TL|TM|TN|TO|TR|TT|TW|TZ|UA|UG|US|UY|UZ|VC|VG|" +
  "VN|VU|WS|XK|YE|ZA|ZM|ZW";

export const money: readonly Detector[] = [
  {
    type: "CREDIT_CARD",
    pattern: String.raw`[1-9]\d{3}(?:\d{8,15}|[ .-]\d{4}[ .-]\d{4}[ .-]\d{1,4}|[ .-]\d{4}[ .-]\d{4}[ .-]\d{4}[ .-]\d{2,3}|[ .-]\d{6}[ .-]\d{4,5}|[ .-]\d{3}[ .-]\d{3}[ .-]\d{3})`,
    // An underscore joins words: card_4111111111111111 names a card.
    left: "A-Za-z0-9",
    right: "A-Za-z0-9",
    check: "card",
    score: 0.9,
    contextScore: 1,
    context: CARD_WORDS,
    examples: {
      finds: [
        "pay with [[4111 1111 1111 1111]] today",
        "[[378282246310005]]",
        "card:[[5555-5555-5555-4444]].",
        "[[6011000990139424]]",
        "[[30569309025904]]",
        "[[3530111333300000]]",
        "amex [[3782 822463 10005]]",
        "karta [[4111.1111.1111.1111]].",
        "[[501800000009]]",
        "[[5000550000000029]]",
        "card_[[4111111111111111]]_old.pdf",
      ],
      ignores: [
        "4111 1111 1111 1112",
        "order 1234567890123456",
        "0000000000000000",
        "a4111111111111111",
        "1732361234000",
        "500100000008",
        "820982911946154508",
      ],
    },
  },
  // Set in a table, in an address, or with care.
  {
    type: "CREDIT_CARD",
    pattern: String.raw`[2-6]\d{3}(?:SEP\d{4}SEP\d{4}SEP\d{4}|SEP\d{6}SEP\d{4,5})`.replaceAll("SEP", WIDE_SEPARATOR),
    left: "A-Za-z0-9",
    right: "A-Za-z0-9",
    check: "card",
    score: 0.8,
    contextScore: 1,
    context: CARD_WORDS,
    examples: {
      finds: [
        "pay with [[4111  1111  1111  1111]]",
        "[[4111/1111/1111/1111]]",
        "scan_[[4111_1111_1111_1111]].png",
        "?q=[[4111%201111%201111%201111]]&page=2",
        "q=[[4111+1111+1111+1111]]",
        "[[5555 - 5555 - 5555 - 4444]]",
        "[[5555--5555--5555--4444]]",
        "amex [[3782  822463  10005]]",
      ],
      ignores: ["4111/1111/1111/1112", "2019/2020/2021/2022", "4111 /1111 /1111 /1111"],
    },
  },
  // Four numbers in a row are hardly ever a card by themselves.
  {
    type: "CREDIT_CARD",
    pattern:
      String.raw`[2-6]\d{3}(?:SEP\d{4}SEP\d{4}SEP\d{4}|SEP\d{6}SEP\d{5}|\d{4}[ -]\d{8}|\d{2}[ -]\d{10})`.replaceAll(
        "SEP",
        String.raw`(?:[\t\n\v\f\r]{1,2}|[,:;] ?)`,
      ),
    left: "A-Za-z0-9",
    right: "A-Za-z0-9",
    check: "card",
    score: 0.4,
    contextScore: 0.9,
    context: CARD_WORDS,
    examples: {
      finds: [
        "card: [[4111\t1111\t1111\t1111]]",
        "Visa [[4111, 1111, 1111, 1111]]",
        "Karte:\n[[4111\r\n1111\r\n1111\r\n1111]]",
        "my credit card is [[41111111 11111111]]",
        "card number [[411111 1111111111]]",
      ],
      ignores: ["4111,1111,1111,1111", "41111111 11111111"],
    },
  },
  // UATP, the cards of airlines. Other numbers begin so, too.
  {
    type: "CREDIT_CARD",
    pattern: String.raw`1\d{14}|1\d{3}[ .-]\d{5}[ .-]\d{6}`,
    left: "A-Za-z0-9",
    right: "A-Za-z0-9",
    check: "luhn",
    score: 0.3,
    contextScore: 0.9,
    context: [...CARD_WORDS, "uatp", "airplus"],
    examples: {
      finds: ["my credit card: [[122000000000003]]", "UATP [[1354 12345 678911]]"],
      ignores: ["122000000000003", "card 122000000000004"],
    },
  },
  {
    type: "CREDIT_CARD_TRACK",
    pattern: String.raw`(?:%?B\d{12,19}\^[^?\^]{2,26}\^\d{7}[^?\^]{0,30}|;\d{12,19}=\d{7,24})\??`,
    ignoreCase: false,
    right: "",
    score: 0.95,
    examples: {
      finds: ["[[;4111111111111111=25121011000012345678?]]", "swipe [[%B4111111111111111^DOE/JANE^25121011000?]]"],
      ignores: [";41=25", "B52^"],
    },
  },
  {
    type: "IBAN_CODE",
    pattern: String.raw`[A-Z]{2}\d{2}[A-Z0-9 -]*[A-Z0-9]`,
    min: 15,
    max: 42,
    check: "iban",
    score: 1,
    examples: {
      finds: [
        "IBAN [[DE89 3704 0044 0532 0130 00]] please",
        "[[GB82WEST12345698765432]]",
        "[[gb42nawi04454264788619]]",
        "to [[NL91-ABNA-0417-1643-00]].",
        "[[MG18 1234 5678 9012 3456 7890 123]]",
        "[[Gb29nwbk60161331926819]]",
        "[[MU17BOMM0101101030300200000MUR]]",
      ],
      ignores: [
        "DE89 3704 0044 0532 0130 01",
        "GB82WEST1234569876543",
        "XX12 3456 7890 1234",
        // The check digits hold; letters stand where the country has digits, or digits where it has letters.
        "VG46H07Y0223060094359858",
        "PS072435171802145240705922007",
        "LV80 bANK 0000 4351 9500 1",
      ],
    },
  },
  {
    type: "SWIFT_CODE",
    pattern: `[A-Z]{4}(?:${BANK_COUNTRIES})[A-Z0-9][A-NP-Z0-9](?:[A-Z0-9]{3})?`,
    ignoreCase: false,
    score: 0.3,
    contextScore: 0.85,
    context: ["bic", "swift", "bank", "iban"],
    examples: {
      finds: ["BIC: [[DEUTDEFF]]", "swift [[NEDSZAJJXXX]]", "bank code [[DABADKKK]]", "BIC [[BANCCOBB]]"],
      ignores: ["SOMEDEEP words", "BIC: deutdeff", "bank holiday", "BANK CUSTOMER"],
    },
  },
  {
    type: "ABA_ROUTING_NUMBER",
    pattern: String.raw`[0123678]\d{3}(?:\d{5}|-\d{4}-\d)`,
    check: "aba",
    score: 0.3,
    contextScore: 0.9,
    context: ["aba", "routing", "rtn", "bank", "transit", "micr"],
    examples: {
      finds: ["routing number [[121042882]]", "ABA: [[3222-7162-7]]", "rtn=[[071101307]]"],
      ignores: ["121042882", "routing number 121042883", "routing 421042882"],
    },
  },
  {
    type: "US_BANK_NUMBER",
    pattern: String.raw`\d{8,17}`,
    score: 0.05,
    contextScore: 0.55,
    context: ["bank account", "account number", "account no", "checking", "savings", "debit", "acct"],
    examples: {
      finds: ["my bank account is [[945456787654]]", "account_number: [[12345678]]"],
      ignores: ["945456787654", "account number 1234567"],
    },
  },
  {
    type: "LEI_CODE",
    pattern: String.raw`[A-Z0-9]{18}\d{2}`,
    ignoreCase: false,
    check: "lei",
    score: 0.5,
    contextScore: 0.95,
    context: ["lei", "legal entity"],
    examples: { finds: ["LEI [[HWUPKR0MPOU8FGXBT394]]"], ignores: ["LEI HWUPKR0MPOU8FGXBT395", "lei none"] },
  },
  {
    type: "ISIN_CODE",
    pattern: String.raw`[A-Z]{2}[A-Z0-9]{9}\d`,
    ignoreCase: false,
    check: "isin",
    score: 0.4,
    contextScore: 0.9,
    context: ["isin", "security", "securities", "share", "wertpapier"],
    examples: {
      finds: ["ISIN [[US0378331005]]", "isin: [[DE0005557508]]"],
      ignores: ["US0378331005", "ISIN US0378331006"],
    },
  },
  {
    type: "CRYPTO",
    pattern: "(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[02-9ac-hj-np-z]{25,59})",
    ignoreCase: false,
    check: "bitcoin",
    score: 1,
    examples: {
      finds: [
        "send to [[16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ]]",
        "[[3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy]]",
        "[[bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq]]",
        "[[bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297]]",
      ],
      ignores: ["16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyY", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdw"],
    },
  },
  {
    type: "CRYPTO_ETHEREUM",
    pattern: "0x[0-9a-f]{40}",
    score: 0.85,
    examples: {
      finds: ["wallet [[0x52908400098527886E0F7030069857D2E4169EE7]]"],
      ignores: ["0x52908400098527886E0F7030069857D2E4169E", "0xdeadbeef"],
    },
  },
];
