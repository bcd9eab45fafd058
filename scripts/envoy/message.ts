/** A request to an Envoy and its answer, whatever the protocol: what is said, and how a body is written and read. */
import type { HeaderList } from "./upstream.ts";

export interface ClientRequest {
  method?: string;
  path?: string;
  headers?: HeaderList;
  /** Pieces go out one by one; each is flushed before the next. */
  body?: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  trailers?: HeaderList;
  /** Keeps the connection open without ending the request, until `signal` aborts it. */
  unfinished?: boolean;
  signal?: AbortSignal;
  /** Called when the head of the answer is there. */
  onAnswer?: () => void;
}

export interface ClientResponse {
  status: number;
  headers: HeaderList;
  body: Buffer;
  trailers: HeaderList;
  /** False when the answer was cut. */
  complete: boolean;
}

/** Reads to the end, or to the cut: an error after the head is a cut, not a failure. */
export function collect(
  from: NodeJS.ReadableStream,
  reject: (error: Error) => void,
  done: (body: Buffer, complete: boolean) => void,
): void {
  const chunks: Buffer[] = [];
  let complete = false;
  from.on("data", (chunk: Buffer) => chunks.push(chunk));
  from.on("end", () => {
    complete = true;
  });
  from.on("error", () => {});
  from.on("close", () => {
    try {
      done(Buffer.concat(chunks), complete);
    } catch (error) {
      reject(error as Error);
    }
  });
}

export async function write(to: NodeJS.WritableStream, request: ClientRequest): Promise<void> {
  if (!request.body) return;
  const pieces = request.body instanceof Uint8Array ? [request.body] : request.body;
  for await (const piece of pieces) {
    // The peer may refuse and close at any time; what it said is then in the response.
    if (!(to as { destroyed?: boolean }).destroyed) await new Promise((resolve) => to.write(piece, resolve));
  }
}
