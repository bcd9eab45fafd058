// The presets: rules of a standard, each with its clause, over the names of names.ts. generate.ts writes them to
// policies/presets/NAME.json.
// Invariant: every rule says which clause asks for it; nothing but `pass` is weaker than what the clause demands.

import type { Action } from "../policy/policy.gen.ts";
import type { NameKind } from "./names.ts";

export interface PresetRule {
  name: string;
  /** The clause, and what the rule does about it. */
  description: string;
  kinds?: readonly NameKind[];
  /** Names of headers (patterns) and cookies beside those that the kinds give. */
  headers?: readonly string[];
  cookies?: readonly string[];
  action: Action;
  on?: "response";
  /** Detectors: the rule acts on what they find, wherever it is. */
  detect?: readonly string[];
}

export interface Preset {
  name: string;
  description: string;
  rules: readonly PresetRule[];
}

const addresses = ["x-forwarded-for", "forwarded", "x-original-forwarded-for", "x-cluster-client-ip"];
const oneAddress = [
  "x-real-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "fastly-client-ip",
  "x-client-ip",
  "x-envoy-external-address",
];

const pci: Preset = {
  name: "pci-dss",
  description:
    "Cardholder data and sensitive authentication data, PCI DSS 4.0.1. A laptop behind a tunnel is no part of the cardholder data environment: no live card number may get there (6.5.5).",
  rules: [
    {
      name: "pci-authentication-data",
      description: "PCI DSS 3.3.1: verification codes, PINs and track data are never kept: they go.",
      kinds: ["authenticationData"],
      action: "strip",
    },
    {
      name: "pci-pan",
      description:
        "PCI DSS 6.5.5, 3.4.1, 3.5.1: card numbers become tokens that keep the BIN and pass the Luhn check, so that checkout still works.",
      kinds: ["pan"],
      action: { tokenize: { format: "pan", keepFirst: 6, luhn: "valid", domain: "card", fallback: "redact" } },
    },
    {
      name: "pci-card-holder",
      description: "PCI DSS 3.2.1: the holder's name is cardholder data and is not needed to find a bug.",
      kinds: ["cardHolder"],
      action: { mask: { skip: " -'." } },
    },
    {
      name: "pci-pan-anywhere",
      description: "PCI DSS 6.5.5, 3.5.1: card numbers in texts and in fields that nobody would look for them in.",
      detect: ["CREDIT_CARD", "CREDIT_CARD_TRACK"],
      action: { tokenize: { format: "pan", keepFirst: 6, luhn: "valid", domain: "card", fallback: "redact" } },
    },
    {
      name: "pci-authentication-data-back",
      description: "PCI DSS 3.3.1: no response has a reason to hold a verification code.",
      kinds: ["authenticationData"],
      action: "strip",
      on: "response",
    },
    {
      name: "pci-pan-back",
      description: "The customer gets the card number that was sent, where the service echoes it.",
      kinds: ["pan"],
      action: { reveal: "pci-pan" },
      on: "response",
    },
  ],
};

const clause = (letter: string) => `45 CFR 164.514(b)(2)(i)(${letter})`;

const hipaa: Preset = {
  name: "hipaa-safe-harbor",
  description:
    "The 18 identifiers of the HIPAA Safe Harbor, 45 CFR 164.514(b)(2). What is left is de-identified only if nobody knows that it could identify a person (ii).",
  rules: [
    {
      name: "hipaa-names",
      description: `${clause("A")}: names.`,
      kinds: ["name", "cardHolder"],
      action: { mask: { skip: " -'." } },
    },
    {
      name: "hipaa-region",
      description: `${clause("B")}: of an address, state and country may stay.`,
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
      kinds: ["address", "locality", "location"],
      action: { mask: {} },
    },
    {
      name: "hipaa-dates",
      description: `${clause("C")}: all elements of dates but the year.`,
      kinds: ["birthDate", "otherDates"],
      action: { generalize: { date: "year" } },
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
      headers: ["from", "x-user-email"],
      action: { mask: { skip: "@." } },
    },
    {
      name: "hipaa-ssn",
      description: `${clause("G")}: social security and other national numbers.`,
      kinds: ["ssn"],
      action: "redact",
    },
    {
      name: "hipaa-medical-record",
      description: `${clause("H")}: medical record numbers.`,
      kinds: ["medicalRecord"],
      action: "redact",
    },
    {
      name: "hipaa-health-plan",
      description: `${clause("I")}: health plan beneficiary numbers.`,
      kinds: ["healthPlan"],
      action: "redact",
    },
    {
      name: "hipaa-account",
      description: `${clause("J")}: account numbers, cards included.`,
      kinds: ["account", "pan", "authenticationData"],
      action: "redact",
    },
    {
      name: "hipaa-licence",
      description: `${clause("K")}: certificate and licence numbers.`,
      kinds: ["licence"],
      action: "redact",
    },
    {
      name: "hipaa-vehicle",
      description: `${clause("L")}: vehicle identifiers and plates.`,
      kinds: ["vehicle"],
      action: "redact",
    },
    {
      name: "hipaa-device",
      description: `${clause("M")}: device identifiers and serial numbers.`,
      kinds: ["device"],
      headers: ["user-agent"],
      action: "redact",
    },
    { name: "hipaa-url", description: `${clause("N")}: URLs.`, kinds: ["url"], headers: ["referer"], action: "redact" },
    {
      name: "hipaa-ip-list",
      description: `${clause("O")}: lists of IP addresses.`,
      headers: addresses,
      action: "strip",
    },
    {
      name: "hipaa-ip",
      description: `${clause("O")}: IP addresses.`,
      kinds: ["ip"],
      headers: oneAddress,
      action: "redact",
    },
    {
      name: "hipaa-biometric",
      description: `${clause("P")}: biometric identifiers.`,
      kinds: ["biometric"],
      action: "redact",
    },
    { name: "hipaa-photo", description: `${clause("Q")}: full-face photographs.`, kinds: ["photo"], action: "redact" },
    {
      name: "hipaa-other",
      description: `${clause("R")}: any other unique code: sessions, credentials, baggage, and free text, which may hold anything.`,
      kinds: ["freeText", "secret", "password", "login", "identifier"],
      headers: ["authorization", "proxy-authorization", "baggage", "x-api-key"],
      cookies: ["*"],
      action: "redact",
    },
    {
      name: "hipaa-anywhere",
      description: `${clause("R")}: identifiers in texts and in fields that nobody would look for them in.`,
      detect: ["EMAIL_ADDRESS", "PHONE_NUMBER", "US_SSN", "US_MBI", "IP_ADDRESS"],
      action: "redact",
    },
  ],
};

const gdpr: Preset = {
  name: "gdpr",
  description:
    "Personal data of the GDPR: Art. 4(1), online identifiers (recital 30), special categories (Art. 9). Tokens are pseudonyms (Art. 4(5)): the keys stay at the gateway, one for each session.",
  rules: [
    {
      name: "gdpr-special",
      description: "Art. 9(1): special categories of personal data.",
      kinds: ["special", "biometric"],
      action: "redact",
    },
    {
      name: "gdpr-email",
      description: "Art. 4(1), 4(5): addresses become pseudonyms that are still addresses.",
      kinds: ["email"],
      headers: ["x-user-email"],
      action: { tokenize: { format: "email", domain: "email", fallback: "opaque" } },
    },
    {
      name: "gdpr-name",
      description: "Art. 4(1): names.",
      kinds: ["name", "cardHolder"],
      action: { mask: { skip: " -'." } },
    },
    {
      name: "gdpr-phone",
      description: "Art. 4(1): telephone numbers.",
      kinds: ["phone", "fax"],
      action: { mask: { keepLast: 2, skip: "+ -()./" } },
    },
    {
      name: "gdpr-region",
      description: "Art. 5(1)(c): of an address, state and country stay.",
      kinds: ["region"],
      action: "pass",
    },
    {
      name: "gdpr-postal-code",
      description: "Art. 5(1)(c): as much of the place as a bug needs.",
      kinds: ["postalCode"],
      action: { generalize: { zip: 3 } },
    },
    {
      name: "gdpr-address",
      description: "Art. 4(1): addresses and places.",
      kinds: ["address"],
      action: { mask: { skip: " ,.-/" } },
    },
    {
      name: "gdpr-location",
      description: "Art. 4(1): location data, to about ten kilometres.",
      kinds: ["location"],
      action: { generalize: { geo: 1 } },
    },
    {
      name: "gdpr-birth-date",
      description: "Art. 5(1)(c): the year of birth is enough.",
      kinds: ["birthDate"],
      action: { generalize: { date: "year" } },
    },
    {
      name: "gdpr-identification-number",
      description: "Art. 87, 4(1): national and other identification numbers.",
      kinds: ["ssn", "licence", "medicalRecord", "healthPlan", "vehicle"],
      action: "redact",
    },
    {
      name: "gdpr-account",
      description: "Art. 4(1): bank accounts and cards.",
      kinds: ["account", "pan", "authenticationData"],
      action: "redact",
    },
    {
      name: "gdpr-device",
      description: "Recital 30: identifiers of devices.",
      kinds: ["device", "photo", "url", "login"],
      headers: ["user-agent"],
      action: "redact",
    },
    { name: "gdpr-ip-list", description: "Recital 30: lists of IP addresses.", headers: addresses, action: "strip" },
    {
      name: "gdpr-ip",
      description: "Recital 30: of an IP address the network stays.",
      kinds: ["ip"],
      headers: oneAddress,
      action: { generalize: { ip: { v4: 24, v6: 48 } } },
    },
    {
      name: "gdpr-online-identifiers",
      description: "Recital 30: cookies, and headers that carry persons by habit.",
      headers: ["from", "referer", "baggage"],
      cookies: ["*"],
      action: "redact",
    },
    {
      name: "gdpr-free-text",
      description: "Art. 5(1)(c): free text may hold anything: its length stays.",
      kinds: ["freeText"],
      action: { mask: { skip: " \n" } },
    },
    {
      name: "gdpr-anywhere",
      description: "Art. 4(1): identifiers in texts and in fields that nobody would look for them in.",
      detect: ["EMAIL_ADDRESS", "PHONE_NUMBER", "IBAN_CODE", "CREDIT_CARD"],
      action: "redact",
    },
    {
      name: "gdpr-email-back",
      description: "The person gets back the address that was sent.",
      kinds: ["email"],
      action: { reveal: "gdpr-email" },
      on: "response",
    },
  ],
};

const secrets: Preset = {
  name: "secrets",
  description:
    "Credentials of people and services: PCI DSS 8.3.2, 8.6.2; SOC 2 CC6.1. With one of them a request could be repeated as its sender.",
  rules: [
    {
      name: "secrets-password",
      description: "PCI DSS 8.3.2: passwords are unreadable wherever they are sent.",
      kinds: ["password"],
      action: "redact",
    },
    {
      name: "secrets-token",
      description: "PCI DSS 8.6.2, SOC 2 CC6.1: keys, tokens and codes.",
      kinds: ["secret"],
      action: "redact",
    },
    {
      name: "secrets-headers",
      description: "SOC 2 CC6.1: headers that authenticate.",
      headers: [
        "authorization",
        "proxy-authorization",
        "x-api-key",
        "x-auth-token",
        "x-access-token",
        "x-csrf-token",
        "x-xsrf-token",
        "x-amz-security-token",
        "x-goog-iam-authorization-token",
        "stripe-signature",
        "x-hub-signature*",
      ],
      action: "redact",
    },
    {
      name: "secrets-cookies",
      description: "SOC 2 CC6.1: cookies that are sessions.",
      cookies: [
        "session",
        "*session*",
        "sid",
        "*_sid",
        "*.sid",
        "token",
        "*token*",
        "jwt",
        "auth",
        "*auth*",
        "remember*",
        "PHPSESSID",
        "JSESSIONID",
        "ASP.NET_SessionId",
      ],
      action: "redact",
    },
    {
      name: "secrets-anywhere",
      description:
        "PCI DSS 8.6.2, SOC 2 CC6.1: keys and tokens in texts and in fields that nobody would look for them in.",
      detect: [
        "*_KEY",
        "*_TOKEN",
        "BASIC_AUTH_HEADER",
        "GENERIC_SECRET",
        "GOOGLE_OAUTH_SECRET",
        "JWT",
        "PASSWORD",
        "SLACK_WEBHOOK",
        "URL_SIGNATURE",
        "URL_WITH_CREDENTIALS",
      ],
      action: "redact",
    },
  ],
};

export const PRESETS: readonly Preset[] = [pci, hipaa, gdpr, secrets];
