// frostglass keygen [--encoding base64url|hex]: a fresh root key, 32 random bytes.

import { randomBytes } from "node:crypto";
import { type Command, Option } from "commander";

export function register(program: Command): void {
  program
    .command("keygen")
    .description("print a new root key: 32 random bytes, for the environment variable that policies name")
    .addOption(
      new Option("--encoding <encoding>", "how the key is written").choices(["base64url", "hex"]).default("base64url"),
    )
    .option("--json", "one JSON object on stdout: key and encoding")
    .action(({ encoding, json }: { encoding: "base64url" | "hex"; json?: boolean }) => {
      const key = randomBytes(32).toString(encoding);
      process.stdout.write(`${json ? JSON.stringify({ key, encoding }) : key}\n`);
    });
}
