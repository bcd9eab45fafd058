// Personal data of the GDPR: what Art. 4(1) and recital 30 name, the special categories of Art. 9, in as few of their
// details as Art. 5(1)(c) lets stay.

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

const FOUND = ["CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE", "PHONE_NUMBER"];

export const gdpr: Preset = {
  name: "gdpr",
  description:
    "Personal data of the GDPR: Art. 4(1), online identifiers (recital 30), special categories (Art. 9). Tokens are pseudonyms (Art. 4(5)): the keys stay at the gateway, one for each session.",
  rules: [
    // These two go as a whole, before all that keep the structure around them: names of members tell conditions and beliefs
    // (`allergies.peanuts`), and so may those in a record of health.
    {
      name: "gdpr-special",
      description: "Art. 9(1), 10: special categories of personal data, and criminal convictions.",
      kinds: ["special", "biometric"],
      action: "redact",
    },
    {
      name: "gdpr-health-number",
      description: "Art. 4(15), Recital 35: a number that identifies somebody for health purposes is data on health.",
      kinds: ["medicalRecord", "healthPlan"],
      action: "redact",
    },
    {
      name: "gdpr-region-finds",
      description: "Art. 4(1): identifiers where a state, country or kind should be, which stay.",
      kinds: ["region"],
      detect: FOUND,
      action: "redact",
    },
    {
      name: "gdpr-region",
      description:
        "Art. 5(1)(c): of an address, state and country stay, and of a telephone or address what kind it is.",
      kinds: ["region"],
      action: "pass",
    },
    {
      name: "gdpr-email",
      description: "Art. 4(1), 4(5): addresses become pseudonyms that are still addresses.",
      kinds: ["email"],
      headers: emailHeaders.filter((header) => header !== "from"),
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
      name: "gdpr-postal-code",
      description: "Art. 5(1)(c): as much of the place as a bug needs.",
      kinds: ["postalCode"],
      action: { generalize: { zip: 3 } },
    },
    {
      name: "gdpr-address",
      description: "Art. 4(1): addresses and places.",
      kinds: ["address", "locality"],
      headers: placeHeaders,
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
      name: "gdpr-identity",
      description: "Art. 4(1): what is specific to somebody's physical, economic, cultural or social identity.",
      kinds: ["identity", "birthPlace"],
      action: redactEach,
    },
    {
      name: "gdpr-identification-number",
      description: "Art. 87, 4(1): national and other identification numbers.",
      kinds: ["ssn", "licence", "vehicle"],
      action: redactEach,
    },
    {
      name: "gdpr-account",
      description: "Art. 4(1): bank accounts and cards.",
      kinds: ["account", "pan", "authenticationData"],
      action: redactEach,
    },
    {
      name: "gdpr-device",
      description: "Recital 30: identifiers of devices, and what tells one browser from others.",
      kinds: ["device"],
      headers: deviceHeaders,
      action: redactEach,
    },
    {
      name: "gdpr-login",
      description: "Art. 4(1), Recital 30: names of accounts, and pages of one's own.",
      kinds: ["login", "url"],
      headers: identityHeaders,
      action: redactEach,
    },
    {
      name: "gdpr-photo",
      description: "Art. 4(1), Recital 51: pictures that show somebody.",
      kinds: ["photo"],
      action: redactEach,
    },
    { name: "gdpr-ip-list", description: "Recital 30: lists of IP addresses.", headers: addressLists, action: "strip" },
    {
      name: "gdpr-ip",
      description: "Recital 30: of an IP address the network stays.",
      kinds: ["ip"],
      headers: oneAddress,
      action: { generalize: { ip: { v4: 24, v6: 48 } } },
    },
    {
      name: "gdpr-online-identifiers",
      description: "Recital 30, Art. 4(1): cookies, and headers that carry persons by habit, as the one who signed in.",
      headers: ["from", "authorization", "proxy-authorization", "referer", ...contextHeaders],
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
      detect: FOUND,
      action: "redact",
    },
    {
      name: "gdpr-ip-anywhere",
      description: "Recital 30: of IP addresses in texts the network stays.",
      detect: ["IP_ADDRESS"],
      except: noAddresses,
      action: { generalize: { ip: { v4: 24, v6: 48 } } },
    },
    {
      name: "gdpr-email-back",
      description:
        "Art. 4(5): the person who sent the address gets it back; the session's key is at the gateway alone.",
      kinds: ["email"],
      action: { reveal: "gdpr-email" },
      on: "response",
    },
  ],
};
