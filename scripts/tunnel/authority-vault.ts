/**
 * Certificates from HashiCorp Vault's PKI engine over its HTTP API: `issue`, `revoke`, `crl/rotate`, `crl/pem`.
 *
 * The token is read from `VAULT_TOKEN` (and `VAULT_NAMESPACE`) at each call, and stands in no file: whoever ends a session
 * needs one too. Invariant: an answer that lacks a part is an error, and no error quotes an answer.
 */
import type { Authority, Certificate, CertificateRequest, Retirement } from "./authority.ts";
import { commonNameOf, fingerprintOf, identityOf } from "./authority.ts";

export interface VaultMount {
  /** Without a path: `https://vault.example:8200`. */
  address: string;
  mount: string;
}

export class VaultAuthority implements Authority {
  readonly name: string;
  readonly #vault: VaultMount;
  readonly #role: string;
  /** What the issued certificates lead to, PEM. */
  #roots = new Set<string>();

  constructor(vault: VaultMount, role: string) {
    this.name = `vault ${vault.mount}/${role}`;
    this.#vault = vault;
    this.#role = role;
  }

  async root(): Promise<string> {
    if (this.#roots.size === 0) this.#roots.add(lines(await text(this.#vault, "ca/pem")));
    return [...this.#roots].join("");
  }

  async issue({ session, side, notAfter }: CertificateRequest): Promise<Certificate> {
    const { data } = (await call(this.#vault, `issue/${this.#role}`, {
      common_name: commonNameOf(side),
      uri_sans: identityOf(session, side),
      ttl: `${Math.max(1, Math.floor((notAfter.getTime() - Date.now()) / 1000))}s`,
      format: "pem",
      private_key_format: "pkcs8",
    })) as { data?: Partial<Record<string, string>> & { ca_chain?: string[] } };
    const { certificate, private_key: key, serial_number: serial, issuing_ca: issuer } = data ?? {};
    if (!certificate || !key || !serial || !issuer) throw new Error(`${this.name} issued no whole certificate`);
    for (const root of data?.ca_chain?.length ? data.ca_chain : [issuer]) this.#roots.add(lines(root));
    return { chain: lines(certificate), key: lines(key), serial, fingerprint: fingerprintOf(certificate) };
  }

  async revocations(): Promise<string> {
    return lines(await text(this.#vault, "crl/pem"));
  }

  async retirement(serials: string[]): Promise<Retirement> {
    return { by: "vault", ...this.#vault, serials };
  }
}

/** Revokes them and returns the list that says so. Twice is no error. */
export async function revokeInVault(vault: VaultMount, serials: readonly string[]): Promise<string> {
  for (const serial of serials) await call(vault, "revoke", { serial_number: serial });
  // A mount that rebuilds its list only now and then is asked to do it now; one that forbids it has done so already.
  await text(vault, "crl/rotate").catch(() => undefined);
  return lines(await text(vault, "crl/pem"));
}

async function call(vault: VaultMount, path: string, body: object): Promise<unknown> {
  return (await ask(vault, path, { method: "POST", body: JSON.stringify(body) })).json();
}

async function text(vault: VaultMount, path: string): Promise<string> {
  return (await ask(vault, path, { method: "GET" })).text();
}

async function ask({ address, mount }: VaultMount, path: string, init: RequestInit): Promise<Response> {
  const token = process.env.VAULT_TOKEN;
  if (!token) throw new Error("Vault needs a token in VAULT_TOKEN; log in with: vault login");
  const namespace = process.env.VAULT_NAMESPACE;
  const headers = {
    "x-vault-request": "true",
    "x-vault-token": token,
    ...(namespace ? { "x-vault-namespace": namespace } : {}),
  };
  const where = `Vault at ${address}, ${mount}/${path}`;
  const signal = AbortSignal.timeout(10_000);
  const response = await fetch(`${address}/v1/${mount}/${path}`, { ...init, headers, signal }).catch(() => {
    throw new Error(`${where} does not answer; is the address right, and Vault unsealed?`);
  });
  if (response.ok) return response;
  const remedy = response.status === 403 ? "does the token's policy allow it?" : "do mount and role exist?";
  throw new Error(`${where} answered ${response.status}; ${remedy}`);
}

const lines = (pem: string): string => `${pem.trim()}\n`;
