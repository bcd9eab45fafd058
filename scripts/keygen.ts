// frostglass keygen [--type root|hmac|ec|rsa]: a fresh key: 32 random bytes, or a pair for session tokens as PEM.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { type Command, Option } from "commander";

interface Options {
  type: "root" | "hmac" | "ec" | "rsa";
  encoding: "base64url" | "hex";
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command("keygen")
    .description("print a new key, for the environment variable that policies name")
    .addOption(
      new Option("--type <type>", "root: the root key; hmac, ec, rsa: signs session tokens (HS256, ES256, RS256)")
        .choices(["root", "hmac", "ec", "rsa"])
        .default("root"),
    )
    .addOption(
      new Option("--encoding <encoding>", "how 32 random bytes are written")
        .choices(["base64url", "hex"])
        .default("base64url"),
    )
    .option("--json", "one JSON object on stdout: key and encoding, or privateKey and publicKey")
    .addHelpText(
      "after",
      `
ec and rsa print the private key and then the public key, which the policy names (activation.jwt.publicKey).

Examples:
  $ export FROSTGLASS_KEY=$(frostglass keygen)
  $ export FROSTGLASS_TOKEN_KEY=$(frostglass keygen --type hmac)
  $ frostglass keygen --type ec >token-key.pem`,
    )
    .action(({ type, encoding, json }: Options) => {
      if (type === "ec" || type === "rsa") {
        const pair = makePair(type);
        process.stdout.write(json ? `${JSON.stringify(pair)}\n` : pair.privateKey + pair.publicKey);
        return;
      }
      const key = randomBytes(32).toString(encoding);
      process.stdout.write(`${json ? JSON.stringify({ key, encoding }) : key}\n`);
    });
}

function makePair(type: "ec" | "rsa"): { privateKey: string; publicKey: string } {
  const { privateKey, publicKey } =
    type === "ec"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 3072 });
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}
