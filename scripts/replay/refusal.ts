/**
 * A refusal as the gateway words it: what a reply says beside that is worth a search.
 *
 * Invariant: only what is the gateway's to the letter is left out, name by name; anything else is searched as it stands.
 */
import { OUTCOMES } from "../policy/outcomes.ts";
import type { Message } from "./coding.ts";
import { decodePercent } from "./text.ts";
import { withoutWeb } from "./web.ts";

/** The names that a refusal may tell. */
interface Told {
  readonly policy: string;
  readonly rules: readonly string[];
}

/** What each member of a problem document may say. */
const members: Readonly<Record<string, (value: unknown, told: Told) => boolean>> = {
  type: (value) => OUTCOMES.some(({ code }) => value === `urn:frostglass:problem:${code}`),
  title: (value) => OUTCOMES.some(({ title }) => value === title),
  status: (value) => typeof value === "number" && value >= 400 && value < 600,
  detail: (value) => OUTCOMES.some(({ detail }) => value === detail),
  code: (value) => OUTCOMES.some(({ code }) => value === code),
  direction: (value) => value === "request" || value === "response",
  policy: (value, { policy }) => value === policy,
  rule: (value, { rules }) => value === "unmatched" || rules.some((name) => value === name),
  limit: (value) => value === "limits.depth" || value === "limits.body" || value === "limits.value",
};

/** What the message of a call may say, with the escapes of a header or without. */
const messages: ReadonlySet<string> = new Set(
  OUTCOMES.map(({ title, code, detail }) => `${title} (${code}). ${detail}`),
);

const headers: Readonly<Record<string, RegExp>> = {
  ":status": /^\d{3}$/,
  "content-type": /^application\/(problem\+json|grpc|grpc-web(-text)?\+proto)$/,
  "content-length": /^\d+$/,
  "cache-control": /^no-store$/,
  "grpc-status": /^\d{1,2}$/,
};

const isOwn = (name: string, value: string): boolean =>
  headers[name]?.test(value) || (name === "grpc-message" && messages.has(decodePercent(value)));

/** All that a reply says, but for the gateway's own words. */
export function unsaid(reply: Message, told: Told): string {
  const { headers, body, trailers = [] } = withoutWeb(reply) ?? reply;
  const lines = [...headers, ...trailers].filter(([name, value]) => !isOwn(name, value));
  return [...lines.map(([name, value]) => `${name}: ${value}`), foreignIn(Buffer.from(body).toString(), told)].join(
    "\n",
  );
}

/** The members of a document that say anything else; all of what is none. */
function foreignIn(text: string, told: Told): string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return text;
  }
  // A member that comes twice is one of which `JSON.parse` shows the last.
  if (typeof document !== "object" || document === null || `${JSON.stringify(document)}\n` !== text) return text;
  const foreign = Object.entries(document).filter(([name, value]) => !members[name]?.(value, told));
  return foreign.length > 0 ? JSON.stringify(Object.fromEntries(foreign)) : "";
}
