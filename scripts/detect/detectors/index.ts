// All built-in detectors. Where two find the same span with the same score, the one that stands first here wins.

import type { Detector } from "../detector.ts";
import { africa } from "./africa.ts";
import { americas } from "./americas.ts";
import { asiaPacific } from "./asia-pacific.ts";
import { assigned } from "./assigned.ts";
import { contact } from "./contact.ts";
import { europeNorthEast } from "./europe-north-east.ts";
import { europeWest } from "./europe-west.ts";
import { germany } from "./germany.ts";
import { health } from "./health.ts";
import { identity } from "./identity.ts";
import { money } from "./money.ts";
import { secrets } from "./secrets.ts";
import { travel } from "./travel.ts";
import { unitedKingdom } from "./united-kingdom.ts";
import { unitedStates } from "./united-states.ts";
import { vendors } from "./vendors.ts";

export const DETECTORS: readonly Detector[] = [
  ...money,
  ...contact,
  ...identity,
  ...secrets,
  ...assigned,
  ...vendors,
  ...unitedStates,
  ...unitedKingdom,
  ...germany,
  ...europeWest,
  ...europeNorthEast,
  ...americas,
  ...asiaPacific,
  ...africa,
  ...health,
  ...travel,
];

export const DETECTOR_TYPES: readonly string[] = [...new Set(DETECTORS.map(({ type }) => type))].sort();
