// What is wrong with a policy, where, and what to do about it.
// Invariant: a diagnostic names a place in a file that exists, and its remedy is an instruction.

export interface Diagnostic {
  severity: "error" | "warning";
  /** Stable, kebab-case: what scripts and tests match on. */
  code: string;
  file: string;
  /** From 1; columns count UTF-16 units, as editors do. */
  line: number;
  column: number;
  message: string;
  remedy: string;
}

/** `file:line:col: error[code]: cause; remedy` */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, code, message, remedy } = diagnostic;
  return `${file}:${line}:${column}: ${severity}[${code}]: ${message}; ${remedy}`;
}

/** File order, which is how a reader works through them. */
export function sortDiagnostics(diagnostics: Diagnostic[]): Diagnostic[] {
  const files = [...new Set(diagnostics.map((diagnostic) => diagnostic.file))];
  return diagnostics.sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}

export const hasErrors = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.some((diagnostic) => diagnostic.severity === "error");

/** The candidate that a misspelt word most likely means, if one is near enough. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    above = row;
  }
  return above[b.length]!;
}
