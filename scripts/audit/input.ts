/** A file that a command was given: what cannot be read is wrong usage (exit 2), and says why. */
import { readFileSync } from "node:fs";
import { CommandError } from "../console.ts";

export function readInput(name: string): Buffer {
  try {
    return readFileSync(name);
  } catch (error) {
    throw new CommandError(`${name} cannot be read (${(error as NodeJS.ErrnoException).code}); check the path`, 2);
  }
}
