/**
 * The clauses that a rule serves, as presets name them: before the colon of its description, with the standard said once.
 *
 *     PCI DSS 6.5.5, 3.4.1: card numbers become tokens  ->  PCI DSS 6.5.5, PCI DSS 3.4.1
 */

/** How a description begins, and how the standard is called where no preset stands around it. */
const standards = [
  ["PCI DSS ", "PCI DSS "],
  ["45 CFR ", "45 CFR "],
  ["SOC 2 ", "SOC 2 "],
  ["NIST SP ", "NIST SP "],
  ["GDPR ", "GDPR "],
  ["Art. ", "GDPR Art. "],
  ["Recital ", "GDPR Recital "],
] as const;

export function clausesOf(description: string): string[] {
  const [before, after] = description.split(": ", 2);
  if (after === undefined) return [];
  let standard: string | undefined;
  const clauses: string[] = [];
  for (const item of before!.split(/, | and /)) {
    const named = standards.find(([prefix]) => item.startsWith(prefix));
    standard = named?.[1] ?? standard;
    const clause = named ? item.slice(named[0].length) : item;
    if (standard === undefined || !/^[0-9A-Z][0-9A-Za-z.()-]*$/.test(clause)) return [];
    clauses.push(standard + clause);
  }
  return [...new Set(clauses)].slice(0, 16);
}
