/** A filter behind every other one of the listener: it makes each request one of the canary's user, and the route new. */
export const rerouting = (header: string, user: string): string => `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: rerouting, namespace: istio-system}
spec:
  workloadSelector: {labels: {istio: ingressgateway}}
  priority: 2000
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      context: GATEWAY
      listener:
        filterChain:
          filter:
            name: envoy.filters.network.http_connection_manager
            subFilter: {name: envoy.filters.http.router}
    patch:
      operation: INSERT_BEFORE
      value:
        name: rerouting
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
          default_source_code:
            inline_string: |
              function envoy_on_request(handle)
                handle:headers():replace("${header}", "${user}")
                handle:clearRouteCache()
              end
`;
