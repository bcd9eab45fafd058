/**
 * Dials an uplink as a laptop's Envoy does, TLS and handshake, and tells how far it came. The connection is closed in
 * any case: a tunnel that was wrongly accepted is gone at once.
 */
import { connect } from "node:tls";
import { deferred } from "../deferred.ts";
import { commonNameOf } from "./authority.ts";
import type { Address } from "./resources.ts";

export interface Dial {
  session: string;
  root: string;
  /** Without one no certificate is shown. */
  certificate?: { chain: string; key: string } | undefined;
  token?: string | undefined;
}

export type Answer =
  /** No TCP connection: nobody listens. */
  | { at: "tcp"; reason: string }
  /** The TLS alert or error that ended it. */
  | { at: "tls"; reason: string }
  /** The status of the handshake; 200 is a tunnel. */
  | { at: "handshake"; status: number };

const timeout = 5_000;

export function dial({ host, port }: Address, { session, root, certificate, token }: Dial): Promise<Answer> {
  const { promise, resolve } = deferred<Answer>();
  const socket = connect({
    host,
    port,
    ca: root,
    // Like Envoy: an issuer below the root may be what is trusted.
    allowPartialTrustChain: true,
    minVersion: "TLSv1.3",
    servername: commonNameOf("edge"),
    ...(certificate ? { cert: certificate.chain, key: certificate.key } : {}),
  });
  let read = "";
  socket.setTimeout(timeout, () => socket.destroy(new Error("no answer")));
  socket.on("secureConnect", () => {
    const lines = [
      "GET /reverse_connections/request HTTP/1.1",
      `host: ${host}`,
      `x-envoy-reverse-tunnel-node-id: ${session}`,
      "x-envoy-reverse-tunnel-cluster-id: laptop",
      "x-envoy-reverse-tunnel-tenant-id: frostglass",
      ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
      "content-length: 0",
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  });
  socket.setEncoding("latin1").on("data", (text: string) => {
    read += text;
    const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(read) ?? [];
    if (status === undefined) return;
    resolve({ at: "handshake", status: Number(status) });
    socket.destroy();
  });
  // In TLS 1.3 a server's word on the client's certificate comes after the client's side of the handshake is over.
  socket.on("error", (error: NodeJS.ErrnoException & { reason?: string }) => {
    const at = error.syscall === "connect" ? "tcp" : "tls";
    resolve({ at, reason: error.reason ?? error.code ?? error.message });
  });
  socket.on("close", () => resolve({ at: "tls", reason: "closed" }));
  return promise;
}

export const isTunnel = (answer: Answer): boolean => answer.at === "handshake" && answer.status === 200;

export function describe(answer: Answer): string {
  return answer.at === "handshake" ? `handshake answered ${answer.status}` : `${answer.at}: ${answer.reason}`;
}
