/** The report as one JSON object, for machines: everything that the other formats show. */
import type { ReplayReport } from "../replay/result.ts";
import { totalsOf } from "./summary.ts";

export const jsonReport = (report: ReplayReport): string =>
  `${JSON.stringify({ ...report, totals: totalsOf(report) }, null, 2)}\n`;
