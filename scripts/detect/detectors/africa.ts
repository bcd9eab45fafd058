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
];
