// Africa.

import type { Detector } from "../detector.ts";

export const africa: readonly Detector[] = [
  {
    type: "ZA_ID_NUMBER",
    pattern: "\\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])(?:\\d{4}| \\d{4} )[0-2]\\d{2}",
    check: "za-id",
    score: 0.7,
    contextScore: 0.95,
    context: ["id number", "identity number", "south african id", "rsa id", "identiteitsnommer"],
    examples: {
      finds: ["ID number [[8001015009087]]", "[[8001015009087]]"],
      ignores: ["8001015009088", "8013015009087"],
    },
  },
  {
    type: "NG_NIN",
    pattern: "\\d{11}",
    check: "verhoeff",
    score: 0.15,
    contextScore: 0.9,
    context: ["nin", "national identification", "nimc", "nigeria"],
    examples: { finds: ["NIN [[12345678902]]"], ignores: ["12345678902", "NIN 12345678901"] },
  },
  {
    type: "NG_VEHICLE_REGISTRATION",
    pattern: "[A-Z]{3}[ -]?\\d{3}[A-Z]{2}",
    score: 0.5,
    contextScore: 0.85,
    context: ["plate", "vehicle", "registration", "frsc"],
    examples: { finds: ["plate number [[ABJ-001AA]]", "[[KJA-999PZ]]"], ignores: ["AB-1234CD", "ABCD-123EF"] },
  },
  {
    type: "ZA_PASSPORT",
    pattern: "[ADMT]\\d{8}",
    score: 0.2,
    contextScore: 0.85,
    context: ["passport", "travel document", "dha", "home affairs"],
    examples: {
      finds: ["SA passport no. [[A12345678]]", "passport: [[M90123456]]"],
      ignores: ["A12345678", "passport B12345678"],
    },
  },
  {
    type: "ZA_DRIVER_LICENSE",
    pattern: "\\d{6,10}[A-Z][A-Z0-9]{1,4}|\\d{9,13}[A-Z]|\\d{11}[A-Z][A-Z0-9]{1,2}|\\d{12}[A-Z][A-Z0-9]",
    min: 10,
    max: 14,
    score: 0.2,
    contextScore: 0.7,
    context: ["licence", "license", "enatis", "natis", "driver", "driving"],
    examples: {
      finds: ["SA driving licence [[60230004ABCD]]", "licence number: [[1234567890AB]]"],
      ignores: ["60230004ABCD", "licence 123456789012", "licence 12345ABC"],
    },
  },
  {
    type: "ZA_VAT_NUMBER",
    pattern: "4\\d{9}",
    score: 0.2,
    contextScore: 0.85,
    context: ["vat", "value added tax", "sars", "tax invoice"],
    examples: {
      finds: ["VAT no: [[4123456789]]", "sars vat [[4870117892]]"],
      ignores: ["4123456789", "VAT no 5123456789"],
    },
  },
  {
    type: "ZA_INCOME_TAX_NUMBER",
    pattern: "[01239]\\d{9}",
    score: 0.05,
    contextScore: 0.85,
    context: ["sars", "income tax", "tax reference", "tax number", "taxpayer", "tax registration", "itr"],
    examples: {
      finds: ["income tax number [[0123456789]]", "SARS ref [[9012345678]]"],
      ignores: ["0123456789", "income tax number 4123456789"],
    },
  },
  {
    type: "ZA_TRAFFIC_REGISTER_NUMBER",
    pattern: "\\d{13}",
    check: "za-traffic",
    score: 0.05,
    contextScore: 0.85,
    context: ["traffic register", "vehicle register", "trn", "enatis", "natis"],
    examples: {
      finds: ["traffic register number [[1234567890123]]"],
      ignores: ["1234567890123", "traffic register number 8001015009087"],
    },
  },
  {
    type: "ZA_COMPANY_REGISTRATION",
    pattern: "(?:19|20)\\d{2}/\\d{6}/\\d{2}|(?:CK|NR|[KTWBMN])(?:18|19|20)\\d{2}/\\d{6}",
    left: "\\w/",
    right: "\\w/",
    score: 0.4,
    contextScore: 0.9,
    context: ["cipc", "registration", "close corporation", "company reg", "enterprise number", "reg no"],
    examples: {
      finds: ["Reg no. [[2015/123456/07]]", "close corporation [[CK1998/012345]]"],
      ignores: ["2015/123456/07", "reg no 2015/1234/07"],
    },
  },
  {
    type: "ZA_LICENSE_PLATE",
    pattern:
      "(?:[A-Z]{2} ?\\d{2} ?[A-Z]{2} ?|[A-Z]{2,3} ?\\d{2,4} ?)(?:GP|ZN|WP|EC|NC|FS|LP|MP|NW)|\\d{2,3} ?[A-Z]{2,3} ?EC",
    score: 0.3,
    contextScore: 0.85,
    context: ["plate", "registration", "vehicle", "natis", "enatis", "kenteken"],
    examples: {
      finds: ["number plate [[CA12ABGP]]", "plate: [[BB 12 CD GP]]", "registration [[123 ABC EC]]"],
      ignores: ["CA12ABGP", "plate CA12ABXX"],
    },
  },
];
