/**
 * The listener on which a laptop opens its tunnel: mutual TLS with the certificate of this very session, then Envoy's
 * reverse-tunnel handshake with the session's token.
 *
 * Invariants: the certificate must chain to the session's root, name the session's laptop and not be revoked; the token
 * must be signed by the session's key, and the tunnel registers under the session's id or not at all; what fails is
 * refused before any socket is kept.
 */
import type { JsonObject } from "../manifest/filter.ts";
import { type Certificate, identityOf } from "./authority.ts";
import { type Edge, uplinkListener } from "./edge.ts";
import { pemFile, socketAddress, type, typed } from "./resources.ts";
import { tokenAudience, tokenIssuer } from "./token.ts";

export interface UplinkTrust {
  session: string;
  certificate: Certificate;
  root: string;
  revocations: string | undefined;
  /** The key set that proves the token. */
  keySet: string;
}

/** How long TLS may take, and then the tunnel's handshake. */
export const connectSeconds = 5;
export const handshakeSeconds = 5;

const claims = "frostglass.tunnel";

export function uplink(edge: Edge, trust: UplinkTrust): JsonObject {
  return typed("envoy.config.listener.v3.Listener", {
    name: uplinkListener,
    stat_prefix: uplinkListener,
    address: socketAddress(edge.uplink),
    filter_chains: [
      {
        transport_socket_connect_timeout: `${connectSeconds}s`,
        transport_socket: {
          name: "envoy.transport_sockets.tls",
          typed_config: {
            "@type": `${type}envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext`,
            require_client_certificate: true,
            // A resumed session would skip the look at the revocation list.
            disable_stateful_session_resumption: true,
            disable_stateless_session_resumption: true,
            common_tls_context: tlsContext(trust, trust.certificate, identityOf(trust.session, "laptop")),
          },
        },
        filters: [
          {
            name: "envoy.filters.network.reverse_tunnel",
            typed_config: {
              "@type": `${type}envoy.extensions.filters.network.reverse_tunnel.v3.ReverseTunnel`,
              ping_interval: "2s",
              handshake_timeout: `${handshakeSeconds}s`,
              jwt_validator: {
                issuer: tokenIssuer,
                audiences: [tokenAudience],
                local_jwks: { inline_string: trust.keySet },
                claims_metadata_namespace: claims,
              },
              validation: { node_id_format: `%DYNAMIC_METADATA(${claims}:sub)%` },
            },
          },
        ],
      },
    ],
  });
}

/** TLS 1.3 with a certificate of one's own, and a demand on the identity of the other side. */
export function tlsContext(
  { root, revocations }: Pick<UplinkTrust, "root" | "revocations">,
  { chain, key }: Certificate,
  peer: string,
): JsonObject {
  return {
    tls_params: { tls_minimum_protocol_version: "TLSv1_3", tls_maximum_protocol_version: "TLSv1_3" },
    tls_certificates: [{ certificate_chain: pemFile(chain), private_key: pemFile(key) }],
    validation_context: {
      trusted_ca: pemFile(root),
      // The list of the one that issued them; those above it publish lists of their own.
      ...(revocations === undefined ? {} : { crl: pemFile(revocations), only_verify_leaf_cert_crl: true }),
      match_typed_subject_alt_names: [{ san_type: "URI", matcher: { exact: peer } }],
    },
  };
}
