/**
 * A small Vault: the part of its PKI engine's HTTP API that a session asks for, with the parameters, the answers and the
 * refusals that Vault's API documentation describes. Behind it stands the built-in authority.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { Side } from "../../scripts/tunnel/authority.ts";
import { BuiltinAuthority } from "../../scripts/tunnel/authority-builtin.ts";

interface IssueRequest {
  common_name: string;
  uri_sans: string;
  ttl: string;
  format: string;
  private_key_format: string;
}

export class FakeVault {
  readonly token = "hvs.test";
  readonly issued: IssueRequest[] = [];
  readonly revoked: string[] = [];
  readonly #authority: BuiltinAuthority;
  readonly #server: Server;

  static async start(): Promise<FakeVault> {
    const vault = new FakeVault(await BuiltinAuthority.create(new Date(Date.now() + 24 * 3_600_000)));
    await new Promise<void>((resolve) => vault.#server.listen(0, "127.0.0.1", resolve));
    return vault;
  }

  private constructor(authority: BuiltinAuthority) {
    this.#authority = authority;
    this.#server = createServer(async (request, response) => {
      const answer = (status: number, body: object | string): void => {
        const text = typeof body === "string" ? body : JSON.stringify(body);
        response.writeHead(status, { "content-type": typeof body === "string" ? "text/plain" : "application/json" });
        response.end(text);
      };
      if (request.headers["x-vault-token"] !== this.token) return answer(403, { errors: ["permission denied"] });
      switch (`${request.method} ${request.url}`) {
        case "POST /v1/pki_tunnel/issue/frostglass":
          return answer(200, { data: await this.#issue((await json(request)) as IssueRequest) });
        case "POST /v1/pki_tunnel/revoke":
          this.revoked.push(((await json(request)) as { serial_number: string }).serial_number);
          return answer(200, { data: { revocation_time: 1 } });
        case "GET /v1/pki_tunnel/crl/rotate":
          return answer(200, { data: { success: true } });
        case "GET /v1/pki_tunnel/crl/pem":
          return answer(200, await this.#list());
        default:
          return answer(404, { errors: [] });
      }
    });
  }

  /** As `--ca` names it. */
  get name(): string {
    return `vault:http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/pki_tunnel/frostglass`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Vault writes serial numbers in pairs with colons, and PEM without a line feed at its end. */
  async #issue(asked: IssueRequest): Promise<object> {
    this.issued.push(asked);
    const [, session, side] = /^spiffe:\/\/frostglass\/session\/([^/]+)\/(edge|laptop)$/.exec(asked.uri_sans)!;
    const notAfter = new Date(Date.now() + Number.parseInt(asked.ttl, 10) * 1000);
    const { chain, key, serial } = await this.#authority.issue({ session: session!, side: side as Side, notAfter });
    const root = (await this.#authority.root()).trimEnd();
    return {
      certificate: chain.trimEnd(),
      issuing_ca: root,
      ca_chain: [root],
      private_key: key.trimEnd(),
      private_key_type: "ec",
      serial_number: serial.match(/../g)!.join(":"),
    };
  }

  async #list(): Promise<string> {
    const serials = this.revoked.map((serial) => serial.replaceAll(":", ""));
    const retirement = await this.#authority.retirement(serials);
    return retirement.by === "list" ? retirement.pem.trimEnd() : "";
  }
}
