// Travel documents of any country: the lines that machines read, and what stands beside the word in many languages.

import type { Detector } from "../detector.ts";

export const travel: readonly Detector[] = [
  {
    // ICAO 9303, part 4: the two lines of a passport.
    type: "PASSPORT_MRZ",
    pattern: "P[A-Z<][A-Z]{3}[A-Z<]{39}",
    ignoreCase: false,
    right: "\\w<",
    score: 0.95,
    examples: {
      finds: ["scan [[P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<]]"],
      ignores: ["P<UTOERIKSSON<<ANNA<MARIA", "PARTY"],
    },
  },
  {
    type: "PASSPORT_MRZ",
    pattern: "[A-Z0-9<]{9}\\d[A-Z]{1,3}<{0,2}\\d{7}[MFX<]\\d{7}[A-Z0-9<]{14}[\\d<]\\d",
    ignoreCase: false,
    min: 44,
    max: 44,
    right: "\\w<",
    score: 0.95,
    examples: {
      finds: ["[[L898902C36UTO7408122F1204159ZE184226B<<<<<10]]"],
      ignores: ["L898902C36UTO7408122F1204159"],
    },
  },
  {
    // No country's format is known to be longer; one that has a detector of its own is found by that, at a better score.
    type: "PASSPORT",
    pattern: "[A-Z]{0,3}\\d{6,9}[A-Z]?|\\d{2}[A-Z]{2}\\d{5}|[A-Z]\\d{3}[A-Z]\\d{4}|[A-Z]{2}\\d{2} ?\\d{5}",
    left: "\\w.-",
    right: "\\w-",
    score: 0,
    contextScore: 0.55,
    context: [
      "passport",
      "passeport",
      "reisepass",
      "pasaporte",
      "passaporte",
      "passaporto",
      "paspoort",
      "paszport",
      "pasport",
      "pașaport",
      "passi nro",
      "passnummer",
      "pas nummer",
      "útlevél",
      "pasaport",
      "паспорт",
      "διαβατήριο",
      "护照",
      "護照",
      "パスポート",
      "旅券",
      "여권",
      "جواز",
      "דרכון",
      "travel document",
    ],
    examples: {
      finds: ["passeport n° [[12AB34567]]", "Reisepass: [[C01234567]]", "护照号码 [[E12345678]]"],
      ignores: ["E12345678", "passport 12345", "passport photo"],
    },
  },
];
