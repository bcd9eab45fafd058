/**
 * Where records go beside the file. The file is the record; a sink has a copy, as well as it can.
 *
 * Invariant: what a sink did not get is told, and the log records it.
 */

import type { SinkDropped } from "../record.gen.ts";
import type { AuditRecord } from "../record.ts";

export interface Sink {
  /** Takes a record that was written. Never throws, never waits. */
  offer(record: AuditRecord): void;
  /** Waits until all that was offered is gone, for at most so long; whether it is. */
  flush(milliseconds: number): Promise<boolean>;
  /** What was lost since the last call; nothing while there is no room for a record about it. */
  takeLosses(): SinkDropped[];
  /** Gives up what still waits; `takeLosses` tells it. */
  abandon(): void;
}
