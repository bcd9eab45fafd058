/**
 * How commands speak: one voice for errors and notes, colour only where somebody sees it.
 */
import { type CompiledPolicy, formatDiagnostic, loadPolicy } from "./policy/index.ts";

/** Ends a command with its exit code: 1 for a problem, 2 for a wrong call. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function note(text: string): void {
  process.stderr.write(`frostglass: note: ${text}\n`);
}

export const hasColor = (stream: NodeJS.WriteStream): boolean => stream.isTTY === true && !process.env.NO_COLOR;

/** The policy, or all of its problems on stderr and the end of the command. */
export async function requirePolicy(path: string): Promise<CompiledPolicy> {
  const { diagnostics, compiled } = await loadPolicy(path);
  for (const diagnostic of diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  if (compiled === undefined) throw new CommandError(`${path} is not a valid policy; mend the problems above`);
  return compiled;
}
