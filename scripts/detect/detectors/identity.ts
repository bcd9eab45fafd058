// Things that stand for a person without being of one country: dates, vehicles, devices, identifiers.

import type { Detector } from "../detector.ts";

const MONTH =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const BIRTH = [
  "dob",
  "born",
  "birth",
  "birthday",
  "birthdate",
  "geboren",
  "geburtsdatum",
  "geburtstag",
  "né le",
  "née le",
  "naissance",
  "nacimiento",
  "nascita",
  "nascimento",
  "urodzenia",
];
const DATE = `(?:\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}|\\d{1,2}[-/.]\\d{1,2}[-/.]\\d{2,4}|\\d{1,2}[ ./-]${MONTH},?[ ./-]\\d{4}|${MONTH} \\d{1,2}(?:st|nd|rd|th)?,? \\d{4})`;

export const identity: readonly Detector[] = [
  {
    type: "DATE_TIME",
    pattern: `(?:\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?(?:Z|[+-]\\d{2}:?\\d{2})?|${DATE})`,
    left: "\\w./-",
    right: "\\w/",
    check: "date",
    // An address, an object identifier or a version goes on with a dot and a digit.
    notDecimal: true,
    score: 0.6,
    examples: {
      finds: [
        "on [[2024-12-31T23:59:59Z]]",
        "[[5/20/2021]] it was",
        "[[21.5.2021]]",
        "[[2003-08-28 12:13:52]]",
        "[[May 3, 2021]]",
        "[[3 May 2021]]",
        "at [[13/Sep/2024]]:10:00:00 +0200",
      ],
      ignores: ["2024-13-01", "1.2.3", "45/45/2020", "may 2021", "urn:oid:2.16.840.1.113883", "10.1.12.5"],
    },
  },
  {
    type: "DATE_TIME",
    pattern: `(?:\\d{1,2}-${MONTH}(?:-\\d{2,4})?|${MONTH}-\\d{2,4}|(?:0?[1-9]|1[0-2])/(?:\\d{4}|\\d{2}))`,
    left: "\\w./-",
    right: "\\w/.-",
    score: 0.4,
    contextScore: 0.6,
    context: ["date", "today", "day", "birth", "expires", "expiry", "valid", "since", "until", "due"],
    examples: {
      finds: ["Today is [[21-May]]", "valid [[05/2021]]", "date: [[5-MAY-2021]]"],
      ignores: ["21-may", "today 13/2021"],
    },
  },
  {
    type: "DATE_OF_BIRTH",
    pattern: `(?:${DATE}|\\d{8})`,
    left: "\\w./-",
    right: "\\w/",
    check: "date",
    score: 0,
    contextScore: 0.85,
    context: BIRTH,
    examples: {
      finds: ["born [[1980-02-29]]", "DOB: [[02/03/1975]]", "Geburtsdatum [[24.12.1990]]", "dateOfBirth [[19800229]]"],
      ignores: ["1980-02-29", "born 1981-02-29"],
    },
  },
  {
    type: "VIN",
    pattern: "[A-HJ-NPR-Z0-9]{17}",
    ignoreCase: false,
    check: "vin",
    score: 0.6,
    contextScore: 0.95,
    context: ["vin", "vehicle", "chassis", "fahrgestell", "car"],
    examples: {
      finds: ["VIN [[1HGCM82633A004352]]", "[[1M8GDM9AXKP042788]]"],
      ignores: ["1HGCM82633A004353", "11111111111111111"],
    },
  },
  {
    type: "IMEI",
    pattern: "\\d{15}|\\d{2}[ -]\\d{6}[ -]\\d{6}[ -]\\d",
    check: "imei",
    score: 0.4,
    contextScore: 0.95,
    context: ["imei", "device", "handset", "phone", "serial"],
    examples: {
      finds: ["IMEI [[490154203237518]]", "imei: [[49-015420-323751-8]]"],
      ignores: ["490154203237518", "IMEI 490154203237519"],
    },
  },
  {
    type: "ICCID",
    pattern: "89\\d{17,18}",
    check: "luhn",
    score: 0.6,
    contextScore: 0.95,
    context: ["iccid", "sim"],
    examples: { finds: ["SIM [[8944200000000000009]]"], ignores: ["8944200000000000000"] },
  },
  {
    type: "IMSI",
    pattern: "[2-7]\\d{14}",
    score: 0.05,
    contextScore: 0.9,
    context: ["imsi"],
    examples: { finds: ["imsi [[262011234567890]]"], ignores: ["262011234567890"] },
  },
  {
    type: "UUID",
    pattern: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    score: 0.45,
    contextScore: 0.7,
    context: ["user", "customer", "patient", "advertising", "idfa", "gaid", "device"],
    examples: {
      finds: ["user [[123e4567-e89b-12d3-a456-426614174000]]"],
      ignores: ["123e4567-e89b-12d3-a456-426614174000", "user 123e4567-e89b"],
    },
  },
  {
    type: "GEO_COORDINATES",
    pattern: "-?(?:[1-8]?\\d|90)\\.\\d{4,15} ?, ?-?(?:1[0-7]\\d|180|[1-9]?\\d)\\.\\d{4,15}",
    left: "\\w.",
    score: 0.6,
    contextScore: 0.9,
    context: ["location", "coordinates", "gps", "geo", "lat", "position"],
    examples: {
      finds: ["at [[47.37689, 8.54169]]", "gps: [[-33.8688,151.2093]]"],
      ignores: ["1.5, 2.5", "99.12345, 8.54169"],
    },
  },
  {
    type: "CVV",
    pattern: "\\d{3,4}",
    left: "\\w.,/-",
    right: "\\w.,/-",
    score: 0.01,
    contextScore: 0.6,
    context: ["cvv", "cvc", "cvv2", "cvc2", "security code", "card verification", "prüfziffer"],
    examples: { finds: ["cvv [[123]]", "security code: [[1234]]"], ignores: ["123", "cvv 12"] },
  },
  {
    type: "CREDIT_CARD_EXPIRATION",
    pattern: "(?:0[1-9]|1[0-2])(?: ?[/-] ?)(?:20)?[2-4]\\d",
    left: "\\w./-",
    right: "\\w/-",
    score: 0.05,
    contextScore: 0.6,
    context: ["exp", "expiry", "expires", "expiration", "valid thru", "valid until"],
    examples: { finds: ["exp [[12/27]]", "valid thru [[01/2030]]"], ignores: ["12/27", "exp 13/27"] },
  },
];
