// Generated from deploy/audit/record.schema.json by scripts/policy/generate.ts. Do not edit.

/**
 * One process, worker or gateway that writes; it counts its own records.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "writer".
 */
export type Writer = string;
/**
 * RFC 3339, UTC, milliseconds.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "time".
 */
export type Time = string;
/**
 * SHA-256 in hex.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "hash".
 */
export type Hash = string;
/**
 * A digest with its algorithm.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "digest".
 */
export type Digest = string;
/**
 * How many.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "count".
 */
export type Count = number;
/**
 * A name of configuration: policy, cluster, node, listener, sink.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "name".
 */
export type Name = string;
/**
 * An opaque identifier of a session, token or certificate; never the token itself.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "id".
 */
export type Id = string;
/**
 * An operator or workload: login, mail address of staff, SPIFFE id. Never a customer.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "who".
 */
export type Who = string;
/**
 * An IPv4 or IPv6 address.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "address".
 */
export type Address = string;
/**
 * A code of a table: outcome, cause, verdict.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "code".
 */
export type Code = string;
/**
 * The name of a policy's rule.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "rule".
 */
export type Rule = string;
/**
 * Why, in one line of the operator. A mail address or twelve digits in a row do not fit: they could be somebody's data.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "reason".
 */
export type Reason = string;
/**
 * A duration.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "milliseconds".
 */
export type Milliseconds = number;
/**
 * A clause of a standard.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "clause".
 */
export type Clause = string;

/**
 * One line of an audit log, version 1. Only names, codes, counts, times and digests fit into it: no field can hold a value of the traffic.
 */
export interface AuditRecord {
  /**
   * Version of this format.
   */
  v: 1;
  writer: Writer;
  /**
   * The writer's own count, from 0, without a gap.
   */
  seq: number;
  /**
   * When it was recorded.
   */
  time: string;
  /**
   * The session it belongs to.
   */
  session?: string;
  /**
   * What happened.
   */
  event:
    | "log.opened"
    | "log.recovered"
    | "log.sealed"
    | "session.started"
    | "tunnel.uplink"
    | "tunnel.refused"
    | "configuration.changed"
    | "edge.telemetry"
    | "edge.refused"
    | "edge.ingested"
    | "reveal"
    | "session.ended"
    | "sink.dropped";
  /**
   * Particulars of the event.
   */
  data: {};
  /**
   * The hash of the record above; 64 zeros in the first.
   */
  prev: string;
  /**
   * SHA-256 over the record without this member, in the canonical form of RFC 8785.
   */
  hash: string;
}
/**
 * Code or status to how many.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "counts".
 */
export interface Counts {
  [k: string]: Count;
}
/**
 * The first record of a log. Its random id makes one log different from every other.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "logOpened".
 */
export interface LogOpened {
  /**
   * 128 random bits.
   */
  id: string;
  /**
   * The program that writes.
   */
  tool: string;
}
/**
 * A writer died in the middle of a line; the unfinished line, which nobody was told had been written, was removed.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "logRecovered".
 */
export interface LogRecovered {
  bytes: Count;
}
/**
 * HMAC-SHA-256 over this record without mac and hash: over all that stands above it, since prev chains it.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "logSealed".
 */
export interface LogSealed {
  /**
   * Names the key without telling it.
   */
  keyId: string;
  /**
   * How many.
   */
  count: number;
  /**
   * Writer to its last record.
   */
  heads: {
    [k: string]: Head;
  };
  /**
   * The log is closed: nothing follows.
   */
  final: boolean;
  mac: Hash;
}
export interface Head {
  seq: Count;
  hash: Hash;
}
/**
 * A break-glass session begins.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "sessionStarted".
 */
export interface SessionStarted {
  who: Who;
  policy: Name;
  policyDigest: Digest;
  expires: Time;
  reason?: Reason;
  ticket?: Name;
}
/**
 * A reverse tunnel was opened.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "tunnelUplink".
 */
export interface TunnelUplink {
  who: Who;
  sourceIp: Address;
  node?: Name;
  cluster?: Name;
  /**
   * The jti of the token.
   */
  tokenId?: string;
  /**
   * A digest with its algorithm.
   */
  certificate?: string;
}
/**
 * A tunnel was asked for and not opened.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "tunnelRefused".
 */
export interface TunnelRefused {
  code: Code;
  sourceIp?: Address;
  node?: Name;
  tokenId?: Id;
}
/**
 * The gateway runs another configuration: traffic was shifted, a policy pushed, or the way back taken.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "configurationChanged".
 */
export interface ConfigurationChanged {
  /**
   * What kind of change.
   */
  change: "shift" | "unshift" | "policy" | "filter" | "drain";
  /**
   * A name of configuration: policy, cluster, node, listener, sink.
   */
  resource: string;
  who?: Who;
  percent?: Percent;
  policy?: Name;
  policyDigest?: Digest;
  /**
   * A name of configuration: policy, cluster, node, listener, sink.
   */
  version?: string;
}
/**
 * Share of the traffic that goes to the tunnel.
 */
export interface Percent {
  from: number;
  to: number;
}
/**
 * What passed the edge in a window of time.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "edgeTelemetry".
 */
export interface EdgeTelemetry {
  policy: Name;
  policyDigest?: Digest;
  from: Time;
  to: Time;
  requests: Count;
  statuses: Counts1;
  outcomes: Counts2;
  latency?: Latency;
  bytes: EdgeBytes;
  /**
   * Rule to what it did.
   */
  rules: {
    [k: string]: RuleUse;
  };
}
/**
 * HTTP status to requests; 0: none was sent.
 */
export interface Counts1 {
  [k: string]: Count;
}
/**
 * Outcome code to requests.
 */
export interface Counts2 {
  [k: string]: Count;
}
/**
 * Milliseconds from the request's first byte to the response's last: quantiles of the window.
 */
export interface Latency {
  p50: Milliseconds;
  p90: Milliseconds;
  p99: Milliseconds;
  max: Milliseconds;
}
/**
 * Body bytes that the filter judged (request, response), and bytes on the client's side (received, sent).
 */
export interface EdgeBytes {
  request: Count;
  response: Count;
  received: Count;
  sent: Count;
}
export interface RuleUse {
  /**
   * How many.
   */
  values: number;
  action?: Code;
  /**
   * Clauses of standards that the rule serves.
   *
   * @maxItems 16
   */
  clauses?: Clause[];
}
/**
 * Requests or responses that the filter refused in a window of time, one record a code, status and rule.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "edgeRefused".
 */
export interface EdgeRefused {
  policy: Name;
  policyDigest?: Digest;
  code: Code;
  /**
   * What the client got.
   */
  status?: number;
  rule?: Rule;
  count: Count;
  from: Time;
  to: Time;
}
/**
 * An access log of the edge was read up to here, and what it told went on record above.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "edgeIngested".
 */
export interface EdgeIngested {
  /**
   * A digest with its algorithm.
   */
  digest: string;
  /**
   * How many.
   */
  bytes: number;
  /**
   * How many.
   */
  lines: number;
  /**
   * How many.
   */
  records: number;
  /**
   * How many.
   */
  inactive: number;
  /**
   * How many.
   */
  foreign: number;
  /**
   * How many.
   */
  unrelated?: number;
  /**
   * How many.
   */
  unreadable: number;
}
/**
 * Tokens were turned back into originals, or that was refused.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "reveal".
 */
export interface Reveal {
  who: Who;
  reason: Reason;
  ticket?: Name;
  policy?: Name;
  policyDigest?: Digest;
  rule?: Rule;
  /**
   * Whether it was allowed.
   */
  decision: "granted" | "denied";
  /**
   * A code of a table: outcome, cause, verdict.
   */
  code?: string;
  /**
   * How many.
   */
  values: number;
  /**
   * RFC 3339, UTC, milliseconds.
   */
  from?: string;
  to?: Time;
}
/**
 * Teardown: what passed in all, and what was revoked.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "sessionEnded".
 */
export interface SessionEnded {
  /**
   * What ended it.
   */
  cause: "signed_off" | "expired" | "error_rate" | "not_ready" | "cancelled" | "failed";
  who?: Who;
  /**
   * How long the session lasted.
   */
  seconds?: number;
  requests: Count;
  bytes: TunnelBytes;
  /**
   * What the session had been given.
   *
   * @maxItems 64
   */
  credentials: Credential[];
}
/**
 * Final byte counts of the tunnel.
 */
export interface TunnelBytes {
  toTunnel: Count;
  fromTunnel: Count;
}
export interface Credential {
  /**
   * What it is.
   */
  kind: "token" | "certificate" | "key";
  id: Id;
  /**
   * Whether it is refused from now on, and that was tried.
   */
  revoked: boolean;
}
/**
 * Records that a sink did not get. They stand in this log all the same.
 *
 * This interface was referenced by `AuditRecord`'s JSON-Schema
 * via the `definition` "sinkDropped".
 */
export interface SinkDropped {
  sink: Name;
  count: Count;
  /**
   * SHA-256 in hex.
   */
  first: string;
  /**
   * SHA-256 in hex.
   */
  last: string;
  /**
   * Why.
   */
  cause: "queue_full" | "rejected" | "gave_up";
}

export interface EventData {
  "log.opened": LogOpened;
  "log.recovered": LogRecovered;
  "log.sealed": LogSealed;
  "session.started": SessionStarted;
  "tunnel.uplink": TunnelUplink;
  "tunnel.refused": TunnelRefused;
  "configuration.changed": ConfigurationChanged;
  "edge.telemetry": EdgeTelemetry;
  "edge.refused": EdgeRefused;
  "edge.ingested": EdgeIngested;
  "reveal": Reveal;
  "session.ended": SessionEnded;
  "sink.dropped": SinkDropped;
}
