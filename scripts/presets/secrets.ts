// Credentials of people and services.

import { credentialHeaders } from "./headers.ts";
import { type Preset, redactEach } from "./preset.ts";

export const secrets: Preset = {
  name: "secrets",
  description:
    "Credentials of people and services: PCI DSS 8.3.2, 8.6.2; SOC 2 CC6.1. With one of them a request could be repeated as its sender.",
  rules: [
    // As a whole, before what keeps the structure around them: the names of members may be the secrets.
    {
      name: "secrets-lists",
      description: "PCI DSS 8.6.2, SOC 2 CC6.1: lists of keys, tokens and codes.",
      kinds: ["secretList"],
      action: "redact",
    },
    {
      name: "secrets-password",
      description: "PCI DSS 8.3.2: passwords are unreadable wherever they are sent.",
      kinds: ["password"],
      action: redactEach,
    },
    {
      name: "secrets-token",
      description: "PCI DSS 8.6.2, SOC 2 CC6.1: keys, tokens and codes.",
      kinds: ["secret"],
      action: redactEach,
    },
    {
      name: "secrets-headers",
      description: "SOC 2 CC6.1: headers that authenticate.",
      headers: credentialHeaders,
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
        "*csrf*",
        "*xsrf*",
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
