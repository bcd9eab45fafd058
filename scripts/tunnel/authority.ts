/**
 * Where the certificates of a tunnel come from: one interface, three kinds (built in, HashiCorp Vault, a command).
 *
 * Invariants: a certificate names its session in a URI (`spiffe://frostglass/session/<id>/<side>`), which the other side
 * demands; it ends with the session; a private key leaves the authority once and stands in no report.
 */
import { X509Certificate } from "node:crypto";

export type Side = "edge" | "laptop";

export interface Certificate {
  /** PEM, the leaf first. */
  chain: string;
  /** PEM, PKCS #8. */
  key: string;
  /** Hex, as the authority knows it. */
  serial: string;
  /** SHA-256 of the leaf, hex. */
  fingerprint: string;
}

export interface CertificateRequest {
  session: string;
  side: Side;
  notAfter: Date;
}

/** How the certificates of a session are withdrawn later, by a process that no longer has the authority. */
export type Retirement =
  /** A revocation list that was signed ahead, since its signing key is gone with the process. */
  | { by: "list"; pem: string }
  | { by: "vault"; address: string; mount: string; serials: string[] }
  | { by: "command"; command: string[]; serials: string[] };

export interface Authority {
  /** How reports call it. */
  readonly name: string;
  /** PEM of what both sides trust. */
  root(): Promise<string>;
  issue(request: CertificateRequest): Promise<Certificate>;
  /** The revocation list as it stands; undefined where the authority has none. */
  revocations(): Promise<string | undefined>;
  /** Prepares the end of these certificates. */
  retirement(serials: string[]): Promise<Retirement>;
}

export const identityOf = (session: string, side: Side): string => `spiffe://frostglass/session/${session}/${side}`;

/** Common name, DNS name and nothing of a person. */
export const commonNameOf = (side: Side): string => `${side}.tunnel.frostglass.internal`;

/** SHA-256 of the first certificate of a chain, hex. */
export const fingerprintOf = (chain: string): string =>
  new X509Certificate(chain).fingerprint256.replaceAll(":", "").toLowerCase();

export const serialOf = (chain: string): string => new X509Certificate(chain).serialNumber.toLowerCase();
