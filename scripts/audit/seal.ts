/**
 * Seals: HMAC-SHA-256 over a record that names the head of every writer. Who has no key can neither change what stands
 * above a seal, nor close a log that was cut.
 *
 * Invariants: the key is 32 bytes from the environment and stands in no record, only its id does; the MAC covers the
 * whole record, `prev` included, so all that stands above.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { canonical } from "./canonical.ts";
import type { RecordOf } from "./record.ts";

export const KEY_VARIABLE = "FROSTGLASS_AUDIT_KEY";

/** A different label for each use, so that no output of one can stand for another. */
const SEAL = "frostglass audit seal 1\0";
const KEY_ID = "frostglass audit key id 1\0";

export class SealKey {
  /** Names the key in seals. */
  readonly id: string;
  readonly #bytes: Buffer;

  /** From the text of an environment variable: 32 bytes as hex or base64url. */
  static parse(text: string): SealKey {
    const bytes = /^[0-9a-f]{64}$/i.test(text)
      ? Buffer.from(text, "hex")
      : /^[\w-]{43}=?$/.test(text)
        ? Buffer.from(text, "base64url")
        : undefined;
    if (bytes?.length !== 32)
      throw new Error("an audit key is 32 bytes as hex or base64url; `frostglass keygen` makes one");
    return new SealKey(bytes);
  }

  /** The key in this variable of the environment; undefined when it is not set. */
  static fromEnvironment(variable = KEY_VARIABLE): SealKey | undefined {
    const text = process.env[variable];
    return text === undefined || text === "" ? undefined : SealKey.parse(text.trim());
  }

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.id = this.#hmac(KEY_ID, "").slice(0, 16);
  }

  macOf(seal: Omit<RecordOf<"log.sealed">, "hash">): string {
    return this.#hmac(SEAL, canonical({ ...seal, hash: undefined, data: { ...seal.data, mac: undefined } }));
  }

  fits(seal: RecordOf<"log.sealed">): boolean {
    return timingSafeEqual(Buffer.from(this.macOf(seal), "hex"), Buffer.from(seal.data.mac, "hex"));
  }

  #hmac(label: string, text: string): string {
    return createHmac("sha256", this.#bytes).update(label).update(text).digest("hex");
  }
}
