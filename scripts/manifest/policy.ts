/**
 * What a gateway has to know of a policy, read from the binary that its filter will read: only there a default of the
 * policy file has become a fact, such as the name of the key variable.
 */
import { FLAG, HEADER, ROOT, SIZE } from "../policy/constants.ts";
import { type JsonObject, wasmHttpFilter } from "./filter.ts";

/** The part of a compiled policy that attachments depend on. */
export interface AttachedPolicy {
  name: string;
  binary: Uint8Array;
}

export interface Settings {
  hold: boolean;
  /** Environment variables of the gateway that the filter reads; none when no rule needs a key. */
  environment: string[];
  /** The emergency header that the filter removes; undefined when there is none, or when it stays. */
  removedHeader: string | undefined;
}

export function settingsOf({ binary }: AttachedPolicy): Settings {
  const view = new DataView(binary.buffer, binary.byteOffset, binary.byteLength);
  const text = (at: number) => {
    const offset = view.getUint32(at, true);
    return new TextDecoder().decode(binary.subarray(offset, offset + view.getUint32(at + 4, true)));
  };
  const flags = view.getUint16(HEADER.FLAGS, true);
  const roots = Array.from({ length: view.getUint32(HEADER.ROOTS + 4, true) }, (_, index) =>
    text(view.getUint32(HEADER.ROOTS, true) + index * SIZE.ROOT + ROOT.VARIABLE),
  );
  return {
    hold: view.getUint32(HEADER.LIMIT_HOLD, true) > 0,
    environment: roots,
    removedHeader: flags & FLAG.HEADER && !(flags & FLAG.KEEP_HEADER) ? text(HEADER.ACTIVATION_HEADER) : undefined,
  };
}

/** The filter entry of a compiled policy. */
export function filterOf(policy: AttachedPolicy, wasmPath: string): JsonObject {
  const { hold, environment } = settingsOf(policy);
  return wasmHttpFilter({ name: policy.name, wasmPath, configuration: policy.binary, hold, environment });
}
