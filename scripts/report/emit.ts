/**
 * `--emit`: what left, one line an exchange, in the shape of the contract.
 *
 * Invariant: the one output that holds bodies. They are what the filter let through, so no original of a selected value
 * is among them when the proof is clean.
 */
import type { Result } from "../replay/run.ts";
import { headersFromWire } from "../replay/text.ts";

export function emitLine(id: string, result: Result): string {
  const { outcome, reason, request, response, rules } = result;
  const left = (message: NonNullable<typeof request>) => ({
    headers: headersFromWire(message.headers),
    bodyBase64: Buffer.from(message.body).toString("base64"),
    ...(message.trailers && { trailers: headersFromWire(message.trailers) }),
  });
  const line = {
    id,
    outcome,
    reason: reason ?? null,
    request: request === undefined ? null : left(request),
    response: response === undefined ? null : { status: response.status, ...left(response) },
    rules,
  };
  return `${JSON.stringify(line)}\n`;
}
