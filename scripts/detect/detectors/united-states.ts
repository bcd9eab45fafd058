// The United States.

import type { Detector } from "../detector.ts";

const MBI_LETTER = "[AC-HJKMNP-RT-Y]";
const MBI_EITHER = "[AC-HJKMNP-RT-Y\\d]";

export const unitedStates: readonly Detector[] = [
  {
    type: "US_SSN",
    pattern: "\\d{3}(?:-\\d{2}-|\\.\\d{2}\\.| \\d{2} )\\d{4}",
    left: "\\w.-",
    right: "\\w-",
    check: "ssn",
    score: 0.8,
    contextScore: 0.95,
    context: ["ssn", "social security", "ssid", "tax"],
    examples: {
      finds: ["ssn [[536-90-4399]]", "[[308-63-0237]]", "[[536 90 4399]]", "[[665.01.9999]]"],
      ignores: [
        "000-12-3456",
        "666-12-3456",
        "900-12-3456",
        "123-00-4567",
        "123-45-0000",
        "078-05-1120",
        "693-09.4444",
      ],
    },
  },
  {
    type: "US_SSN",
    pattern: "\\d{9}|\\d{5}-\\d{4}|\\d{3}-\\d{6}",
    left: "\\w.-",
    right: "\\w-",
    check: "ssn",
    score: 0.1,
    contextScore: 0.8,
    context: ["ssn", "social security", "ssid", "ssns", "social"],
    examples: {
      finds: ["my ssn is [[536904399]]", "social security number [[078-051121]]"],
      ignores: ["536904399", "my ssn is 666123456"],
    },
  },
  {
    type: "US_ITIN",
    pattern:
      "9\\d{2}(?:[ -]?(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])|(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])[ -]|[ -](?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])[ -])\\d{4}",
    score: 0.3,
    contextScore: 0.9,
    context: ["itin", "taxpayer", "tax id", "individual tax"],
    examples: {
      finds: ["ITIN [[911-70-1234]]", "taxpayer id [[911701234]]"],
      ignores: ["911701234", "ITIN 911-69-1234"],
    },
  },
  {
    type: "US_ITIN",
    pattern: "9\\d{2}(?:-(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])-| (?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9]) )\\d{4}",
    left: "\\w.-",
    right: "\\w-",
    score: 0.6,
    examples: { finds: ["[[911-70-1234]]"], ignores: ["911-69-1234", "811-70-1234"] },
  },
  {
    type: "US_EIN",
    pattern: "(?:0[1-6]|1[0-6]|2[0-7]|3\\d|4[0-8]|5\\d|6[0-8]|7[1-7]|8[0-8]|9[0-589])-?\\d{7}",
    left: "\\w-",
    right: "\\w-",
    score: 0.1,
    contextScore: 0.85,
    context: ["ein", "employer identification", "tax id", "fein", "tin"],
    examples: { finds: ["EIN [[12-3456789]]", "TIN: [[12-3456789]]"], ignores: ["12-3456789", "EIN 07-3456789"] },
  },
  {
    type: "US_NPI",
    pattern: "[12]\\d{3}(?:\\d{6}|[ -]\\d{3}[ -]\\d{3})",
    check: "npi",
    score: 0.3,
    contextScore: 0.95,
    context: ["npi", "national provider", "provider", "physician", "prescriber"],
    examples: { finds: ["NPI [[1234567893]]", "provider: [[1245319599]]"], ignores: ["1234567893", "NPI 1234567890"] },
  },
  {
    type: "US_MBI",
    pattern: `[1-9]${MBI_LETTER}${MBI_EITHER}\\d-?${MBI_LETTER}${MBI_EITHER}\\d-?${MBI_LETTER}{2}\\d{2}`,
    score: 0.6,
    contextScore: 0.95,
    context: ["mbi", "medicare", "beneficiary"],
    examples: { finds: ["Medicare [[1EG4-TE5-MK73]]", "[[1EG4TE5MK73]]"], ignores: ["1SG4-TE5-MK73", "0EG4TE5MK73"] },
  },
  {
    type: "MEDICAL_LICENSE",
    pattern: "(?:[A-HJ-MPRSTUX][A-Z]|[A-HJ-MPRSTUX]9)\\d{7}",
    check: "dea",
    score: 0.55,
    contextScore: 0.95,
    context: ["dea", "medical", "license", "certificate", "prescriber", "doctor"],
    examples: { finds: ["DEA [[BB1388568]]", "[[AB1234563]]"], ignores: ["BB1388569", "QB1388568"] },
  },
  {
    type: "US_PASSPORT",
    pattern: "[A-Z]?\\d{8,9}",
    score: 0.05,
    contextScore: 0.6,
    context: ["passport", "travel document"],
    examples: {
      finds: ["passport [[912803456]]", "my passport number: [[A12803456]]"],
      ignores: ["912803456", "passport 91280"],
    },
  },
  {
    type: "US_DRIVER_LICENSE",
    pattern:
      "[A-Z]{1,2}\\d{3,14}[A-Z]?|\\d{6,14}|\\d{7,9}[A-Z]{1,2}|\\d{2}[A-Z]{3}\\d{5,6}|\\d{3}[A-Z]{2}\\d{4}|[A-Z]\\d{3}-\\d{3,4}-\\d{2,4}(?:-\\d{2,3}(?:-\\d)?)?",
    left: "\\w.-",
    right: "\\w-",
    score: 0.05,
    contextScore: 0.6,
    context: ["driver", "license", "licence", "permit", "dl", "dmv", "dls", "driving", "lic"],
    examples: {
      finds: [
        "driver's license [[H12234567]]",
        "my driver license is [[LH329609T]]",
        "license [[D245-9381-9203]] and [[A123-456-78-901-0]]",
      ],
      ignores: ["H12234567", "D245-9381-9203", "license agreement"],
    },
  },
  {
    type: "US_ZIP_CODE",
    pattern: "\\d{5}(?:-\\d{4})?",
    left: "\\w.$-",
    right: "\\w-",
    score: 0.05,
    contextScore: 0.55,
    context: ["zip", "postal code", "zipcode"],
    examples: { finds: ["zip [[94103]]", "ZIP code: [[94103-1234]]"], ignores: ["94103", "zip 9410"] },
  },
  {
    type: "US_MEDICAL_RECORD_NUMBER",
    pattern: "[A-Z]{0,3}\\d{5,12}",
    score: 0.02,
    contextScore: 0.7,
    context: ["mrn", "medical record", "patient id", "chart number"],
    examples: { finds: ["MRN [[00123456]]", "medical record number: [[AB123456]]"], ignores: ["00123456", "mrn none"] },
  },
];
