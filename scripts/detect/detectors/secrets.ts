// Keys, tokens and other secrets that open something. Prefixes are those that the issuers document.

import type { Detector } from "../detector.ts";
import { ASSIGN, QUOTE, SECRET_CHARS } from "./assigned.ts";

const KEY_CHARS = "A-Za-z0-9_\\-";

/** A token with a prefix of its own: case counts, and what surrounds it is no part of it. */
export function token(
  type: string,
  pattern: string,
  finds: string,
  ignores: string,
  more: Partial<Detector> = {},
): Detector {
  return {
    type,
    pattern,
    ignoreCase: false,
    left: "\\w",
    right: "\\w-",
    check: "varied",
    score: 0.95,
    ...more,
    examples: { finds: [finds], ignores: [ignores] },
  };
}

export const secrets: readonly Detector[] = [
  token(
    "AWS_ACCESS_KEY",
    "(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z2-7]{16}",
    "key [[AKIAIOSFODNN7EXAMPLE]]",
    "AKIAIOSFODNN7EXAMPL",
  ),
  {
    type: "AWS_SECRET_KEY",
    pattern: `(?:aws[_-]?secret|secret[_-]?access|secret[_-]?key)[\\w-]{0,24}${ASSIGN} {0,3}(?:${QUOTE})?[A-Za-z0-9/+]{40}`,
    assigned: true,
    left: "A-Za-z0-9",
    right: "\\w\\/+=",
    check: "entropy",
    score: 0.9,
    examples: {
      finds: ["aws_secret_access_key = [[wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY]]"],
      ignores: ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
    },
  },
  token("GCP_API_KEY", `AIza[${KEY_CHARS}]{35}`, "[[AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY]]", "AIzaSyD-9tSrke72", {
    right: "\\w",
  }),
  token("GCP_OAUTH_TOKEN", `ya29\\.[${KEY_CHARS}]{5,}`, "[[ya29.a0AfH6SMBx1234567890abcdefg]]", "ya29.short", {
    min: 25,
    max: 520,
  }),
  token(
    "GITHUB_TOKEN",
    "gh[pousr]_[A-Za-z0-9]{5,}|github_pat_[A-Za-z0-9_]{5,}",
    "[[ghp_1234567890abcdefghijABCDEFGHIJ123456]]",
    "ghp_short",
    { min: 33, max: 512 },
  ),
  token(
    "GITLAB_TOKEN",
    `(?:gl(?:pat|ptt|dt|rtr?|cbt|ft|ffct|imt|agent|oas|soat)-|GR1348941)[${KEY_CHARS}]{5,}(?:\\.[0-9a-z]{2,12}){0,2}`,
    "[[glpat-1234567890abcdefghij]]",
    "glpat-xxxxxxxxxxxxxxxxxxxx",
    { min: 25, max: 320 },
  ),
  token(
    "SLACK_TOKEN",
    "xox[abeoprs]-(?:[A-Za-z0-9]+-){0,6}[A-Za-z0-9]{8,}|xoxe\\.xox[bp]-\\d-[A-Za-z0-9]{32,}|xapp-\\d-[A-Z0-9]{8,}-\\d{8,}-[0-9a-f]{32,}",
    `[[${"xoxb"}-123456789012-1234567890123-abcdefghijklmnopqrstuvwx]]`,
    "xoxb-1",
    { max: 400 },
  ),
  token(
    "SLACK_WEBHOOK",
    "(?:https?://)?hooks\\.slack\\.com/(?:services|triggers|workflows)/[A-Za-z0-9+/]+",
    "[[https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX]]",
    "https://hooks.slack.com/services/",
    { min: 45, max: 256 },
  ),
  token(
    "STRIPE_KEY",
    "(?:sk|rk|pk)_(?:live|test|prod)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{32,64}",
    `[[sk_${"test"}_4eC39HqLyjWDarjtT1zdp7dc]]`,
    "sk_live_1",
    { max: 128 },
  ),
  token("TWILIO_KEY", "(?:SK|AC)[0-9a-f]{32}", "[[SK1234567890abcdef1234567890abcdef]]", "SK1234"),
  token(
    "SENDGRID_KEY",
    `SG\\.[${KEY_CHARS}]{22}\\.[${KEY_CHARS}]{43}`,
    "[[SG.abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ]]",
    "SG.abc.def",
  ),
  token(
    "MAILCHIMP_KEY",
    "[0-9a-f]{32}-us\\d{1,2}",
    "[[0123456789abcdef0123456789abcdef-us12]]",
    "0123456789abcdef-us12",
  ),
  token("MAILGUN_KEY", "key-[0-9a-f]{32}", "[[key-0123456789abcdef0123456789abcdef]]", "key-0123"),
  token("NPM_TOKEN", "npm_[A-Za-z0-9]{36}", "[[npm_abcdefghijklmnopqrstuvwxyz0123456789]]", "npm_install"),
  token(
    "PYPI_TOKEN",
    `pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[${KEY_CHARS}]+`,
    `[[pypi-AgEIcHlwaS5vcmc${"Ab3".repeat(20)}]]`,
    "pypi-AgEI",
    { min: 70, max: 512 },
  ),
  token(
    "SHOPIFY_TOKEN",
    "shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
    "[[shpat_0123456789abcdef0123456789abcdef]]",
    "shpat_0123",
  ),
  token(
    "SQUARE_TOKEN",
    `(?:EAAA|sq0[a-z]{3}-)[${KEY_CHARS}]{5,}`,
    "[[sq0csp-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG]]",
    "sq0csp-abc",
    { min: 27, max: 128 },
  ),
  token("OPENAI_KEY", `sk-[${KEY_CHARS}]{5,}`, "[[sk-abcdefghijklmnopqrstT3BlbkFJabcdefghijklmnopqrst]]", "sk-abc", {
    check: "entropy",
    min: 23,
    max: 256,
  }),
  token(
    "ANTHROPIC_KEY",
    `sk-ant-[a-z]{2,8}\\d{2}-[${KEY_CHARS}]{5,}`,
    `[[sk-ant-api03-${"aB3d".repeat(20)}]]`,
    "sk-ant-api03-x",
    { score: 0.97, min: 36, max: 256 },
  ),
  token(
    "HUGGINGFACE_TOKEN",
    "(?:hf|api_org)_[A-Za-z0-9]{34,40}",
    "[[hf_abcdefghijklmnopqrstuvwxyzABCDEFGH]]",
    "hf_hub",
  ),
  token("DIGITALOCEAN_TOKEN", "do[opr]_v1_[0-9a-f]{64}", `[[dop_v1_${"0123456789abcdef".repeat(4)}]]`, "dop_v1_0123"),
  // The number of an account in base64, whose first characters tell that it is one; when it was made; an HMAC.
  token(
    "DISCORD_TOKEN",
    `[MNO][DTjz][AEIMQUYcgk][w-z0-5][${KEY_CHARS}]{19,22}\\.[${KEY_CHARS}]{6}\\.[${KEY_CHARS}]{27,40}`,
    "token [[Nzk5MjgxNDk0NDc2NDU1OTg3.YABS5g.2lmzECVlZv3vv6miVnUaKPQi2wI]]",
    "Nzk5MjgxNDk0NDc2NDU1OTg3.YABS5g.2lmzECVlZv3vv6miVnUaKPQi2w",
  ),
  token(
    "TELEGRAM_TOKEN",
    `\\d{8,10}:A[${KEY_CHARS}]{34}`,
    "[[123456789:AAabcdefghijklmnopqrstuvwxyz0123456]]",
    "123456789:AAabc",
  ),
  token(
    "AZURE_STORAGE_KEY",
    "AccountKey=[A-Za-z0-9+/]{86}==",
    `[[AccountKey=${"aB3/".repeat(21)}aB==]]`,
    "AccountKey=abc==",
    { right: "" },
  ),
  token("GOOGLE_OAUTH_SECRET", `GOCSPX-[${KEY_CHARS}]{28}`, "[[GOCSPX-abcdefghijklmnopqrstuvwxyz01]]", "GOCSPX-abc"),
  token("VAULT_TOKEN", `hv[sb]\\.[${KEY_CHARS}]{5,}`, "[[hvs.abcdefghijklmnopqrstuvwxyz]]", "hvs.abc", {
    min: 28,
    max: 512,
  }),
  token(
    "JWT",
    `eyJ[${KEY_CHARS}]{8,}\\.eyJ[${KEY_CHARS}]{8,}(?:\\.[${KEY_CHARS}]*)?`,
    "Bearer [[eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U]]",
    "eyJhbGciOiJIUzI1NiJ9",
    { max: 4096, left: "\\w.-" },
  ),
  // In base64 once more, as cookies and secrets of Kubernetes hold them.
  token(
    "JWT",
    "ZXlK[A-Za-z0-9+/_-]{5,}={0,2}",
    "cookie: [[ZXlKaGJHY2lPaUpJVXpJMU5pSjkuZXlKemRXSWlPaUl4TWpNME5UWTNPRGt3SW4wLmRvempnTnJ5==]]",
    "ZXlKaGJHY2lPaUpJVXpJMU5pSjk",
    { min: 44, max: 4096, left: "\\w+/.-", right: "\\w+/-" },
  ),
  {
    type: "PRIVATE_KEY",
    pattern:
      "-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[^-]*-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----)?",
    ignoreCase: false,
    left: "-",
    right: "",
    max: 4096,
    score: 1,
    examples: {
      finds: [
        "[[-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq9\n-----END RSA PRIVATE KEY-----]]",
        "[[-----BEGIN PRIVATE KEY-----]]",
      ],
      ignores: ["-----BEGIN PUBLIC KEY-----", "BEGIN PRIVATE KEY"],
    },
  },
  {
    type: "PUTTY_PRIVATE_KEY",
    pattern: "PuTTY-User-Key-File-[23]: [A-Za-z0-9-]{3,40}",
    ignoreCase: false,
    score: 0.98,
    examples: { finds: ["[[PuTTY-User-Key-File-2: ssh-rsa]]"], ignores: ["PuTTY-User-Key-File-9: x"] },
  },
  {
    type: "BASIC_AUTH_HEADER",
    pattern: "Basic [A-Za-z0-9+/]{4,}={0,2}",
    max: 600,
    right: "\\w",
    check: "basic-auth",
    score: 0.9,
    contextScore: 0.95,
    context: ["authorization", "auth", "proxy-authorization"],
    examples: {
      finds: ["Authorization: [[Basic dXNlcjpwYXNzd29yZA==]]", "-u [[basic OnB3]]"],
      ignores: ["Basic training", "Basic understanding of", "Basic dXNlcm5hbWU="],
    },
  },
  {
    type: "BEARER_TOKEN",
    pattern: "Bearer [A-Za-z0-9._~+/-]{16,}={0,2}",
    right: "\\w",
    max: 4096,
    left: "\\w",
    check: "entropy",
    score: 0.6,
    contextScore: 0.9,
    context: ["authorization", "auth"],
    examples: { finds: ["Authorization: [[Bearer mF_9.B5f-4.1JqM8xY2z]]"], ignores: ["bearer of bad news"] },
  },
  // Other schemes, and none.
  {
    type: "BEARER_TOKEN",
    pattern: `authorization(?:: {0,3}(?:[a-z-]{2,12} )?|${QUOTE} ?(?:=>|[:=]) ?${QUOTE}[a-z-]{2,12} )[${SECRET_CHARS}]{16,}`,
    value: SECRET_CHARS,
    max: 1024,
    right: SECRET_CHARS,
    check: "entropy",
    score: 0.9,
    examples: {
      finds: [
        "Authorization: Token [[22cb987851bc5659229114c62e60c79abd0d2c08]]",
        "-H 'Authorization:  [[5eb4223e-5008-46e5-be67-c7b8f2732305]]'",
        '{"Authorization": "Api-Token [[22cb987851bc5659229114c62e60c79abd0d2c08]]"}',
      ],
      ignores: ["authorization: required for all", '"authorization": "iauth_1Pgc78B7WZ01zgkW9IPKCfII"'],
    },
  },
  token(
    "URL_SIGNATURE",
    "[?&](?:X-Amz-Signature|X-Goog-Signature|sig)=[A-Za-z0-9%+/=]{16,}",
    "https://x.y/z[[?X-Amz-Signature=0123456789abcdef0123]]",
    "?sig=1",
    { left: "", right: "A-Za-z0-9%+/=", max: 600 },
  ),
];
