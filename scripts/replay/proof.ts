/**
 * The leak proof: none of the values that the policy selects is in what left, and all else is unchanged.
 *
 * Two independent ways, in each direction. By position: every value before is compared with the value at its place after.
 * By search: every selected value is looked for, in every encoding, in all that left, and may be found only as often as
 * it stands in places that the policy lets through.
 * Invariants: a body of which only a part left is searched all the same; findings hold names and places, never values.
 */
import { HeaderMap } from "../host/headers.ts";
import type { Exchange } from "../host/index.ts";
import type { CompiledPolicy } from "../policy/index.ts";
import { unsupportedIn } from "../policy/unsupported.ts";
import { BodyRules, isOfMessages, looksIntoBodies, mayLeaveOtherwise, readBody } from "./bodies/index.ts";
import {
  askingForReadableMessages,
  askingReadably,
  isCoded,
  isGrpc,
  type Message,
  withoutCoding,
  withoutMessageCoding,
  withoutOwn,
} from "./coding.ts";
import type { Comparison, Difference } from "./compare.ts";
import { withScanner } from "./detection.ts";
import { compareFields, digests } from "./fields.ts";
import type { FieldPolicy } from "./header-fields.ts";
import { Haystack, isDistinctive, isSearchable, leakedAs, type Secret } from "./needles.ts";
import { type Direction, type RuleView, unmatchedRule } from "./oracle.ts";
import { unsaid } from "./refusal.ts";
import { hidesValues, mayBeKept, redactedText } from "./replacement.ts";
import type { Finding } from "./result.ts";
import type { Left, Run } from "./run.ts";
import type { Selector } from "./selectors.ts";
import { looksSoftly } from "./soft.ts";
import { headersFromWire } from "./text.ts";
import { isWeb, withoutWeb } from "./web.ts";

export interface Proof {
  readonly findings: readonly Finding[];
  /** Selected values that also stand, by the policy's own word, in a place that passes. */
  readonly notes: readonly string[];
  /** How many different values were looked for. */
  readonly values: number;
}

/** What the proof has to know of a policy: its words, not what was compiled from them. */
export type ProofPolicy = Pick<CompiledPolicy, "role" | "rules" | "unmatched" | "policy"> &
  Partial<Pick<CompiledPolicy, "program">>;

const nothing = new Uint8Array();
const shortInHashes = 8;

/** What the gateway knows of both messages by the request. */
interface Call {
  readonly path: string;
  /** Of gRPC-Web: whatever comes back is looked into where something acts on headers, since trailers stand in the body. */
  readonly isWeb: boolean;
}

export class Prover {
  private readonly policy: ProofPolicy;
  private readonly views: readonly RuleView[];
  private readonly rules: Record<Direction, BodyRules>;

  constructor(policy: ProofPolicy) {
    this.policy = policy;
    this.views = withScanner(policy.rules, policy.program, policy.policy.limits.value);
    const rules = (direction: Direction): BodyRules => {
      const unsupported = unsupportedIn(policy.policy, policy.role, direction);
      return new BodyRules(this.views, policy.unmatched, direction, policy.policy.protobuf, unsupported);
    };
    this.rules = { request: rules("request"), response: rules("response") };
  }

  prove({ exchange, result, isActive }: Run): Proof {
    const request = requestBefore(exchange);
    const response = responseBefore(exchange);
    const call = { path: exchange.request.path, isWeb: isWeb(request.headers) };
    const proofs: Proof[] = [];
    if (result.request !== undefined) {
      proofs.push(this.message("request", isActive, call, request, result.request, result.requestComplete));
    }
    if (result.isReply) proofs.push(this.reply(call, request, response, result.response));
    else if (result.response !== undefined && response !== undefined) {
      proofs.push(this.message("response", isActive, call, response, result.response, result.responseComplete));
    }
    return {
      findings: proofs.flatMap((proof) => proof.findings),
      notes: [...new Set(proofs.flatMap((proof) => proof.notes))],
      values: proofs.reduce((sum, proof) => sum + proof.values, 0),
    };
  }

  private message(
    direction: Direction,
    isActive: boolean,
    call: Call,
    given: Message,
    raw: Left,
    isComplete: boolean,
  ): Proof {
    const trailers = raw.trailers && headersFromWire(raw.trailers);
    const sent = { headers: headersFromWire(raw.headers), body: raw.body, trailers };
    if (!isActive) return untouched(direction, given, sent, isComplete);
    const asking = this.afterCodings(direction, call, given, isCoded(sent));
    const isUnwrapped = isGrpc(asking.headers) && !isGrpc(given.headers);
    const own = this.ownHeaders(direction, call);
    const [before, after] = withoutOwn(own, asking, (isUnwrapped && withoutWeb(sent)) || sent);
    const fields = compareBoth(this.fieldPolicy(direction), before, after, isComplete);
    const body = this.body(direction, call, before, after, isComplete);
    const { unsupported } = this.rules[direction];
    const mayChange = () => mayLeaveOtherwise(this.rules[direction], given.headers, unsupported, call.path);
    const isStale = given.isBodiless && this.looksIn(direction, call) && mayChange();
    const stale = isStale || Buffer.compare(given.body, sent.body) !== 0 ? staleDigests(given, sent) : [];
    const differences = [...fields.differences, ...body.differences, ...stale];
    const secrets = [...fields.secrets, ...body.secrets];
    const left = [...after.headers.flat(), ...(trailers ?? []).flat(), body.text ?? decode(after.body)].join("\n");
    // A name that was not there before is a difference of its own.
    const names = [...after.headers, ...(trailers ?? [])].map(([name]) => name);
    const allowed = [...names, ...fields.allowed, ...body.allowed];
    const hashed = [...fields.hashed, ...body.hashed];
    const search = searchFor(direction, { secrets, left, allowed, hashed, isExact: isComplete });
    return {
      ...search,
      findings: [...differences.map((difference) => findingOf(direction, difference)), ...search.findings],
    };
  }

  /** The headers by which the gateway asks for answers that it can read. */
  private ownHeaders(direction: Direction, call: Call): readonly string[] {
    if (direction === "response") return [];
    const asksForMessages = this.rules.response.messages.acts(call.path);
    return [
      ...(this.looksIn("response", call) ? ["accept-encoding"] : []),
      ...(asksForMessages ? ["grpc-accept-encoding"] : []),
    ];
  }

  private looksIn(direction: Direction, { path, isWeb }: Call): boolean {
    return looksIntoBodies(this.rules[direction], path) || (isWeb && this.judgesFields(direction));
  }

  /** The message as its rules see it: as a gRPC call where it is one of gRPC-Web, decoded where the policy says so, and asking for answers that can be read. */
  private afterCodings(direction: Direction, call: Call, sent: Message, keepsCoding = true): Message {
    const { path } = call;
    const isOfCall = this.rules[direction].messages.begin(path) !== undefined;
    const asCall = (message: Message): Message => (isOfCall && withoutWeb(message)) || message;
    const given = asCall(sent);
    const { compressed } = this.policy.policy;
    const { unsupported } = this.rules[direction];
    const decodes = compressed === "decode";
    const own = this.ownHeaders(direction, call);
    const inMessages = own.includes("grpc-accept-encoding");
    const asked = own.includes("accept-encoding")
      ? { ...given, headers: askingReadably(given.headers, decodes) }
      : given;
    const isAsking = inMessages && (isGrpc(sent.headers) || isWeb(sent.headers));
    const asking = (one: Message): Message =>
      isAsking ? { ...one, headers: askingForReadableMessages(one.headers, decodes) } : one;
    const message = asking(asked);
    const rules = this.rules[direction];
    if (keepsCoding && this.isIdle(direction, path, sent)) return message;
    const plain = decodes && this.looksIn(direction, call) ? withoutCoding(asked) : undefined;
    // The frames of gRPC-Web stand inside the coding.
    const decoded = plain && asking(asCall(plain));
    // The coding of a body that turns out to be empty may go.
    if (decoded?.body.length === 0 && message.body.length === 0) return keepsCoding ? message : decoded;
    // One that nobody reads keeps its coding, but where nothing of it is left.
    const isPlain =
      decoded !== undefined &&
      (unsupported === "empty" || readBody(rules, decoded.headers, decoded.body, unsupported, path) !== "unread");
    const whole = isPlain ? decoded : message;
    const isCall = decodes && isGrpc(whole.headers) && rules.messages.acts(path);
    return (isCall && withoutMessageCoding(whole)) || whole;
  }

  /** Whether a compressed body is one of messages in which nothing acts, nor in trailers that gRPC-Web has in it. */
  private isIdle(direction: Direction, path: string, { headers }: Message): boolean {
    const { messages } = this.rules[direction];
    if (messages.begin(path) === undefined || messages.acts(path) || !isOfMessages(headers)) return false;
    return !isWeb(headers) || !this.judgesFields(direction);
  }

  /** Whether something acts on headers or cookies: in gRPC-Web trailers stand in the body. */
  private judgesFields(direction: Direction): boolean {
    const isOnFields = ({ location }: Selector): boolean => ["header", "cookie", "any"].includes(location);
    const judges = this.views.some((view) => view.directions.includes(direction) && view.selectors.some(isOnFields));
    return (
      judges || looksSoftly(this.views, direction) || unmatchedRule(this.policy.unmatched, direction) !== undefined
    );
  }

  private body(
    direction: Direction,
    call: Call,
    before: Message,
    after: Message,
    isComplete: boolean,
  ): Comparison & { secrets: readonly Secret[]; text?: string } {
    const rules = this.rules[direction];
    const { path } = call;
    const { unsupported } = this.rules[direction];
    const isIdle = isCoded(before) && this.isIdle(direction, path, before);
    if (isIdle || !this.looksIn(direction, call) || before.body.length === 0)
      return sameBytes(before, after, isComplete);
    const reading = readBody(rules, before.headers, before.body, unsupported, path);
    if (reading === "unread" || reading === "broken") {
      if (unsupported === "empty" && after.body.length === 0) return nothingFound;
      if (reading === "unread" && unsupported === "pass") return sameBytes(before, after, isComplete);
      // What cannot be read must not leave; a part of it may have, before the reader stumbled.
      return isComplete && after.body.length > 0 ? different("a body that cannot be read went through") : nothingFound;
    }
    const { secrets, passing } = reading;
    if (!isComplete) return { ...nothingFound, allowed: [passing, ...secrets.flatMap(beside)], secrets };
    const text = reading.textIn?.(after.body);
    return { ...reading.compare(after.body), secrets, ...(text !== undefined && { text }) };
  }

  /** A refusal speaks in the gateway's own words only. */
  private reply(call: Call, request: Message, response: Message | undefined, reply: Left | undefined): Proof {
    const secrets = [
      ...this.secretsIn("request", call, request),
      ...(response ? this.secretsIn("response", call, response) : []),
    ];
    const { headers = [], body = nothing } = reply ?? {};
    const { name: policy } = this.policy.policy;
    const told = { policy, rules: this.policy.rules.map((rule) => rule.name) };
    const left = unsaid({ headers: headersFromWire(headers), body }, told);
    return searchFor("response", { secrets, left, allowed: [], hashed: [], isExact: false });
  }

  private secretsIn(direction: Direction, call: Call, given: Message): Secret[] {
    const { headers, body } = this.afterCodings(direction, call, given);
    const ends = given.trailers ?? [];
    const policy = this.fieldPolicy(direction);
    const fields = [...compareFields(policy, headers, headers).secrets, ...compareFields(policy, ends, ends).secrets];
    const rules = this.rules[direction];
    const reading = readBody(rules, headers, body, rules.unsupported, call.path);
    return typeof reading === "string" ? [...fields] : [...fields, ...reading.secrets];
  }

  private fieldPolicy(direction: Direction): FieldPolicy {
    const { unmatched } = this.policy;
    const { unsupported } = this.rules[direction];
    const rules = this.views;
    const { header: emergencyHeader, keepHeader: keepsHeader } = this.policy.policy.activation;
    return { rules, unmatched, direction, unsupported, emergencyHeader, keepsHeader };
  }
}

/** Headers as the gateway receives them: lower case, and joined where a name may stand only once. */
function requestBefore({ request }: Exchange): Message {
  const host = request.headers.find(([name]) => name.toLowerCase() === "host");
  const map = new HeaderMap("request", [
    [":method", request.method],
    [":path", request.path],
    [":scheme", request.scheme ?? "http"],
    [":authority", host?.[1] ?? "localhost"],
    ...request.headers.filter((pair) => pair !== host),
  ]);
  return {
    headers: headersFromWire(map.pairs()),
    body: request.body ?? nothing,
    ...trailersBefore("request trailers", request),
  };
}

const trailersBefore = (
  kind: "request trailers" | "response trailers",
  { trailers }: Pick<Exchange["request"], "trailers">,
): Pick<Message, "trailers"> =>
  trailers === undefined ? {} : { trailers: headersFromWire(new HeaderMap(kind, trailers).pairs()) };

function responseBefore({ request, response }: Exchange): Message | undefined {
  if (response === undefined) return undefined;
  const map = new HeaderMap("response", [[":status", String(response.status)], ...response.headers]);
  const isBodiless = request.method === "HEAD" || response.status === 204 || response.status === 304;
  const body = isBodiless ? nothing : (response.body ?? nothing);
  return { headers: headersFromWire(map.pairs()), body, isBodiless, ...trailersBefore("response trailers", response) };
}

const decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

const nothingFound = { differences: [], allowed: [], hashed: [], secrets: [] };

const different = (detail: string) => ({
  ...nothingFound,
  differences: [{ kind: "changed" as const, location: "body", detail }],
});

function sameBytes(before: Message, after: Message, isComplete: boolean) {
  const isSame = Buffer.compare(before.body.subarray(0, after.body.length), after.body) === 0;
  if (!isSame || (isComplete && before.body.length !== after.body.length)) return different("the body");
  return { ...nothingFound, allowed: [decode(after.body)] };
}

/** Digests that tell of a body that has changed since, or would have, had it come. */
function staleDigests(given: Message, sent: Message): Difference[] {
  const came = [...given.headers, ...(given.trailers ?? [])];
  return [...sent.headers, ...(sent.trailers ?? [])]
    .filter(([name, value]) => digests.has(name) && came.some((one) => one[0] === name && one[1] === value))
    .map(([name]) => ({ kind: "changed", location: `header:${name}`, detail: "tells of the body as it came" }));
}

/** Headers, and the trailers of a message that left as a whole. */
function compareBoth(policy: FieldPolicy, before: Message, after: Message, isComplete: boolean) {
  const headers = compareFields(policy, before.headers, after.headers);
  const left = isComplete ? (after.trailers ?? []) : before.trailers;
  const trailers = compareFields(policy, before.trailers ?? [], left ?? []);
  const kept = isComplete ? trailers : { ...trailers, differences: [] };
  return {
    differences: [...headers.differences, ...kept.differences],
    allowed: [...headers.allowed, ...kept.allowed],
    hashed: [...headers.hashed, ...kept.hashed],
    secrets: [...headers.secrets, ...kept.secrets],
  };
}

function untouched(direction: Direction, before: Message, after: Message, isComplete: boolean): Proof {
  const none = { rules: [], unmatched: "pass" as const, unsupported: "block" as const, direction };
  const noRules = { ...none, emergencyHeader: undefined, keepsHeader: true };
  const differences = [
    ...compareBoth(noRules, before, after, isComplete).differences,
    ...sameBytes(before, after, isComplete).differences,
  ];
  return { findings: differences.map((difference) => findingOf(direction, difference)), notes: [], values: 0 };
}

const findingOf = (direction: Direction, { kind, location, rule, detail }: Difference): Finding => ({
  kind,
  direction,
  location,
  detail,
  ...(rule && { rule: rule.name }),
});

interface Search {
  readonly secrets: readonly Secret[];
  readonly left: string;
  readonly allowed: readonly string[];
  readonly hashed: readonly string[];
  /** `allowed` is all that may leave, down to the last character. */
  readonly isExact: boolean;
}

/** What must not leave of a value in which something was found. */
const findsIn = (secret: Secret): Secret[] =>
  secret.rule.finds
    ?.filter(({ rule }) => hidesValues(rule))
    .map(({ rule, from, to }) => ({ ...secret, rule, value: secret.value.slice(from, to) })) ?? [secret];

/** What stands beside the finds in a value. */
const beside = ({ rule: { finds = [] }, value }: Secret): string[] =>
  finds.map(({ to }, at) => value.slice(to, finds[at + 1]?.from)).concat(value.slice(0, finds[0]?.from ?? 0));

function searchFor(direction: Direction, { secrets, left, allowed, hashed, isExact }: Search): Proof {
  const hay = new Haystack(left);
  const mayLeave = new Haystack(allowed.join("\n"));
  const mayLeaveShort = new Haystack([...allowed, ...hashed].join("\n"));
  const findings: Finding[] = [];
  const notes: string[] = [];
  const seen = new Set<string>();
  for (const { rule, location, value } of secrets.flatMap(findsIn)) {
    // A recording of what has been redacted already: that text says nothing.
    if (value === redactedText) continue;
    if (!(isExact ? isSearchable(value) : isDistinctive(value)) || seen.has(value)) continue;
    // Where it is known what left of it, that is among what may leave.
    if (!isExact && mayBeKept(rule, value)) continue;
    seen.add(value);
    const may = value.length < shortInHashes ? mayLeaveShort : mayLeave;
    const encoding = leakedAs(hay, may, value);
    if (encoding !== undefined) {
      findings.push({ kind: "leak", direction, location, rule: rule.name, encoding, detail: "found" });
    } else if (
      isDistinctive(value) &&
      mayStand(rule) &&
      [...mayLeave.count(value).values()].some((count) => count > 0)
    ) {
      notes.push(
        `${direction} ${location}: the value of rule ${rule.name} also stands in a place that the policy lets through`,
      );
    }
  }
  return { findings, notes, values: seen.size };
}

/** Truncate and generalize may leave a whole value in its own place; for them it says nothing that it is there. */
const mayStand = ({ action }: RuleView): boolean => action.kind !== "truncate" && action.kind !== "generalize";
