// Numbers of medical care: of claims, prescriptions and members of insurances, and codes of diagnoses, services and drugs,
// which say what ails the person whose name stands beside them.

import type { Detector } from "../detector.ts";

/** A number in the papers of an insurance: behind its own prefix alone, all else needs its word. */
function paper(
  type: string,
  prefix: string,
  digits: string,
  context: readonly string[],
  finds: readonly string[],
): Detector[] {
  const [first, second] = finds as [string, string];
  return [
    {
      type,
      pattern: `${prefix}-?\\d{${digits}}`,
      score: 0.75,
      contextScore: 0.9,
      context,
      examples: { finds: [first], ignores: [] },
    },
    {
      type,
      pattern: `\\d{${digits}}`,
      score: 0,
      contextScore: 0.7,
      context,
      examples: { finds: [second], ignores: ["4839201", "no 12345"] },
    },
  ];
}

export const health: readonly Detector[] = [
  ...paper("US_CLAIM_NUMBER", "CLM", "6,15", ["claim"], ["see [[CLM-2024001234]]", "claim number: [[4839201756]]"]),
  ...paper("US_PRESCRIPTION_NUMBER", "RX", "6,12", ["rx", "prescription"], ["under [[RX-4839201]]", "Rx #[[4839201]]"]),
  ...paper(
    "US_PRIOR_AUTHORIZATION_NUMBER",
    "PA",
    "6,12",
    ["prior auth", "preauth", "pre auth", "authorization"],
    ["under [[PA-48392017]]", "prior authorization: [[48392017]]"],
  ),
  ...paper(
    "US_REFERRAL_NUMBER",
    "(?:REF|INF)",
    "6,12",
    ["referral", "referring"],
    ["under [[REF-4839201]]", "referral no. [[4839201]]"],
  ),
  {
    // The IRS writes it as any employer's number (US_EIN); here it is that of a provider of care.
    type: "US_PROVIDER_TAX_ID",
    pattern: "(?:0[1-6]|1[0-6]|2[0-7]|3\\d|4[0-8]|5\\d|6[0-8]|7[1-7]|8[0-8]|9[0-589])-\\d{7}",
    left: "\\w-",
    right: "\\w-",
    score: 0.1,
    contextScore: 0.85,
    context: ["provider"],
    examples: { finds: ["billing provider TIN: [[12-3456789]]"], ignores: ["12-3456789", "provider 07-3456789"] },
  },
  {
    type: "US_HEALTH_INSURANCE_MEMBER_ID",
    pattern: "[A-Z]{1,3}-?\\d{5,13}",
    left: "\\w-",
    right: "\\w-",
    score: 0.1,
    contextScore: 0.65,
    context: ["member", "subscriber", "insurance", "policy", "insured"],
    examples: {
      finds: ["member ID [[ABC123456789]]", "subscriber: [[W-12345678]]"],
      ignores: ["ABC123456789", "member since 2014"],
    },
  },
  {
    // EN 1867 and the Decision S1: 80, the country's number (ISO 3166-1), and the institution and card.
    type: "EU_HEALTH_INSURANCE_CARD",
    pattern: "80[ -]?\\d{3}[ -]?\\d{5}[ -]?\\d{10}",
    left: "\\w-",
    right: "\\w-",
    score: 0.4,
    contextScore: 0.95,
    context: [
      "ehic",
      "health insurance card",
      "krankenversicherungskarte",
      "versichertenkarte",
      "assurance maladie",
      "tarjeta sanitaria",
      "tessera sanitaria",
      "carte europ",
      "ceam",
      "tse",
      "ekuz",
    ],
    examples: {
      finds: ["EHIC [[80276000010123456789]]", "Krankenversicherungskarte: [[80 756 12345 0123456789]]"],
      ignores: ["80276000010123456789", "EHIC 8027600001012345678"],
    },
  },
  {
    // FDA, 21 CFR 207.33: labeler, product, package.
    type: "US_NDC",
    pattern: "\\d{4}-\\d{4}-\\d{2}|\\d{5}-(?:\\d{3,4}-\\d{2}|\\d{4}-\\d)",
    left: "\\w-",
    right: "\\w-",
    score: 0.1,
    contextScore: 0.9,
    context: ["ndc", "national drug", "drug code"],
    examples: {
      finds: ["NDC [[0777-3105-02]]", "ndc: [[50242-040-62]]"],
      ignores: ["0777-3105-02", "NDC 077-3105-02"],
    },
  },
  {
    // CMS, level II: a letter and four digits; level I (CPT): five digits, or four and a letter.
    type: "US_HCPCS",
    pattern: "[A-CEGHJ-MP-V]\\d{4}|\\d{4}[FTU]|\\d{5}",
    ignoreCase: false,
    left: "\\w$.-",
    right: "\\w-",
    notDecimal: true,
    score: 0,
    contextScore: 0.8,
    context: ["hcpcs", "cpt", "procedure code"],
    examples: { finds: ["HCPCS [[J0585]]", "CPT code: [[99213]]"], ignores: ["J0585", "CPT 9921"] },
  },
  {
    type: "ICD10_CODE",
    pattern: "[A-TV-Z]\\d[0-9AB](?:\\.[0-9A-KXZ]{1,4})?",
    ignoreCase: false,
    left: "\\w.-",
    right: "\\w-",
    score: 0,
    contextScore: 0.75,
    context: ["icd", "diagnosis", "diagnose", "diagnostic", "dx"],
    examples: { finds: ["ICD-10: [[E11.9]]", "dx [[F32.1]]", "Diagnose [[J45]]"], ignores: ["E11.9", "icd none"] },
  },
];
