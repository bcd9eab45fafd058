/**
 * Which fields of recorded traffic a policy decides about, asked of the filter itself: the traffic goes through it, every
 * rule redacting, and what is told of what left is compared with what is told of what came.
 *
 * Invariants: a `pass` rule is a decision too, and so is `unmatched` other than `pass`; a message that is refused for what
 * it is, and not for want of a rule, leaves nothing in its body; where something is found in what left, no rule has decided.
 */
import type { CompiledPolicy } from "../policy/index.ts";
import type { Unsupported } from "../policy/policy.gen.ts";
import { withWholeDocuments } from "../replay/bodies/events.ts";
import { formatOf, mediaOf } from "../replay/bodies/index.ts";
import { beginsAsJson } from "../replay/bodies/text.ts";
import type { RecordedRequest, RecordedResponse, Recording } from "../replay/recording.ts";
import { type Engine, type Left, nodeEngine, run, startPlugin } from "../replay/run.ts";
import { headersFromWire } from "../replay/text.ts";
import type { Detect } from "./detectors.ts";
import type { Evidence } from "./evidence.ts";
import { groupedBy, keyOf, type Met } from "./field.ts";
import { type Detecting, probeOf } from "./probe.ts";
import { requestFields, responseFields, type TrafficKnowledge } from "./reading/exchange.ts";

export type EvidenceOf = (key: string) => Evidence | undefined;

const settings = { isActive: false, session: { emergency: "", claims: undefined } };
/** What redacting makes of a value: a value that was it already shows nothing. */
const redacted: ReadonlySet<string> = new Set(["[redacted]", "0", "false"]);

export class Coverage {
  readonly #compiled: CompiledPolicy;
  readonly #knowledge: TrafficKnowledge;
  readonly #detect: Detect;
  readonly #evidence: EvidenceOf;
  readonly #engines = new Map<Detecting, { compiled: CompiledPolicy; engine: Engine }>();
  readonly #open = new Set<string>();
  readonly #met = new Set<string>();

  constructor(compiled: CompiledPolicy, knowledge: TrafficKnowledge, detect: Detect, evidence: EvidenceOf) {
    this.#compiled = compiled;
    this.#knowledge = knowledge;
    this.#detect = detect;
    this.#evidence = evidence;
  }

  /** Of the fields that `add` met: whether a value left that no rule decided about. */
  isOpen(key: string): boolean {
    return this.#open.has(key);
  }

  /** Whether traffic had the field, so that `isOpen` says something. */
  isMet(key: string): boolean {
    return this.#met.has(key);
  }

  async add({ id, request, response }: Recording): Promise<void> {
    const before = [...requestFields(this.#knowledge, request)].filter((met) => this.#matters(met));
    await this.#compare(before, async (detecting) => {
      const left = await this.#request(id, request, detecting);
      return left ? [...requestFields(this.#knowledge, left)] : [];
    });
    if (response === undefined) return;
    const { method, path } = request;
    const answered = [...responseFields(this.#knowledge, path, response)].filter((met) => this.#matters(met));
    await this.#compare(answered, async (detecting) => {
      const asking = { method, path, headers: askingLike(request) };
      const left = await this.#response(id, asking, response, detecting);
      return left ? [...responseFields(this.#knowledge, path, left)] : [];
    });
  }

  #matters(met: Met): boolean {
    return met.value !== "" && this.#evidence(keyOf(met)) !== undefined;
  }

  async #compare(before: readonly Met[], leaving: (detecting: Detecting) => Promise<readonly Met[]>): Promise<void> {
    if (before.length === 0) return;
    const byKey = groupedBy(before, keyOf);
    const left = groupedBy(await leaving("found"), keyOf);
    const asking: string[] = [];
    for (const [key, mets] of byKey) {
      this.#met.add(key);
      const after = left.get(key) ?? [];
      const { kind, marks = [] } = this.#evidence(key)!;
      const isFound = after.some((met) => !met.isOpened && this.#detect(met.value).length > 0);
      if (isFound) this.#open.add(key);
      else if (kind === undefined && marks.length === 0) continue;
      else if (staysIn(mets, after)) {
        if (kind === "freeText") asking.push(key);
        else this.#open.add(key);
      }
    }
    const isDetecting = this.#compiled.rules.some(({ detect }) => detect !== undefined);
    const asked = asking.length > 0 && isDetecting ? groupedBy(await leaving("asked"), keyOf) : left;
    for (const key of asking) if (staysIn(byKey.get(key)!, asked.get(key) ?? [])) this.#open.add(key);
  }

  #engine(detecting: Detecting): { compiled: CompiledPolicy; engine: Engine } {
    const known = this.#engines.get(detecting);
    if (known) return known;
    const compiled = probeOf(this.#compiled, detecting);
    const made = { compiled, engine: nodeEngine(compiled, startPlugin(compiled, {}), settings) };
    this.#engines.set(detecting, made);
    return made;
  }

  async #run(id: string, request: RecordedRequest, response: RecordedResponse | undefined, detecting: Detecting) {
    const { compiled, engine } = this.#engine(detecting);
    const { unsupported } = this.#compiled.policy;
    const told = <T extends RecordedRequest | RecordedResponse>(setting: Unsupported, message: T): T =>
      setting === "pass" ? message : inWholeDocuments(setting === "block" ? asJson(message) : message);
    const recording = {
      id,
      request: told(unsupported.request, request),
      ...(response && { response: told(unsupported.response, response) }),
    };
    return (await run(engine, compiled, recording, settings, undefined)).result;
  }

  /** What left of a request; of one that is refused for its body, what leaves without one. */
  async #request(id: string, request: RecordedRequest, detecting: Detecting): Promise<RecordedRequest | undefined> {
    const { body, ...bodiless } = request;
    let { outcome, request: left } = await this.#run(id, request, undefined, detecting);
    if (outcome === "blocked" && body) {
      const headers = request.headers.filter(([name]) => !/^content-/i.test(name));
      ({ outcome, request: left } = await this.#run(id, { ...bodiless, headers }, undefined, detecting));
    }
    if (outcome === "blocked" || left === undefined) return undefined;
    const path = headersFromWire(left.headers).find(([name]) => name === ":path")?.[1] ?? request.path;
    return { method: request.method, path, ...recorded(left) };
  }

  async #response(
    id: string,
    request: RecordedRequest,
    response: RecordedResponse,
    detecting: Detecting,
  ): Promise<RecordedResponse | undefined> {
    const { body, ...bodiless } = response;
    let { outcome, response: left } = await this.#run(id, request, response, detecting);
    if (outcome === "blocked" && body) {
      const headers = response.headers.filter(([name]) => !/^content-/i.test(name));
      ({ outcome, response: left } = await this.#run(id, request, { ...bodiless, headers }, detecting));
    }
    return outcome === "blocked" || left === undefined ? undefined : { status: left.status, ...recorded(left) };
  }
}

/**
 * The same message, saying so where its body is JSON under the name of a text: the policy reads it where it refuses other texts,
 * and the probe, which refuses nothing, would let it through.
 */
function asJson<T extends RecordedRequest | RecordedResponse>(message: T): T {
  const { headers, body } = message;
  if (body === undefined || !beginsAsJson(Buffer.from(body).toString("utf8"))) return message;
  const told = headers.map(([name, value]): [string, string] => {
    const isText = /^content-type$/i.test(name) && formatOf(mediaOf(value)) === "text";
    return [name, isText ? value.replace(/^[^;]*/, "application/json") : value];
  });
  return { ...message, headers: told };
}

/** The same stream of events, with documents that come in pieces put together: the policy does, and the probe, which refuses none, would not. */
function inWholeDocuments<T extends RecordedRequest | RecordedResponse>(message: T): T {
  const { headers, body } = message;
  const isStream = headers.some(
    ([name, value]) => /^content-type$/i.test(name) && formatOf(mediaOf(value)) === "events",
  );
  return body !== undefined && isStream ? { ...message, body: withWholeDocuments(body) } : message;
}

/** What a response is asked for with, as far as it says how to read it. */
const askingLike = ({ headers }: RecordedRequest): RecordedRequest["headers"] =>
  headers.filter(([name]) => /^(te|grpc-accept-encoding)$/i.test(name));

function recorded({ headers, body, trailers }: Left): Pick<RecordedRequest, "headers" | "body" | "trailers"> {
  return {
    headers: headersFromWire(headers),
    body,
    ...(trailers && { trailers: headersFromWire(trailers) }),
  };
}

/** Whether a value that no redacting could have made is still there. */
function staysIn(before: readonly Met[], after: readonly Met[]): boolean {
  const left = new Set(after.map(({ value }) => value));
  return before.some(({ value }) => !redacted.has(value) && left.has(value));
}
