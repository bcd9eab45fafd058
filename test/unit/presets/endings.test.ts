// What presets know at the end of a name, whoever's it is: taken in each spelling, and names that only look alike left alone.
import { beforeAll, describe, expect, test } from "vitest";
import type { Plugin } from "../../../scripts/host/index.ts";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { bodyOf, machine, send } from "../filter/support.ts";

const taken: Readonly<Record<string, readonly string[]>> = {
  "pci-dss": ["txtCVV", "tenant_cvc", "checkout-security-code", "FORM_CVV2", "guestCardNumber", "alt_card_no_2"],
  "hipaa-safe-harbor": ["tenant_ssn", "guardianFirstName", "mother-maiden-name", "dob1", "leadEmail", "partner_phone"],
  gdpr: ["witnessLastName", "LANDLORD_IBAN", "visitor_passport_number", "father date of birth", "edgeIPAddress"],
  secrets: ["legacy_db_password", "tenantApiKey", "partner-client-secret", "NEW_REFRESH_TOKEN"],
};

const left = [
  "cvv_required",
  "ssn_last_changed",
  "email_sent",
  "phoneType",
  "lessn",
  "webcvv",
  "file_name",
  "gpio_pin",
  "order_number",
  "capacity",
  "password_reset_at",
  "cityId",
];

describe.each(Object.entries(taken))("%s", (preset, names) => {
  let plugin: Plugin;
  beforeAll(() => {
    const settings = { activation: { always: true }, keys: { root: { env: "FROSTGLASS_KEY" } } };
    const text = JSON.stringify({ name: "endings", extends: [preset], ...settings });
    plugin = machine().vm.plugin("endings", compilePolicy({ path: "endings.json", text }).compiled!.binary);
  });
  const judged = (all: readonly string[]): Record<string, unknown> =>
    JSON.parse(
      bodyOf(send(plugin, { body: JSON.stringify(Object.fromEntries(all.map((name) => [name, "Qx7 plain"]))) })),
    );

  test("takes them", () => {
    expect(names.filter((name) => judged(names)[name] === "Qx7 plain")).toEqual([]);
  });

  test("leaves names that look alike", () => {
    expect(judged(left)).toEqual(Object.fromEntries(left.map((name) => [name, "Qx7 plain"])));
  });
});
