/**
 * The built-in authority: a root made for one session, whose key is held by this process alone and is gone with it. The
 * revocation list that ends the session is signed at its start.
 *
 * ECDSA on P-256. RFC 5280: extended key usage by side, URI in the subject alternative name, revocation list signed by
 * the root.
 */
// The dependency injection of @peculiar/x509 asks for it, before anything else.
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
  X509CrlReason,
} from "@peculiar/x509";
import {
  type Authority,
  type Certificate,
  type CertificateRequest,
  commonNameOf,
  fingerprintOf,
  identityOf,
  type Retirement,
} from "./authority.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const crypto = webcrypto as unknown as Crypto;

const reason = X509CrlReason.cessationOfOperation;

/** Clocks of two machines differ; a certificate of this very second must work on the other one. */
const clockSkew = 60_000;

export class BuiltinAuthority implements Authority {
  readonly name = "built-in";
  readonly #root: X509Certificate;
  readonly #key: CryptoKey;

  /** A new root that lives until `notAfter`. */
  static async create(notAfter: Date): Promise<BuiltinAuthority> {
    const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const root = await X509CertificateGenerator.createSelfSigned(
      {
        serialNumber: newSerial(),
        name: "CN=frostglass session root",
        notBefore: new Date(Date.now() - clockSkew),
        notAfter,
        signingAlgorithm: algorithm,
        keys,
        extensions: [
          new BasicConstraintsExtension(true, 0, true),
          new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
          await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
        ],
      },
      crypto,
    );
    return new BuiltinAuthority(root, keys.privateKey);
  }

  private constructor(root: X509Certificate, key: CryptoKey) {
    this.#root = root;
    this.#key = key;
  }

  async root(): Promise<string> {
    return pem(this.#root.toString("pem"));
  }

  async issue({ session, side, notAfter }: CertificateRequest): Promise<Certificate> {
    const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const serialNumber = newSerial();
    const leaf = await X509CertificateGenerator.create(
      {
        serialNumber,
        subject: `CN=${commonNameOf(side)}`,
        issuer: this.#root.subject,
        notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - clockSkew),
        notAfter,
        signingAlgorithm: algorithm,
        publicKey: keys.publicKey,
        signingKey: this.#key,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([side === "edge" ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth]),
          new SubjectAlternativeNameExtension([
            { type: "url", value: identityOf(session, side) },
            { type: "dns", value: commonNameOf(side) },
          ]),
          await AuthorityKeyIdentifierExtension.create(this.#root, false, crypto),
        ],
      },
      crypto,
    );
    const chain = pem(leaf.toString("pem"));
    return { chain, key: await privatePem(keys.privateKey), serial: serialNumber, fingerprint: fingerprintOf(chain) };
  }

  revocations(): Promise<string> {
    return this.#list([]);
  }

  async retirement(serials: string[]): Promise<Retirement> {
    return { by: "list", pem: await this.#list(serials) };
  }

  async #list(serials: readonly string[]): Promise<string> {
    const list = await X509CrlGenerator.create(
      {
        issuer: this.#root.subject,
        thisUpdate: new Date(Date.now() - clockSkew),
        nextUpdate: this.#root.notAfter,
        signingAlgorithm: algorithm,
        signingKey: this.#key,
        // With a reason, for the library writes an empty list of extensions without one, which BoringSSL refuses to read.
        entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: new Date(), reason })),
        extensions: [await AuthorityKeyIdentifierExtension.create(this.#root, false, crypto)],
      },
      crypto,
    );
    // The label that OpenSSL and BoringSSL know; the library writes "CRL".
    return pem(PemConverter.encode(list.rawData, "X509 CRL"));
  }
}

/** 127 random bits: positive in DER without a padding byte (RFC 5280, 4.1.2.2). */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0]! = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString("hex");
}

async function privatePem(key: CryptoKey): Promise<string> {
  return pem(PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), PemConverter.PrivateKeyTag));
}

const pem = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);
