/**
 * A record of the audit log (deploy/audit/record.schema.json) and its line: canonical JSON, one line a record.
 *
 * Invariants: a line's bytes follow from its record, so that no byte can change unseen; a record's hash covers all of it
 * but the hash itself, and through `prev` all that stands above it; only what fits the schema becomes a record.
 */
import { createHash } from "node:crypto";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import schema from "../../deploy/audit/record.schema.json" with { type: "json" };
import { canonical } from "./canonical.ts";
import type { AuditRecord as Base, EventData } from "./record.gen.ts";

export type Event = keyof EventData;

export type RecordOf<E extends Event> = Omit<Base, "event" | "data"> & { event: E; data: EventData[E] };
/** Any record; `event` tells which data it holds. */
export type AuditRecord = { [E in Event]: RecordOf<E> }[Event];
export type Unhashed = { [E in Event]: Omit<RecordOf<E>, "hash"> }[Event];

/** `prev` of the first record of a log. */
export const NO_HASH = "0".repeat(64);

// Made when a record is first checked, since most commands check none.
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: false });
ajv.addSchema(schema, "record");
const fits = () => ajv.getSchema("record") as ValidateFunction<AuditRecord>;

export function isRecord(value: unknown): value is AuditRecord {
  return fits()(value);
}

/** Where and by which keyword the last value that `isRecord` refused does not fit: `/data/reason pattern`. */
export function misfit(): string {
  const error = fits().errors?.[0];
  return error === undefined ? "" : `${error.instancePath || "/"} ${error.keyword}`;
}

export const hashOf = (record: Unhashed): string =>
  createHash("sha256")
    .update(canonical({ ...record, hash: undefined }))
    .digest("hex");

export const lineOf = (record: AuditRecord): string => `${canonical(record)}\n`;
