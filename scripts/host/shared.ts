/**
 * What VMs with the same vm_id share: data with compare-and-swap, and queues.
 *
 * Invariant: stored bytes are copies; neither the writer nor a reader can change them afterwards.
 */
import { Status } from "./abi.ts";

export class SharedData {
  readonly #values = new Map<string, { value: Uint8Array; cas: number }>();
  #nextCas = 1;

  get(key: string): { readonly value: Uint8Array; readonly cas: number } | undefined {
    return this.#values.get(key);
  }

  /** `cas` 0 writes always; for an absent key any cas writes. */
  set(key: string, value: Uint8Array, cas = 0): number {
    const present = this.#values.get(key);
    if (present && cas !== 0 && cas !== present.cas) return Status.CasMismatch;
    this.#values.set(key, { value: value.slice(), cas: this.#nextCas });
    // 0 means "no condition", so the counter never takes that value.
    this.#nextCas = (this.#nextCas + 1) >>> 0 || 1;
    return Status.Ok;
  }
}

export class SharedQueues {
  readonly #tokens = new Map<string, number>();
  readonly #queues = new Map<number, { owner: number; items: Uint8Array[] }>();

  /** Registering again moves the notifications to the latest owner. */
  register(name: string, owner: number): number {
    const token = this.#tokens.get(name) ?? this.#tokens.size + 1;
    this.#tokens.set(name, token);
    this.#queues.set(token, { owner, items: this.#queues.get(token)?.items ?? [] });
    return token;
  }

  resolve(name: string): number | undefined {
    return this.#tokens.get(name);
  }

  /** The root context to tell, or undefined for an unknown queue. */
  enqueue(token: number, item: Uint8Array): number | undefined {
    const queue = this.#queues.get(token);
    queue?.items.push(item.slice());
    return queue?.owner;
  }

  dequeue(token: number): Uint8Array | number {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NotFound;
    return queue.items.shift() ?? Status.Empty;
  }
}
