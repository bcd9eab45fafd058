// The identifiers of the HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i), a rule or more each.

import {
  addressLists,
  contextHeaders,
  deviceHeaders,
  emailHeaders,
  identityHeaders,
  noAddresses,
  oneAddress,
  placeHeaders,
} from "./headers.ts";
import { type Preset, redactEach } from "./preset.ts";

const clause = (letter: string) => `45 CFR 164.514(b)(2)(i)(${letter})`;

const FOUND = ["CREDIT_CARD", "EMAIL_ADDRESS", "IP_ADDRESS", "PHONE_NUMBER", "US_ITIN", "US_MBI", "US_NPI", "US_SSN"];

export const hipaa: Preset = {
  name: "hipaa-safe-harbor",
  description:
    "The 18 identifiers of the HIPAA Safe Harbor, 45 CFR 164.514(b)(2). What is left is de-identified only if nobody knows that it could identify a person (ii).",
  rules: [
    // These two go as a whole, before all that keep the structure around them: which parts of a body are measured describes it,
    // and of keys and codes the names of members may be the secrets.
    {
      name: "hipaa-biometric",
      description: `${clause("P")}: biometric identifiers.`,
      kinds: ["biometric"],
      action: "redact",
    },
    {
      name: "hipaa-secret-lists",
      description: `${clause("R")}: lists of keys, tokens and codes.`,
      kinds: ["secretList"],
      action: "redact",
    },
    {
      name: "hipaa-names",
      description: `${clause("A")}: names.`,
      kinds: ["name", "cardHolder"],
      action: { mask: { skip: " -'." } },
    },
    {
      name: "hipaa-region-finds",
      description: `${clause("R")}: identifiers where a state, country or kind should be, which may stay.`,
      kinds: ["region"],
      detect: FOUND,
      except: noAddresses,
      action: "redact",
    },
    {
      name: "hipaa-region",
      description: `${clause("B")}: of an address, state and country may stay, and what kind a telephone or address is.`,
      kinds: ["region"],
      action: "pass",
    },
    {
      name: "hipaa-postal-code",
      description: `${clause("B")}: three digits stay, where more than 20,000 people live; elsewhere 000.`,
      kinds: ["postalCode"],
      action: { generalize: { zip: 3 } },
    },
    {
      name: "hipaa-geography",
      description: `${clause("B")}: everything smaller than a state.`,
      kinds: ["address", "locality", "location", "birthPlace"],
      headers: placeHeaders,
      action: { mask: {} },
    },
    {
      name: "hipaa-dates",
      description: `${clause("C")}: all elements of dates but the year, and of years that tell an age over 89 that.`,
      kinds: ["birthDate", "otherDates"],
      action: { generalize: { date: { to: "year", age: 90 } } },
    },
    {
      name: "hipaa-age",
      description: `${clause("C")}: ages over 89 become 90.`,
      kinds: ["age"],
      action: { generalize: { age: 90 } },
    },
    {
      name: "hipaa-phone",
      description: `${clause("D")}: telephone numbers.`,
      kinds: ["phone"],
      action: { mask: { skip: "+ -()./" } },
    },
    {
      name: "hipaa-fax",
      description: `${clause("E")}: fax numbers.`,
      kinds: ["fax"],
      action: { mask: { skip: "+ -()./" } },
    },
    {
      name: "hipaa-email",
      description: `${clause("F")}: e-mail addresses.`,
      kinds: ["email"],
      headers: emailHeaders,
      action: { mask: { skip: "@." } },
    },
    {
      name: "hipaa-ssn",
      description: `${clause("G")}: social security and other national numbers.`,
      kinds: ["ssn"],
      action: redactEach,
    },
    {
      name: "hipaa-medical-record",
      description: `${clause("H")}: medical record numbers.`,
      kinds: ["medicalRecord"],
      action: redactEach,
    },
    {
      name: "hipaa-health-plan",
      description: `${clause("I")}: health plan beneficiary numbers.`,
      kinds: ["healthPlan"],
      action: redactEach,
    },
    {
      name: "hipaa-account",
      description: `${clause("J")}: account numbers, cards included.`,
      kinds: ["account", "pan", "authenticationData"],
      action: redactEach,
    },
    {
      name: "hipaa-licence",
      description: `${clause("K")}: certificate and licence numbers.`,
      kinds: ["licence"],
      action: redactEach,
    },
    {
      name: "hipaa-vehicle",
      description: `${clause("L")}: vehicle identifiers and plates.`,
      kinds: ["vehicle"],
      action: redactEach,
    },
    {
      name: "hipaa-device",
      description: `${clause("M")}: device identifiers and serial numbers.`,
      kinds: ["device"],
      headers: deviceHeaders,
      action: redactEach,
    },
    {
      name: "hipaa-url",
      description: `${clause("N")}: URLs.`,
      kinds: ["url"],
      headers: ["referer"],
      action: redactEach,
    },
    {
      name: "hipaa-ip-list",
      description: `${clause("O")}: lists of IP addresses.`,
      headers: addressLists,
      action: "strip",
    },
    {
      name: "hipaa-ip",
      description: `${clause("O")}: IP addresses.`,
      kinds: ["ip"],
      headers: oneAddress,
      action: redactEach,
    },
    {
      name: "hipaa-photo",
      description: `${clause("Q")}: full-face photographs.`,
      kinds: ["photo"],
      action: redactEach,
    },
    {
      name: "hipaa-other",
      description: `${clause("R")}: any other unique code: sessions, credentials, baggage, and free text, which may hold anything.`,
      kinds: ["freeText", "secret", "password", "login", "identifier"],
      headers: [...identityHeaders, ...contextHeaders, "authorization", "proxy-authorization", "x-api-key"],
      cookies: ["*"],
      action: redactEach,
    },
    {
      name: "hipaa-anywhere",
      description: `${clause("R")}: identifiers in texts and in fields that nobody would look for them in.`,
      detect: FOUND,
      except: noAddresses,
      action: "redact",
    },
    {
      name: "hipaa-dates-anywhere",
      description: `${clause("C")}: of dates in texts, and in fields of any name, the year stays, up to an age of 89.`,
      detect: ["DATE_TIME"],
      action: { generalize: { date: { to: "year", age: 90 } } },
    },
  ],
};
