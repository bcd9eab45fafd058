/**
 * Where the certificates of a tunnel come from: one interface, three kinds (built in, HashiCorp Vault, a command).
 *
 * Invariants: a certificate names its session in a URI (`spiffe://frostglass/session/<id>/<side>`), which the other side
 * demands; it ends with the session; a private key leaves the authority once and stands in no report.
 */

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

export interface Authority {
  /** How reports call it. */
  readonly name: string;
  /** PEM of what both sides trust. */
  root(): Promise<string>;
  issue(request: CertificateRequest): Promise<Certificate>;
  revoke(serial: string): Promise<void>;
  /** PEM of the revocation list; undefined where the authority has none. */
  revocations(): Promise<string | undefined>;
}

export const identityOf = (session: string, side: Side): string => `spiffe://frostglass/session/${session}/${side}`;

/** Common name, DNS name and nothing of a person. */
export const commonNameOf = (side: Side): string => `${side}.tunnel.frostglass.internal`;
