/**
 * What a gateway has to know of a policy, read from the binary that its filter will read: only there a default of the
 * policy file has become a fact, such as the name of the key variable.
 */
import {
  ACTION,
  ALGORITHM,
  FIELD,
  FIELD_FLAG,
  FLAG,
  HEADER,
  LOCATION,
  MAGIC,
  NO_RULE,
  ROOT,
  RULE,
  SESSION,
  SIZE,
  STATE,
  TRANSITION,
  VERSION,
} from "../policy/constants.ts";
import type { Role } from "../policy/index.ts";
import { packed } from "./configuration.ts";
import { type JsonObject, wasmHttpFilter } from "./filter.ts";

/** The part of a compiled policy that attachments depend on. */
export interface AttachedPolicy {
  name: string;
  binary: Uint8Array;
}

export interface Settings {
  role: Role;
  hold: boolean;
  /** Environment variables of the gateway that the filter reads: root keys, where a rule needs them, and the secret of HS256. */
  environment: string[];
  /** The emergency header that the filter removes; undefined when there is none, or when it stays. */
  removedHeader: string | undefined;
  /** The emergency header when its presence is all the proof there is; undefined when a token is demanded. */
  presence: string | undefined;
  /** Whether every request is active. */
  always: boolean;
  /** Globs of the destination clusters that are active whatever the request says. */
  clusters: string[];
  /** Whether answers can have headers or cookies of which the other side must not see the original. */
  hidesInHeadersOfAnswers: boolean;
  /** Of the egress role: globs of the destinations that may see originals, by cluster and by host. */
  egress: { clusters: string[]; hosts: string[]; otherwise: "keep" | "block" };
}

export const isPolicy = (bytes: Uint8Array): boolean => {
  if (bytes.length < SIZE.HEADER) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (
    view.getUint32(HEADER.MAGIC, true) === MAGIC &&
    view.getUint16(HEADER.VERSION, true) === VERSION &&
    view.getUint32(HEADER.BYTES, true) === bytes.length
  );
};

export function settingsOf({ binary }: Pick<AttachedPolicy, "binary">): Settings {
  const view = new DataView(binary.buffer, binary.byteOffset, binary.byteLength);
  const text = (at: number) => {
    const offset = view.getUint32(at, true);
    return new TextDecoder().decode(binary.subarray(offset, offset + view.getUint32(at + 4, true)));
  };
  const flags = view.getUint16(HEADER.FLAGS, true);
  const header = flags & FLAG.HEADER ? text(HEADER.ACTIVATION_HEADER) : undefined;
  const texts = (table: number, size: number, ref: number) =>
    Array.from({ length: view.getUint32(table + 4, true) }, (_, index) =>
      text(view.getUint32(table, true) + index * size + ref),
    );
  const session = view.getUint32(HEADER.SESSION + 4, true) === 0 ? undefined : view.getUint32(HEADER.SESSION, true);
  const isShared = session !== undefined && view.getUint8(session + SESSION.ALGORITHM) === ALGORITHM.HS256;
  const secrets = isShared ? [text(session + SESSION.KEY)] : [];
  const role = flags & FLAG.EGRESS ? "egress" : "edge";
  return {
    role,
    hold: view.getUint32(HEADER.LIMIT_HOLD, true) > 0,
    environment: [...new Set([...texts(HEADER.ROOTS, SIZE.ROOT, ROOT.VARIABLE), ...secrets])],
    removedHeader: flags & FLAG.KEEP_HEADER ? undefined : header,
    presence: session === undefined ? header : undefined,
    always: (flags & FLAG.ALWAYS) !== 0,
    clusters: texts(HEADER.CLUSTERS, SIZE.REF, 0),
    hidesInHeadersOfAnswers: role === "egress" || hidesHeaders(view),
    egress: {
      clusters: texts(HEADER.EGRESS_CLUSTERS, SIZE.REF, 0),
      hosts: texts(HEADER.EGRESS_HOSTS, SIZE.REF, 0),
      otherwise: flags & FLAG.EGRESS_BLOCK ? "block" : "keep",
    },
  };
}

/** Whether a rule on answers acts on a header or cookie, but for those that turn tokens back or let pass. */
function hidesHeaders(view: DataView): boolean {
  const u16 = (at: number) => view.getUint16(at, true);
  const u32 = (at: number) => view.getUint32(at, true);
  const plain: readonly number[] = [LOCATION.header, LOCATION.cookie];
  const decoded: readonly number[] = [LOCATION.header_text, LOCATION.cookie_text];
  const shows: readonly number[] = [ACTION.pass, ACTION.reveal];
  const hides = (rule: number) =>
    rule !== NO_RULE && !shows.includes(view.getUint8(u32(HEADER.RULES) + rule * SIZE.RULE + RULE.ACTION));
  const stateAt = (state: number) => u32(HEADER.STATES) + state * SIZE.STATE;
  const listed = (state: number): number[] =>
    Array.from({ length: u16(stateAt(state) + STATE.COUNT) }, (_, index) =>
      u16(u32(stateAt(state) + STATE.TRANSITIONS) + index * SIZE.TRANSITION + TRANSITION.TARGET),
    );
  /** Plain names of a location stand in one state, and what it does not list in its base. */
  const ofNames = (state: number) => [...listed(state), ...listed(u16(stateAt(state) + STATE.BASE))];
  const fields = u32(HEADER.RESPONSE_FIELDS);
  return Array.from({ length: u32(HEADER.RESPONSE_FIELDS + 4) }, (_, index) => fields + index * SIZE.FIELD).some(
    (at) => {
      const location = view.getUint8(at + FIELD.LOCATION);
      if (!plain.includes(location)) return decoded.includes(location);
      const rule = u16(at + FIELD.RULE);
      if (!(view.getUint8(at + FIELD.FLAGS) & FIELD_FLAG.NAMES)) return hides(rule);
      return ofNames(rule).some((state) => hides(u16(stateAt(state) + STATE.RULE)));
    },
  );
}

/** The filter entry of a compiled policy. */
export function filterOf(policy: AttachedPolicy, wasm: string | JsonObject): JsonObject {
  const { hold, environment } = settingsOf(policy);
  const configuration = packed(policy.binary);
  return wasmHttpFilter({ name: policy.name, wasm, configuration, hold, environment });
}
