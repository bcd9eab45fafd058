// All presets, in the order in which documents name them.

import { gdpr } from "./gdpr.ts";
import { hipaa } from "./hipaa-safe-harbor.ts";
import { pci } from "./pci-dss.ts";
import type { Preset } from "./preset.ts";
import { secrets } from "./secrets.ts";

export const PRESETS: readonly Preset[] = [pci, hipaa, gdpr, secrets];
