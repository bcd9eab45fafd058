// What services call personal data and card data: names by kind, in the words of large APIs and of several languages.
// Facts gathered from the field names of public payment, health, identity and commerce APIs (Stripe, Adyen, PayPal, Square,
// Plaid, Xero, Twilio, Okta, Amadeus, Open Banking, FHIR, SCIM, OpenID Connect, ISO 20022) and from dictionaries.

import { authenticationData, cardHolder, pan } from "./names/cards.ts";
import { email, fax, phone, url } from "./names/contact.ts";
import { password, secret, secretList } from "./names/credentials.ts";
import { biometric, healthPlan, identifier, medicalRecord, otherDates, photo } from "./names/health.ts";
import type { Named } from "./names/named.ts";
import { account, device, ip, licence, ssn, vehicle } from "./names/numbers.ts";
import { age, birthDate, birthPlace, identity, login, name, special } from "./names/people.ts";
import { address, locality, location, postalCode, region } from "./names/places.ts";
import { freeText } from "./names/texts.ts";

export type { Named } from "./names/named.ts";

/** A name that two kinds claim is of the first. */
export const NAMES = {
  pan,
  authenticationData,
  cardHolder,
  name,
  address,
  locality,
  postalCode,
  email,
  phone,
  fax,
  birthDate,
  otherDates,
  age,
  ssn,
  medicalRecord,
  identifier,
  healthPlan,
  account,
  licence,
  vehicle,
  device,
  url,
  ip,
  biometric,
  photo,
  location,
  birthPlace,
  identity,
  special,
  login,
  region,
  freeText,
  password,
  secret,
  secretList,
} satisfies Record<string, Named>;

export type NameKind = keyof typeof NAMES;
