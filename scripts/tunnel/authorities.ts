/**
 * Which authority a command line names: `built-in`, `vault:ADDRESS/v1/MOUNT/ROLE` or `command:PROGRAM ARGUMENT...`.
 */
import type { Authority } from "./authority.ts";
import { BuiltinAuthority } from "./authority-builtin.ts";

export type AuthorityFactory = (notAfter: Date) => Promise<Authority>;

/** Throws an error that says what may be named. */
export function authorityOf(name: string): AuthorityFactory {
  if (name === "built-in") return (notAfter) => BuiltinAuthority.create(notAfter);
  throw new Error(`no authority is called ${name}; say built-in`);
}
