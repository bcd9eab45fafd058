/**
 * Withdraws the certificates of a session and returns the revocation list that says so, PEM; undefined where the
 * authority publishes none.
 */
import type { Retirement } from "./authority.ts";

export async function withdraw(retirement: Retirement): Promise<string | undefined> {
  return retirement.by === "list" ? retirement.pem : undefined;
}
