/**
 * What stands in a plugin configuration: the binary policy, or, where that is large, its gzip, which the filter reads as
 * well. With presets in it a policy would else be larger than what `kubectl apply` keeps in an annotation.
 *
 * Invariant: the same policy gives the same bytes on every machine, which Node's own zlib does not promise.
 */
import { gunzipSync } from "node:zlib";
import { gzipSync } from "fflate";
import { MAX } from "../policy/constants.ts";

/** Below this a policy stays as it is: nothing is gained, and two versions of it can be told apart by eye. */
const PACKED_FROM = 16 * 1024;

export const packed = (binary: Uint8Array): Uint8Array =>
  binary.length < PACKED_FROM ? binary : gzipSync(binary, { level: 9, mtime: 0 });

/** The binary policy of a configuration; undefined for a gzip that is damaged or too large. */
export function unpacked(configuration: Uint8Array): Uint8Array | undefined {
  if (configuration[0] !== 0x1f || configuration[1] !== 0x8b) return configuration;
  try {
    return new Uint8Array(gunzipSync(configuration, { maxOutputLength: MAX.POLICY }));
  } catch {
    return undefined;
  }
}
