/** HTTP/1.0 has no chunks: a body whose length changes cannot be sent to, or taken from, a peer that speaks it. */
import { field, type Manifest, walk } from "./source.ts";

export function checkHttp10(manifest: Manifest): void {
  for (const [object, path] of walk(manifest.value)) {
    const metadata = path.at(-1) === "proxyMetadata" && /^(1|true)$/.test(String(object.ISTIO_META_HTTP10));
    if (field(object, "accept_http_10") === true || metadata) {
      const name = metadata ? "ISTIO_META_HTTP10" : "accept_http_10" in object ? "accept_http_10" : "acceptHttp10";
      const message = "HTTP/1.0 is accepted, in which a body without a known length cannot be sent on";
      manifest.error("http10", [...path, name], message, "remove it: HTTP/1.1 is what every client of today speaks");
    }
    const list = object.env;
    if (!Array.isArray(list)) continue;
    for (const [index, entry] of list.entries()) {
      if (field(entry, "name") !== "PILOT_HTTP10" || !/^(1|true)$/.test(String(field(entry, "value")))) continue;
      const message = "PILOT_HTTP10 makes every gateway and sidecar accept HTTP/1.0";
      manifest.error("http10", [...path, "env", index], message, "remove it");
    }
  }
}
