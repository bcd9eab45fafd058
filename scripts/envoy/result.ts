/**
 * What came of an exchange through a real Envoy, told as the embedded host tells it.
 *
 * Taken off again, when the recording did not hold it: what a connection adds (host as `:authority`, connection,
 * transfer-encoding), and what Envoy cannot be told to leave out (x-forwarded-proto, date).
 */
import type { Exchange, ExchangeResult, Message } from "../host/exchange.ts";
import type { ClientResponse } from "./message.ts";
import type { HeaderList, Received } from "./upstream.ts";
import { connectionHeaders } from "./wire.ts";

/** Where Envoy is told to write the response code details of a local reply. */
export const detailsHeader = "x-envoy-test-details";
const filterDetails = "frostglass_";

/** What the filter counted during one exchange. */
export interface Changes {
  rules: Record<string, number>;
  outcomes: string[];
}

export function resultOf(
  exchange: Exchange,
  response: ClientResponse | undefined,
  received: Received | undefined,
  aborted: boolean,
  changes: Changes,
): ExchangeResult {
  const details = response?.headers.find(([name]) => name === detailsHeader)?.[1];
  const reply = details !== undefined;
  const requestCut = received !== undefined && !received.complete;
  const cut = requestCut || (response === undefined ? received !== undefined : !response.complete);
  const outcome = aborted ? "hung" : cut ? "cut" : reply || !response ? "blocked" : "forwarded";
  const own = details?.startsWith(filterDetails) ? details.slice(filterDetails.length) : details;
  const reason = outcome === "forwarded" ? undefined : (own ?? changes.outcomes.find((code) => code !== "forwarded"));
  // Without a recorded response the upstream's own is none that anyone asked for.
  const shown = reply || exchange.response ? response : undefined;
  const cutBody = requestCut ? received?.body : response?.body;
  const request = received && requestOf(exchange, received);
  const answer = shown && responseOf(exchange, shown);
  return {
    outcome,
    request,
    requestComplete: received?.complete ?? false,
    response: answer,
    responseComplete: shown?.complete ?? false,
    ...(reply &&
      answer && { localReply: { status: answer.status, details, headers: answer.headers, body: answer.body } }),
    ...(reason !== undefined && { reason }),
    rules: changes.rules,
    released: cut ? (cutBody?.length ?? 0) : 0,
  };
}

function requestOf(exchange: Exchange, received: Received): Message {
  const { headers: recorded, scheme = "http" } = exchange.request;
  const added = ["x-forwarded-proto", ...(received.length === 0 ? ["content-length"] : [])];
  const host = received.headers.find(([name]) => name === "host")?.[1] ?? "";
  const rest = received.headers.filter(([name]) => name !== "host" && !isAdded(name, recorded, added));
  return message(
    [[":method", received.method], [":path", received.path], [":scheme", scheme], [":authority", host], ...rest],
    received,
  );
}

function responseOf(exchange: Exchange, response: ClientResponse): NonNullable<ExchangeResult["response"]> {
  const recorded = exchange.response?.headers ?? [];
  const rest = response.headers.filter(
    ([name]) =>
      name !== detailsHeader &&
      !isAdded(name, recorded, response.body.length === 0 ? ["date", "content-length"] : ["date"]),
  );
  return { ...message([[":status", String(response.status)], ...rest], response), status: response.status };
}

function message(headers: HeaderList, from: { body: Uint8Array; trailers: HeaderList }): Message {
  return { headers, body: from.body, ...(from.trailers.length > 0 && { trailers: from.trailers }) };
}

/** A header of the connection, or one of `added` that the recording does not hold. */
function isAdded(name: string, recorded: readonly (readonly [string, string])[], added: string[]): boolean {
  if (connectionHeaders.has(name)) return true;
  return added.includes(name) && !recorded.some(([candidate]) => candidate.toLowerCase() === name);
}
