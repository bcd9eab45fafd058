/**
 * Which authority a command line names: `built-in`, `vault:ADDRESS/v1/MOUNT/ROLE` or `command:PROGRAM ARGUMENT...`.
 */
import { CommandError } from "../console.ts";
import type { Authority } from "./authority.ts";
import { BuiltinAuthority } from "./authority-builtin.ts";
import { CommandAuthority } from "./authority-command.ts";
import { VaultAuthority } from "./authority-vault.ts";

export type AuthorityFactory = (notAfter: Date) => Promise<Authority>;

/** A wrong name is a wrong call, and the error says what may be named. */
export function authorityOf(name: string): AuthorityFactory {
  if (name === "built-in") return (notAfter) => BuiltinAuthority.create(notAfter);
  const [, address, mount, role] = /^vault:(https?:\/\/[^/]+)\/v1\/(.+)\/([^/]+)$/.exec(name) ?? [];
  if (address && mount && role) return async () => new VaultAuthority({ address, mount }, role);
  const [, command] = /^command:\s*(\S.*)$/.exec(name) ?? [];
  if (command) return async () => new CommandAuthority(command.trim().split(/\s+/));
  throw new CommandError(
    `no authority is called ${name}; say built-in, vault:https://HOST:PORT/v1/MOUNT/ROLE or command:PROGRAM ARGUMENT...`,
    2,
  );
}
