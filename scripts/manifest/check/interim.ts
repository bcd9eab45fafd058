/**
 * Interim answers (103 Early Hints) come to no filter: where Envoy sends them on, their headers leave as the service wrote
 * them. What is hidden in headers of answers makes that a leak; else it is worth knowing.
 */
import { field, type Manifest, type Path, walk } from "./source.ts";
import type { Found } from "./wasm.ts";

export function checkInterim(manifest: Manifest, found: readonly Found[]): void {
  const hides = found.some(({ settings }) => settings?.hidesInHeadersOfAnswers);
  const report = (path: Path, message: string, remedy: string): void => {
    if (hides) manifest.error("interim-answers", path, message, remedy);
    else manifest.warning("interim-answers", path, message, remedy);
  };
  for (const [object, path] of walk(manifest.value)) {
    if (field(object, "proxy_100_continue") === true) {
      const name = "proxy_100_continue" in object ? "proxy_100_continue" : "proxy100Continue";
      const message = "interim answers (103 Early Hints) are sent on, and their headers come to no filter";
      report([...path, name], message, "remove it; on Istio set ENABLE_100_CONTINUE_HEADERS=false for istiod");
    }
    if (!Array.isArray(object.env)) continue;
    for (const [index, entry] of object.env.entries()) {
      const isOn = /^(1|true)$/.test(String(field(entry, "value")));
      if (field(entry, "name") !== "ENABLE_100_CONTINUE_HEADERS" || !isOn) continue;
      const message = "every gateway and sidecar sends interim answers on, and their headers come to no filter";
      report([...path, "env", index], message, "set it to false: true is its default");
    }
  }
}
