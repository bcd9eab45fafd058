// Headers that carry persons and credentials by habit: what proxies, clouds, single sign-on and clients add to requests.
// Sources: RFC 7239 (forwarded), RFC 9110 (from, referer, user-agent), W3C baggage and client hints, and the documents of
// Envoy, NGINX, Cloudflare, Akamai, Fastly, AWS, Azure, Google Cloud, Vercel, Netlify, Fly and oauth2-proxy; of the Berlin
// Group (psu-*) and Open Banking UK (x-fapi-*).

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

export const emailHeaders = [
  "from",
  "x-user-email",
  "x-forwarded-email",
  "x-auth-request-email",
  "x-goog-authenticated-user-email",
  "cf-access-authenticated-user-email",
  "x-auth-email",
];

/** Who has signed in, as gateways tell the services behind them. */
export const identityHeaders = [
  "remote-user",
  "x-remote-user",
  "x-user-id",
  "x-user-name",
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
  "api-key",
  "apikey",
  "x-api-key",
  "x-apikey",
  "x-api-secret",
  "x-api-token",
  "x-auth-token",
  "x-auth-key",
  "x-access-token",
  "x-id-token",
  "x-refresh-token",
  "x-session-id",
  "x-session-token",
  "x-csrf-token",
  "x-csrftoken",
  "x-xsrf-token",
  "x-otp",
  "x-client-secret",
  "x-amz-security-token",
  "x-amzn-oidc-accesstoken",
  "x-ms-token-*",
  "x-functions-key",
  "ocp-apim-subscription-key",
  "x-goog-api-key",
  "x-goog-iam-authorization-token",
  "x-goog-iap-jwt-assertion",
  "cf-access-client-secret",
  "cf-access-jwt-assertion",
  "x-vault-token",
  "x-consul-token",
  "private-token",
  "job-token",
  "x-gitlab-token",
  "x-github-otp",
  "x-registry-auth",
  "x-rapidapi-key",
  "x-algolia-api-key",
  "x-shopify-access-token",
  "x-shopify-storefront-access-token",
  "dd-api-key",
  "dd-application-key",
  "x-honeycomb-team",
  "x-sentry-auth",
  "plaid-secret",
  "paypal-auth-assertion",
  "stripe-signature",
  "x-hub-signature*",
  "x-slack-signature",
  "x-twilio-signature",
  "x-shopify-hmac-sha256",
  "x-webhook-secret",
];
