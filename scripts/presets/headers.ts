// Headers that carry persons and credentials by habit: what proxies, clouds, single sign-on and clients add to requests.
// Sources: RFC 7239 (forwarded), RFC 9110 (from, referer, user-agent), W3C baggage and client hints, and the documents of
// Envoy, NGINX, Cloudflare, Akamai, Fastly, AWS, Azure, Google Cloud, Vercel, Netlify, Fly and oauth2-proxy; of the Berlin
// Group (psu-*) and Open Banking UK (x-fapi-*); of Kong, Grafana, Authelia, authentik, Pomerium, Tailscale and ingress-nginx.

/** Addresses of all who passed a request on. */
export const addressLists = [
  "x-forwarded-for",
  "forwarded",
  "x-forwarded",
  "forwarded-for",
  "x-original-forwarded-for",
  "x-cluster-client-ip",
  "x-vercel-forwarded-for",
  "x-proxyuser-ip",
];

/** The address of the client alone. */
export const oneAddress = [
  "x-real-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "cf-connecting-ipv6",
  "cf-pseudo-ipv4",
  "fastly-client-ip",
  "fly-client-ip",
  "x-client-ip",
  "client-ip",
  "x-remote-ip",
  "x-remote-addr",
  "x-originating-ip",
  "x-azure-clientip",
  "x-azure-socketip",
  "x-appengine-user-ip",
  "x-nf-client-connection-ip",
  "wl-proxy-client-ip",
  "proxy-client-ip",
  "x-envoy-external-address",
  "x-fapi-customer-ip-address",
  "psu-ip-address",
];

/**
 * What looks like an address and is hardly ever one: the machine itself, and the arcs that object identifiers begin with, of
 * enterprises (1.3.6.1.4.1, which names attributes of SAML and LDAP) and of health care in Australia, Austria and France.
 * These four can be somebody's address, too, and are left in texts then; each FHIR and SAML document has the others.
 */
export const noAddresses = ["127.0.0.1", "0.0.0.0", "1.3.6.1", "1.2.36.1", "1.2.40.0", "1.2.250.1"];

export const emailHeaders = [
  "from",
  "x-user-email",
  "x-forwarded-email",
  "x-auth-request-email",
  "x-goog-authenticated-user-email",
  "cf-access-authenticated-user-email",
  "x-auth-email",
  "x-webauth-email",
  "x-authenticated-email",
  "x-authentik-email",
  "x-pomerium-claim-email",
  "remote-email",
];

/** Where a client is, as networks of delivery guess it from its address. */
export const placeHeaders = [
  "x-vercel-ip-city",
  "x-vercel-ip-latitude",
  "x-vercel-ip-longitude",
  "x-vercel-ip-postal-code",
  "cf-ipcity",
  "cf-iplatitude",
  "cf-iplongitude",
  "cf-postal-code",
  "cf-metro-code",
  "cloudfront-viewer-city",
  "cloudfront-viewer-latitude",
  "cloudfront-viewer-longitude",
  "cloudfront-viewer-postal-code",
  "cloudfront-viewer-metro-code",
  "x-appengine-city",
  "x-appengine-citylatlong",
  "x-client-geo-location",
  "x-geo-city",
  "x-nf-geo",
];

/** Who has signed in, as gateways tell the services behind them. */
export const identityHeaders = [
  "remote-user",
  "x-remote-user",
  "x-user-id",
  "x-user-name",
  "x-user",
  "x-userid",
  "x-forwarded-user",
  "x-forwarded-preferred-username",
  "x-forwarded-groups",
  "x-auth-request-user",
  "x-auth-request-preferred-username",
  "x-authenticated-user",
  "x-authenticated-userid",
  "x-goog-authenticated-user-id",
  "x-goog-iap-jwt-assertion",
  "cf-access-jwt-assertion",
  "x-amzn-oidc-data",
  "x-amzn-oidc-identity",
  "x-ms-client-principal*",
  "psu-id",
  "x-msisdn",
  "x-up-calling-line-id",
  "x-hasura-user-id",
  "x-webauth-user",
  "x-webauth-name",
  "x-consumer-username",
  "x-credential-username",
  "x-authentik-username",
  "x-authentik-name",
  "x-authentik-uid",
  "x-authentik-jwt",
  "x-pomerium-jwt-assertion",
  "remote-name",
  "tailscale-user-*",
  "x-ssl-client-dn",
  "x-ssl-client-s-dn",
  "x-ssl-client-cn",
  "x-ssl-client-cert",
  "ssl-client-cert",
  "ssl-client-subject-dn",
  "x-amzn-mtls-clientcert*",
  "x-arr-clientcert",
];

/** What tells one device or browser from others. */
export const deviceHeaders = [
  "user-agent",
  "sec-ch-ua*",
  "x-customer-user-agent",
  "psu-user-agent",
  "psu-device-id",
  "x-device-id",
  "x-device-user-agent",
  "x-wap-profile",
];

/** What travels with a trace, whatever services put into it. */
export const contextHeaders = ["baggage", "baggage-*", "uberctx-*", "ot-baggage-*"];

export const credentialHeaders = [
  "authorization",
  "proxy-authorization",
  "authentication",
  "dpop",
  "*-api-key",
  "*-secret",
  "*-access-token",
  "*-auth-token",
  "*-id-token",
  "api-key",
  "apikey",
  "x-apikey",
  "x-api-token",
  "x-auth-key",
  "x-refresh-token",
  "x-session-id",
  "x-session-token",
  "x-csrf-token",
  "x-csrftoken",
  "x-xsrf-token",
  "x-otp",
  "x-amz-security-token",
  "x-amzn-oidc-accesstoken",
  "x-ms-token-*",
  "x-functions-key",
  "ocp-apim-subscription-key",
  "x-goog-iam-authorization-token",
  "x-goog-iap-jwt-assertion",
  "cf-access-jwt-assertion",
  "x-vault-token",
  "x-consul-token",
  "private-token",
  "job-token",
  "x-gitlab-token",
  "x-github-otp",
  "x-registry-auth",
  "x-rapidapi-key",
  "dd-application-key",
  "x-honeycomb-team",
  "x-sentry-auth",
  "paypal-auth-assertion",
  "stripe-signature",
  "x-hub-signature*",
  "x-slack-signature",
  "x-twilio-signature",
  "x-shopify-hmac-sha256",
  "x-authentik-jwt",
  "x-pomerium-jwt-assertion",
  "x-jwt-assertion",
  "x-plex-token",
];
