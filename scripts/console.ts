/**
 * How commands speak: one voice for errors and notes, colour only where somebody sees it.
 */
import { fstatSync } from "node:fs";
import { Option } from "commander";
import type { CompiledPolicy, Role } from "./policy/index.ts";

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

/** A folder as stdin would read as empty, in which nothing is found and of which nothing is refused. */
export function requireStdin(): void {
  if (isFolder()) throw new CommandError("stdin is a folder; give a file or a pipe", 2);
}

function isFolder(): boolean {
  try {
    return fstatSync(0).isDirectory();
  } catch {
    return false;
  }
}

export const hasColor = (stream: NodeJS.WriteStream): boolean => stream.isTTY === true && !process.env.NO_COLOR;

/** The policy, or all of its problems on stderr and the end of the command. */
export async function requirePolicy(path: string, role: Role = "edge"): Promise<CompiledPolicy> {
  // Commands without a policy need not wait until its compiler is loaded.
  const { formatDiagnostic, loadPolicy } = await import("./policy/index.ts");
  const { diagnostics, compiled } = await loadPolicy(path, role);
  for (const diagnostic of diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  if (compiled === undefined) throw new CommandError(`${path} is not a valid policy; mend the problems above`);
  return compiled;
}

/** `--role`: the place in the gateway that a policy is compiled for. */
export const roleOption = (): Option =>
  new Option("--role <role>", "where the filter stands: before the tunnel, or where the hotfix calls out")
    .choices(["edge", "egress"])
    .default("edge");
