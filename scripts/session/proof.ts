/**
 * The proof that a session's credentials are worthless: they are tried, one by one, on the edge that took them before.
 *
 * Two uplinks are put up for a moment, with a key set of which nobody has the private key:
 * - the session's own authority, its certificates revoked: the old certificate must fail in TLS, as revoked;
 * - another authority, which issues a fresh certificate of the very same name: with it TLS succeeds, and the old token
 *   must fail in the handshake; the old certificate must fail as one of an unknown authority.
 *
 * Invariant: no tunnel can come of either, whoever dials: the key set accepts nobody.
 */
import { BuiltinAuthority } from "../tunnel/authority-builtin.ts";
import { type Answer, describe, dial, isTunnel } from "../tunnel/dial.ts";
import { uplinkListener } from "../tunnel/edge.ts";
import { deadKeySet } from "../tunnel/token.ts";
import { uplink } from "../tunnel/uplink.ts";
import type { Gateway } from "./gateway.ts";
import type { SessionState } from "./state.ts";

export async function proveRefused(
  gateway: Gateway,
  state: SessionState,
  revocations: string | undefined,
): Promise<{ token: boolean; certificate: boolean }> {
  const { id: session, secrets } = state;
  const { root, edge, laptop, token } = secrets!;
  const keySet = await deadKeySet();
  const attempt = async (name: string, credentials: Omit<Parameters<typeof dial>[1], "session">): Promise<Answer> => {
    const port = (await gateway.admin.port(uplinkListener)) ?? gateway.edge.uplink.port;
    const answer = await dial({ host: gateway.edge.uplink.host, port }, { session, ...credentials });
    if (!isTunnel(answer)) {
      const data = { code: name, node: session, tokenId: state.token.id };
      await gateway.audit.append("tunnel.refused", data, { session });
    }
    await gateway.observe("refused", `${name}: ${describe(answer)}`);
    return answer;
  };
  await gateway.pushListeners(uplink(gateway.edge, { session, certificate: edge, root, revocations, keySet }));
  const revoked = await attempt("certificate_revoked", { root, certificate: laptop, token });
  const notAfter = new Date(Date.now() + 10 * 60_000);
  const other = await BuiltinAuthority.create(notAfter);
  const fresh = {
    session,
    certificate: await other.issue({ session, side: "edge", notAfter }),
    root: await other.root(),
    revocations: await other.revocations(),
    keySet,
  };
  await gateway.pushListeners(uplink(gateway.edge, fresh));
  const certificate = await other.issue({ session, side: "laptop", notAfter });
  const replayed = await attempt("token_ended", { root: fresh.root, certificate, token });
  const unknown = await attempt("certificate_unknown", { root: fresh.root, certificate: laptop, token });
  return {
    // A handshake that was not reached proves nothing about the token.
    token: replayed.at === "handshake" && !isTunnel(replayed),
    certificate: (revocations === undefined || revoked.at === "tls") && unknown.at === "tls",
  };
}
