/**
 * Key material of session tokens, as environments and files hold it.
 *
 * Invariant: a secret is read exactly as the filter reads it (assembly/filter/secret.ts): hex when it is hex, else base64
 * or base64url; a message names the variable or the file, and never quotes what it holds.
 */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { CommandError } from "../console.ts";
import { MIN } from "../policy/constants.ts";

/** Where `token mint` finds the private key of ES256 and RS256 when no file is named. */
export const privateKeyVariable = "FROSTGLASS_TOKEN_PRIVATE_KEY";

/** The bytes of a secret; undefined when the text is none of at least 32 bytes. */
export function decodeSecret(text: string): Buffer | undefined {
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(text);
  if (!isHex && !/^[\w+/-]+={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, isHex ? "hex" : "base64url");
  return bytes.length >= MIN.HMAC_KEY ? bytes : undefined;
}

/** The secret of HS256 from the variable that the policy names. */
export function requireSecret(variable: string): Buffer {
  const text = process.env[variable];
  if (!text) {
    throw new CommandError(`${variable} is not set; export ${variable}=$(npx frostglass keygen --type hmac)`);
  }
  const secret = decodeSecret(text);
  if (!secret) throw new CommandError(`${variable} does not hold at least ${MIN.HMAC_KEY} bytes as hex or base64url`);
  return secret;
}

/** A private key from a PEM file, or from the environment; undefined when neither is there. */
export function readPrivateKey(file: string | undefined): KeyObject | undefined {
  const name = file ?? privateKeyVariable;
  let pem = process.env[privateKeyVariable];
  try {
    if (file !== undefined) pem = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(`${file} cannot be read (${code}); check the path`, 2);
  }
  if (!pem) return undefined;
  try {
    return createPrivateKey(pem);
  } catch {
    throw new CommandError(`${name} holds no private key as PEM; make one with: npx frostglass keygen --type ec`);
  }
}
