/**
 * Withdraws the certificates of a session and returns the revocation list that says so, PEM; undefined where the
 * authority publishes none. Throws when the authority was not reached: then nothing was withdrawn.
 */
import type { Retirement } from "./authority.ts";
import { revokeByCommand } from "./authority-command.ts";
import { revokeInVault } from "./authority-vault.ts";

export async function withdraw(retirement: Retirement): Promise<string | undefined> {
  switch (retirement.by) {
    case "list":
      return retirement.pem;
    case "vault":
      return revokeInVault(retirement, retirement.serials);
    case "command":
      return revokeByCommand(retirement.command, retirement.serials);
  }
}
