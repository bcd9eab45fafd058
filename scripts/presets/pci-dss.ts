// Cardholder data and sensitive authentication data, PCI DSS 4.0.1.

import type { Preset } from "./preset.ts";

export const pci: Preset = {
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
      description:
        "PCI DSS 3.4.1: the token becomes the number again for its sender alone, where the service echoes it.",
      kinds: ["pan"],
      action: { reveal: "pci-pan" },
      on: "response",
    },
  ],
};
