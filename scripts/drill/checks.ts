/**
 * What must hold for a drill to count as passed; one line each in every report.
 */
import type { SessionState } from "../session/state.ts";
import type { Check, DrillReport } from "./result.ts";

/** From the start of everything to the first anonymized request at the hotfix. */
export const targetSeconds = 60;

export function checksOf(
  {
    secondsToFirstRequest,
    load,
    incident,
    privacy,
    secondUse,
    tunnel,
    telemetry,
    audit,
  }: Omit<DrillReport, "ok" | "checks">,
  ended: SessionState,
  after: number,
): Check[] {
  return [
    {
      name: "time",
      ok: secondsToFirstRequest < targetSeconds,
      detail: `${secondsToFirstRequest.toFixed(1)} s to the first anonymized request at the hotfix (target: ${targetSeconds} s)`,
    },
    {
      name: "no request lost",
      ok: load.lost === 0 && load.failed === 0,
      detail: `${load.lost} of ${load.sent} never arrived, ${load.failed} were not answered well`,
    },
    { name: "no request doubled", ok: load.doubled === 0, detail: `${load.doubled} of ${load.sent} arrived twice` },
    {
      name: "both served",
      ok: load.production > 0 && load.hotfix > 0,
      detail: `${load.production} by production, ${load.hotfix} by the hotfix`,
    },
    {
      name: "anonymized",
      ok: privacy.findings.length === 0 && privacy.values > 0,
      detail: `${privacy.values} selected values of ${privacy.recordings} recordings searched, ${privacy.findings.length} found`,
    },
    {
      name: "bug shows, fix works",
      ok: incident.before === 500 && incident.anonymizedWithBug === 500 && incident.anonymizedWithFix === 201,
      detail: `production ${incident.before}; on anonymized data ${incident.anonymizedWithBug} without the fix, ${incident.anonymizedWithFix} with it`,
    },
    {
      name: "production again",
      ok: after === incident.before,
      detail: `the incident answers ${after} after the session`,
    },
    {
      name: "token works once",
      ok: secondUse.refused,
      detail: `a second use during the session: ${secondUse.answer}`,
    },
    {
      name: "token refused",
      ok: ended.revoked?.token === true,
      detail: "after the session, with a certificate that was good",
    },
    {
      name: "certificate refused",
      ok: ended.revoked?.certificate === true,
      detail: "after the session, by its own authority and by another",
    },
    {
      name: "telemetry",
      ok: telemetry.forwarded === tunnel.requests && telemetry.values > 0,
      detail: `${telemetry.forwarded} forwarded requests and ${telemetry.values} values on record, ${tunnel.requests} requests counted by the tunnel`,
    },
    { name: "audit log", ok: audit.good, detail: `${audit.records} records, chained and sealed` },
  ];
}
