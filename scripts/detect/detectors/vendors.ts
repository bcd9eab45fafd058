// Tokens of vendors, by the prefixes that they give them so that scanners find them.

import type { Detector } from "../detector.ts";
import { token } from "./secrets.ts";

/** What tokens start with that have one part: letters, digits, `_`, `-` and `=`. */
const PREFIXES = [
  "pplx-", // Perplexity
  "gsk_", // Groq
  "xai-",
  "nvapi-",
  "sbp_", // Supabase
  "ph[cx]_", // PostHog
  "nfp_", // Netlify
  "rdme_", // ReadMe
  "pnu_", // Prefect
  "tfp_", // Typeform
  "shippo_(?:live|test)_",
  "duffel_(?:live|test)_",
  "dckr_pat_", // Docker
  "tk-us-", // Scalingo
  "sm_[aps]at_", // SettleMint
  "EZ[AT]K", // EasyPost
  "FLWSECK", // Flutterwave
  "fio-u-", // Frame.io
  "HRKU-AA", // Heroku
  "CLOJARS_",
  "ico-", // Infracost
  "sha256~", // OpenShift
  "dnkey-", // Defined Networking
  "sgp_", // Sourcegraph
  "AKCp", // Artifactory
  "cmVmd",
  "ABSK", // Amazon Bedrock
  "LTAI", // Alibaba
  "s-s4t2(?:ud|af)-", // 42
  "p8e-", // Adobe
  "AQVN", // Yandex
  "EAA[MC]", // Facebook
  "A3-[A-Z0-9]{6}-", // 1Password
  "access-(?:sandbox|development|production)-", // Plaid
];

/** Those of several parts, with dots between them, and what else base64 has. */
const PREFIXES_OF_PARTS = [
  "dt0[a-z]\\d\\d\\.", // Dynatrace
  "f(?:o1|m1r|m2)_", // Fly.io
  "[ps]at\\.", // Harness
  "[ps]k\\.ey", // Mapbox
  "ops_ey", // 1Password
  "v1\\.0-", // Cloudflare
];

export const vendors: readonly Detector[] = [
  token(
    "VENDOR_TOKEN",
    `(?:${PREFIXES.join("|")})[A-Za-z0-9_=-]{5,}`,
    "[[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]]",
    "gsk_cell_renderer_new_for_display_2",
    { check: "random", min: 20, max: 256 },
  ),
  token(
    "VENDOR_TOKEN",
    `(?:${PREFIXES_OF_PARTS.join("|")})[A-Za-z0-9_.=+/-]{5,}`,
    "[[dt0c01.ST2EY72KQINMH574WMNVI7YN.G3DFPBEJYMODIDAEX454M7YWBUVEFOWKPRVMWFASS64NFH52PX6BNDVFFM572RZM]]",
    "v1.0-rc-2-of-the-client-for-java-11-and-java-17.tar",
    { check: "random", min: 44, max: 1024 },
  ),
  // RFC 8959.
  token(
    "VENDOR_TOKEN",
    "secret-token:[\\w.~%-]+",
    "[[secret-token:E92FB7EB-D882-47A4-A265-A0B6135DC842%20foo]]",
    "secret-token:x",
    { min: 24, max: 512, right: "\\w%" },
  ),
  token("ATLASSIAN_TOKEN", "ATATT3[A-Za-z0-9_\\-=]{5,}", `[[ATATT3${"xFfGF0aB9".repeat(12)}]]`, "ATATT3short", {
    min: 86,
    max: 512,
  }),
  token(
    "AZURE_CLIENT_SECRET",
    "[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
    "[[AbC8Q~dEfGhIjKlMnOpQrStUvWxYz0123456789_]]",
    "Ab8Q~short",
    {
      left: "\\w~.-",
    },
  ),
  token("DATABRICKS_TOKEN", "dapi[a-f0-9]{32}(?:-\\d)?", "[[dapi0123456789abcdef0123456789abcdef]]", "dapi0123456789"),
  token(
    "DOPPLER_TOKEN",
    "dp\\.(?:pt|st|ct|sa|scim|audit)\\.[A-Za-z0-9_.-]{5,}",
    `[[dp.pt.${"aB3dE6".repeat(7)}]]`,
    "dp.pt.short",
    { min: 46, max: 512 },
  ),
  token("FIGMA_TOKEN", "figd_[A-Za-z0-9_-]{5,}", `[[figd_${"aB3_".repeat(10)}x]]`, "figd_short", { min: 45, max: 512 }),
  token(
    "GRAFANA_TOKEN",
    "gl(?:sa|c)_[A-Za-z0-9+/_]{5,}={0,2}",
    "[[glsa_0123456789abcdefABCDEF0123456789_0a1b2c3d]]",
    "glsa_short",
    { min: 36, max: 512 },
  ),
  token(
    "LINEAR_KEY",
    "lin_(?:api|oauth)_[A-Za-z0-9]{5,}",
    "[[lin_api_0123456789abcdefABCDEF01234567890123]]",
    "lin_api_short",
    { min: 40, max: 512 },
  ),
  token("NEW_RELIC_KEY", "NRAK-[A-Z0-9]{27}|NRJS-[a-f0-9]{19}", "[[NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZ1]]", "NRAK-SHORT"),
  token("NOTION_TOKEN", "ntn_[A-Za-z0-9]{5,}", `[[ntn_${"123456aB".repeat(5)}]]`, "ntn_short", { min: 44, max: 512 }),
  token(
    "PLANETSCALE_TOKEN",
    "pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.-]{5,}",
    `[[pscale_tkn_${"aB3d".repeat(9)}]]`,
    "pscale_tkn_a",
    { min: 42, max: 512 },
  ),
  token(
    "POSTMAN_KEY",
    "PMAK-[a-f0-9]{24}-[a-f0-9]{34}",
    "[[PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01]]",
    "PMAK-0123",
  ),
  token("PULUMI_TOKEN", "pul-[a-f0-9]{40}", "[[pul-0123456789abcdef0123456789abcdef01234567]]", "pul-0123"),
  token("RAZORPAY_KEY", "rzp_(?:live|test)_[A-Za-z0-9]{14}", "[[rzp_live_AbCdEfGhIjKlMn]]", "rzp_live_short"),
  token("RUBYGEMS_TOKEN", "rubygems_[a-f0-9]{48}", `[[rubygems_${"0123456789abcdef".repeat(3)}]]`, "rubygems_0123"),
  token("SENTRY_TOKEN", "sntry[su]_[A-Za-z0-9+/=_-]{5,}", `[[sntrys_${"eyJpYXQi".repeat(9)}]]`, "sntrys_short", {
    min: 67,
    max: 512,
  }),
  token(
    "BREVO_KEY",
    "xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}",
    `[[xkeysib-${"0123456789abcdef".repeat(4)}-AbCdEfGhIjKlMnOp]]`,
    "xkeysib-01",
  ),
  token(
    "DISCORD_WEBHOOK",
    "https://(?:canary\\.|ptb\\.)?discord(?:app)?\\.com/api/webhooks/\\d{17,20}/[A-Za-z0-9_-]+",
    `[[https://discord.com/api/webhooks/123456789012345678/${"aB3d_".repeat(13)}]]`,
    "https://discord.com/api/x",
    { min: 111, max: 512 },
  ),
  token(
    "AGE_SECRET_KEY",
    "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
    `[[AGE-SECRET-KEY-1${"QPZRY9X8GF2TVDW0S3JN54KHCE6MU".repeat(2)}]]`,
    "AGE-SECRET-KEY-1QQ",
  ),
];
