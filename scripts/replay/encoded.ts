/** Texts that stand for bytes, read with Buffer alone: base64 and the parts of a JSON web token (RFC 7515). */

export const encode = (text: string): string => Buffer.from(text).toString("base64url");
/** The header of an unsigned token. */
export const stub = encode('{"alg":"none","typ":"JWT"}');

/** What a part of a token spells, by the letter. */
export function bytesOfPart(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return /^[A-Za-z0-9_-]*$/.test(text) && bytes.toString("base64url") === text ? bytes : undefined;
}

function isObject(bytes: Buffer | undefined): bytes is Buffer {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    JSON.parse(text);
    return text.trimStart().startsWith("{");
  } catch {
    return false;
  }
}

/** The claims of a signed or unsigned token, and the scheme before it. */
export function tokenIn(text: string): { scheme: string | undefined; payload: Buffer } | undefined {
  const [, scheme, header, claims, signature] = /^([^.,]* )?([^. ]+)\.([^. ]+)\.([^. ]*)$/s.exec(text) ?? [];
  if (header === undefined || claims === undefined || signature === undefined) return undefined;
  const payload = bytesOfPart(claims);
  const isToken = isObject(bytesOfPart(header)) && isObject(payload) && bytesOfPart(signature) !== undefined;
  return isToken ? { scheme, payload } : undefined;
}

/** What a text in base64 spells, padded as a whole or not at all. */
export function bytesIn(
  spelled: string,
  decoder: "base64" | "base64url",
): { bytes: Buffer; isPadded: boolean } | undefined {
  const bytes = Buffer.from(spelled, decoder);
  const encoded = bytes.toString(decoder);
  const padded = encoded.padEnd(Math.ceil(encoded.length / 4) * 4, "=");
  const isPadded = spelled === padded && (decoder === "base64" || spelled.endsWith("="));
  return isPadded || spelled === encoded.replace(/=+$/, "") ? { bytes, isPadded } : undefined;
}

/** The bytes in base64 once more. */
export function spell(bytes: Buffer, decoder: "base64" | "base64url", isPadded: boolean): string {
  const plain = bytes.toString(decoder).replace(/=+$/, "");
  return isPadded ? plain.padEnd(Math.ceil(plain.length / 4) * 4, "=") : plain;
}
