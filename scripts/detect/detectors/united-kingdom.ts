// The United Kingdom and Ireland.

import type { Detector } from "../detector.ts";

/** Outward codes, one alternative for each shape: the filter in front of the automaton tells them apart. */
const OUTWARD = [
  "GIR ?0AA|[A-PR-UWYZ]\\d{1,2}",
  "[A-PR-UWYZ]\\d[ABCDEFGHJKPSTUW]",
  "[A-PR-UWYZ][A-HK-Y]\\d{1,2}",
  "[A-PR-UWYZ][A-HK-Y]\\d[ABEHMNPRVWXY]",
];

export const unitedKingdom: readonly Detector[] = [
  {
    type: "UK_NHS",
    pattern: "\\d{10}|\\d{3} \\d{3} \\d{4}|\\d{3}-\\d{3}-\\d{4}",
    left: "\\w.-",
    right: "\\w-",
    check: "uk-nhs",
    score: 0.4,
    contextScore: 0.95,
    context: ["nhs", "national health", "patient", "health service"],
    examples: {
      finds: ["NHS number [[943 476 5919]]", "nhs: [[9434765919]]"],
      ignores: ["943 476 5919", "NHS 943 476 5918"],
    },
  },
  {
    type: "UK_NINO",
    pattern: "[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z] ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D]",
    check: "uk-nino",
    score: 0.7,
    contextScore: 0.95,
    context: ["national insurance", "ni number", "nino", "insurance"],
    examples: { finds: ["[[AB123456C]]"], ignores: ["BG123456A", "AB123456E", "DA123456C", "GB123456A"] },
  },
  {
    type: "UK_UTR",
    pattern: "\\d{5} ?\\d{5}",
    check: "uk-utr",
    score: 0.2,
    contextScore: 0.9,
    context: ["utr", "unique taxpayer", "tax reference", "self assessment"],
    examples: { finds: ["UTR [[1123456789]]"], ignores: ["1123456789", "UTR 2123456789"] },
  },
  {
    type: "UK_PASSPORT",
    pattern: "[A-Z]{2}\\d{7}",
    score: 0.1,
    contextScore: 0.6,
    context: ["uk passport", "british passport", "passport", "hmpo"],
    examples: { finds: ["British passport [[AB1234567]]"], ignores: ["AB1234567", "passport AB123456"] },
  },
  {
    type: "UK_DRIVING_LICENCE",
    pattern: "[A-Z9]{5}\\d(?:[05][1-9]|[16][0-2])(?:0[1-9]|[12]\\d|3[01])\\d[A-Z9]{2}[A-Z0-9][A-Z]{2}",
    score: 0.8,
    examples: {
      finds: ["licence [[MORGA657054SM9IJ]]", "[[SMIT9801015JK2CD]]"],
      ignores: ["MORGA613054SM9IJ", "MORGA657054SM9I"],
    },
  },
  {
    type: "UK_POSTCODE",
    pattern: OUTWARD.map((outward) => `${outward} ?\\d[ABD-HJLNP-UW-Z]{2}`).join("|"),
    score: 0.35,
    contextScore: 0.8,
    context: ["postcode", "post code", "postal", "address", "zip"],
    examples: {
      finds: ["postcode [[SW1A 1AA]]", "address: London [[EC1A1BB]]"],
      ignores: ["SW1A 1AA", "postcode QQ1 1AA"],
    },
  },
  {
    type: "UK_VEHICLE_REGISTRATION",
    pattern: "[A-HJ-PR-Y]{2}(?:0[1-9]|[1-2]\\d|5[0-9]|6\\d|7\\d)[ -]?[A-HJ-PR-Z]{3}",
    score: 0.35,
    contextScore: 0.85,
    context: ["vehicle", "registration", "number plate", "reg", "car", "dvla", "licence plate"],
    examples: {
      finds: ["my car reg is [[AB51 ABC]]", "vehicle [[BD62XYZ]]"],
      ignores: ["AB51 ABC", "car IB51 ABC", "car AB00 ABC"],
    },
  },
  {
    type: "UK_VEHICLE_REGISTRATION",
    pattern:
      "[A-HJ-NPR-TV-Y][1-9]\\d{0,2}[ -]?[A-HJ-PR-Y][A-HJ-PR-Z]{2}|[A-HJ-PR-Z]{3}[1-9]\\d{0,2}[ -]?[A-HJ-NPR-TV-Y]|[A-HJ-PR-Z]{3}[ -][1-9]\\d{0,2}[ -]?[A-HJ-NPR-TV-Y]",
    score: 0.15,
    contextScore: 0.7,
    context: ["vehicle", "registration", "number plate", "reg", "car", "dvla", "licence plate"],
    examples: { finds: ["vehicle [[K1 ABC]]"], ignores: ["K1 ABC", "car I123 BCD"] },
  },
  {
    type: "UK_SORT_CODE",
    pattern: "\\d{2}-\\d{2}-\\d{2}",
    left: "\\w-",
    right: "\\w-",
    score: 0.1,
    contextScore: 0.85,
    context: ["sort code", "sortcode", "bank"],
    examples: { finds: ["sort code [[12-34-56]]"], ignores: ["12-34-56", "sort code 12-34-56-78"] },
  },
  {
    type: "IE_PPSN",
    pattern: "\\d{7}[A-W][A-ITWX]?",
    check: "ie-ppsn",
    score: 0.5,
    contextScore: 0.95,
    context: ["pps", "ppsn", "personal public service"],
    examples: { finds: ["PPSN [[1234567T]]", "pps [[1234567FA]]"], ignores: ["1234567U"] },
  },
  {
    type: "IE_EIRCODE",
    pattern: "(?:[AC-FHKNPRTV-Y]\\d{2}|D6W) ?[0-9AC-FHKNPRTV-Y]{4}",
    score: 0.2,
    contextScore: 0.75,
    context: ["eircode", "postcode", "address", "dublin", "ireland"],
    examples: { finds: ["eircode [[D02 AF30]]"], ignores: ["D02 AF30"] },
  },
];
