// Tokens of vendors, by the prefixes that they give them so that scanners find them.

import type { Detector } from "../detector.ts";
import { token } from "./secrets.ts";

export const vendors: readonly Detector[] = [
  token("ATLASSIAN_TOKEN", "ATATT3[A-Za-z0-9_\\-=]{80,250}", `[[ATATT3${"xFfGF0aB9".repeat(12)}]]`, "ATATT3short"),
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
    "dp\\.(?:pt|st|ct|sa|scim|audit)\\.[A-Za-z0-9_.-]{40,80}",
    `[[dp.pt.${"aB3dE6".repeat(7)}]]`,
    "dp.pt.short",
  ),
  token("FIGMA_TOKEN", "figd_[A-Za-z0-9_-]{40,64}", `[[figd_${"aB3_".repeat(10)}x]]`, "figd_short"),
  token(
    "GRAFANA_TOKEN",
    "gl(?:sa|c)_[A-Za-z0-9+/_]{32,400}={0,2}",
    "[[glsa_0123456789abcdefABCDEF0123456789_0a1b2c3d]]",
    "glsa_short",
  ),
  token(
    "LINEAR_KEY",
    "lin_(?:api|oauth)_[A-Za-z0-9]{32,64}",
    "[[lin_api_0123456789abcdefABCDEF01234567890123]]",
    "lin_api_short",
  ),
  token("NEW_RELIC_KEY", "NRAK-[A-Z0-9]{27}|NRJS-[a-f0-9]{19}", "[[NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZ1]]", "NRAK-SHORT"),
  token("NOTION_TOKEN", "ntn_[A-Za-z0-9]{40,50}", `[[ntn_${"123456aB".repeat(5)}]]`, "ntn_short"),
  token(
    "PLANETSCALE_TOKEN",
    "pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,64}",
    `[[pscale_tkn_${"aB3d".repeat(9)}]]`,
    "pscale_tkn_a",
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
  token("SENTRY_TOKEN", "sntry[su]_[A-Za-z0-9+/=_-]{60,400}", `[[sntrys_${"eyJpYXQi".repeat(9)}]]`, "sntrys_short"),
  token(
    "BREVO_KEY",
    "xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}",
    `[[xkeysib-${"0123456789abcdef".repeat(4)}-AbCdEfGhIjKlMnOp]]`,
    "xkeysib-01",
  ),
  token(
    "DISCORD_WEBHOOK",
    "https://(?:canary\\.|ptb\\.)?discord(?:app)?\\.com/api/webhooks/\\d{17,20}/[A-Za-z0-9_-]{60,80}",
    `[[https://discord.com/api/webhooks/123456789012345678/${"aB3d_".repeat(13)}]]`,
    "https://discord.com/api/x",
  ),
  token(
    "AGE_SECRET_KEY",
    "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
    `[[AGE-SECRET-KEY-1${"QPZRY9X8GF2TVDW0S3JN54KHCE6MU".repeat(2)}]]`,
    "AGE-SECRET-KEY-1QQ",
  ),
];
