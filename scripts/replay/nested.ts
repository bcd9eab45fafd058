/**
 * Texts that a policy decodes, read without the filter's help: JSON.parse, Buffer, `graphql` and the words of RFC 7515 say
 * what they spell, and the rules are asked again about that.
 *
 * Invariants: whatever cannot be read goes back to the rules on the whole text; where nothing changed inside, the text is
 * the same character by character; a token whose claims changed is exactly the unsigned one.
 */
import { MAX } from "../policy/constants.ts";
import type { Inside } from "../policy/decoders.ts";
import { readJson } from "./bodies/json.ts";
import type { BodyReading } from "./bodies/reading.ts";
import { decode, differ } from "./bodies/reading.ts";
import type { Comparison } from "./compare.ts";
import { found, foundInName } from "./detection.ts";
import { bytesIn, bytesOfPart, encode, spell, stub, tokenIn } from "./encoded.ts";
import { readQuery } from "./graphql.ts";
import { readingsOf } from "./names.ts";
import { type Direction, Oracle, type RuleView, type Unmatched, unmatchedRule } from "./oracle.ts";
import { looksEverywhere, type Selector } from "./selectors.ts";
import { beginsAs, isEncodedJson, looksSoftly, namedSelectors, type SoftDecoder, softDecoder } from "./soft.ts";
import { compareText, type TextReading, type TextVerdict, whole } from "./verdict.ts";

/** What the policy says of all texts of one direction. */
export interface Setting {
  readonly unmatched: Unmatched;
  readonly direction: Direction;
  readonly unsupported: "block" | "empty" | "pass";
  /** Texts that stand around this one, which was decoded in each; none where it is left out. */
  readonly depth?: number;
}

/** A rule as it looks at one text: with `chain` at what the text spells, without at the text itself. */
export interface Looking {
  readonly view: RuleView;
  /** Its place in the policy. */
  readonly index: number;
  readonly chain: readonly Inside[];
  /** What it selects in the end are names of members. */
  readonly ofNames?: boolean;
  /** It looks by name, into the texts of what the text spells, too. */
  readonly isSoft?: boolean;
  /** The text is a request, which may have a query. */
  readonly isRequest?: boolean;
}

const isChained = ({ chain }: Looking): boolean => chain.length > 0;
const isWhole = ({ view, chain }: Looking): boolean => chain.length === 0 && view.detect === undefined;

/**
 * The verdict on a text at which these rules look. `acting` decides about the whole of it (its own place in the policy, or
 * that of `unmatched`); `isExempt`: something around it passes, so that `unmatched` does not act. `isUnmatched`: it acts on
 * the text itself where no rule does, as on all but segments of paths.
 */
export function judgeText(
  text: Buffer,
  looking: readonly Looking[],
  setting: Setting,
  isExempt: boolean,
  isUnmatched = !isExempt,
): TextVerdict {
  const verdict = judgeInside(text, looking, setting, isExempt, isUnmatched);
  if (verdict === "undecided") return undecided(setting);
  return verdict === "unfound" ? undefined : verdict;
}

function judgeInside(
  text: Buffer,
  looking: readonly Looking[],
  setting: Setting,
  isExempt: boolean,
  isUnmatched = !isExempt,
): TextVerdict | "undecided" | "unfound" {
  const own = looking.filter(isWhole).sort((a, b) => a.index - b.index)[0];
  const detecting = looking
    .filter(({ view, chain }) => chain.length === 0 && view.detect !== undefined)
    .sort((a, b) => a.index - b.index);
  const inside = looking.filter(isChained);
  const unmatched = isUnmatched ? unmatchedRule(setting.unmatched, setting.direction) : undefined;
  const isPass = own?.view.action.kind === "pass";
  const first = Math.min(...inside.map(({ index }) => index), ...detecting.map(({ index }) => index));
  const isOpened = inside.length > 0 && text.length > 0 && (own === undefined || isPass || own.index > first);
  if (isOpened) {
    const reading = readInside(text, [...inside, ...detecting], setting, isExempt || isPass);
    if (reading !== undefined) return reading;
  }
  const views = detecting.filter(({ index }) => own === undefined || index < own.index).map(({ view }) => view);
  const whole = found(views, decode(text), false, text) ?? own?.view ?? unmatched;
  if (whole !== undefined || !isOpened) return whole;
  return views.length === 0 ? "undecided" : "unfound";
}

/** The rules by name as they look into a text that no selector decodes. */
export const softLooking = (rules: readonly RuleView[], decoder: SoftDecoder, isRequest = false): Looking[] =>
  rules.flatMap((view, index) =>
    namedSelectors(view).map(({ expression }) => ({
      view,
      index,
      chain: [{ decoder, expression }],
      isSoft: true,
      isRequest,
    })),
  );

/**
 * The verdict on a text in which no selector decodes anything, and on which no rule acts as a whole; "plain" where it does not
 * begin as its place says and the rules are to judge it as it stands. `isMeant`: it is said to be GraphQL.
 */
export function judgeSoftly(
  text: Buffer,
  decoder: SoftDecoder,
  rules: readonly RuleView[],
  setting: Setting,
  { isExempt = false, isMeant = false, isRequest = false, detecting = [] as readonly Looking[] },
): TextReading | RuleView | "plain" {
  if (text.length === 0 || (!isMeant && !beginsAs(decoder, decode(text)))) return "plain";
  if (setting.depth === MAX.DECODERS) return undecided(setting) ?? "plain";
  const everywhere = rules.flatMap((view, index) => (looksEverywhere(view) ? { view, index, chain: [] } : []));
  const looking = [...softLooking(rules, decoder, isRequest), ...everywhere, ...detecting];
  const isEncoded = decoder === "json" && isEncodedJson(decode(text));
  const reading = isEncoded
    ? readEncoded(text, looking, deeper(setting), isExempt)
    : readInside(text, looking, setting, isExempt);
  return reading ?? undecided(setting) ?? "plain";
}

/** A field that rules name. */
interface FieldName {
  readonly direction: Direction;
  readonly location: string;
  readonly name: string;
}

/** As receivers read the name: what is a query in one of its readings is one. */
function softIn(rules: readonly RuleView[], { direction, location, name }: FieldName): SoftDecoder | undefined {
  if (!looksSoftly(rules, direction)) return undefined;
  const decoders = readingsOf(location, name).map((reading) => softDecoder(location, reading, direction));
  return decoders.find((decoder) => decoder === "graphql") ?? decoders[0];
}

/** The part of an upload that is a request of GraphQL. */
const isBody = ({ location, name }: FieldName): boolean => location === "multipart" && name === "operations";

/** The same for the value of a field. */
export function judgeField(
  field: FieldName,
  value: Buffer,
  rules: readonly RuleView[],
  setting: Setting,
): TextReading | RuleView | "plain" {
  const decoder = softIn(rules, field);
  if (decoder === undefined || unmatchedRule(setting.unmatched, setting.direction) !== undefined) return "plain";
  return judgeSoftly(value, decoder, rules, setting, { isRequest: isBody(field) });
}

/** The rules that look at the value of a field, or into it; undefined when none looks into it. */
export function lookingAt(
  rules: readonly RuleView[],
  field: FieldName,
  selectorsHere: (rule: RuleView) => readonly Pick<Selector, "inside">[],
): Looking[] | undefined {
  const looking = rules.flatMap((view, index) =>
    selectorsHere(view).map(({ inside }): Looking => ({ view, index, chain: inside ?? [] })),
  );
  const [told] = looking.find(isChained)?.chain ?? [];
  if (told === undefined) return undefined;
  const soft = softIn(rules, field);
  return soft === told.decoder ? [...looking, ...softLooking(rules, soft, isBody(field))] : looking;
}

/** What becomes of a text that cannot be read, and about which no rule says anything. */
export function undecided({ unsupported, direction }: Setting): RuleView | undefined {
  if (unsupported === "pass") return undefined;
  const action = unsupported === "block" ? { kind: "block" as const } : { kind: "redact" as const, with: "" };
  return { name: "unsupported", action, directions: [direction], selectors: [] };
}

/** Whether a text is read although a rule acts on the whole of it: that stands behind those inside, or behind what detects. */
export function isOpened(
  rules: readonly RuleView[],
  chains: readonly Looking[],
  acting: number | undefined,
  detecting: readonly number[],
): boolean {
  if (acting === undefined || rules[acting]!.action.kind === "pass") return true;
  return acting > Math.min(...chains.map(({ index }) => index), ...detecting.filter((index) => index < acting));
}

/** The view for a text that is read: it passes, but for what the rules inside say. */
export const readingView = (view: RuleView, reading: TextReading): RuleView => ({
  ...view,
  action: { kind: "pass" },
  reading,
});

const deeper = (setting: Setting): Setting => ({ ...setting, depth: (setting.depth ?? 0) + 1 });

function readInside(
  text: Buffer,
  looking: readonly Looking[],
  outside: Setting,
  isExempt: boolean,
): TextReading | undefined {
  const setting = deeper(outside);
  const decoder = looking.find(isChained)!.chain[0]!.decoder;
  if (decoder === "json") return readDocument(text, looking, setting, isExempt);
  if (decoder === "jwt") return readToken(text, looking, setting, isExempt);
  if (decoder === "graphql") return readLiterals(text, looking, setting, isExempt);
  return readBase64(text, decoder, looking, setting, isExempt);
}

/** The rules as they look at a document; one that detects in the whole of it looks at everything in it, names as well. */
function oracleIn(
  looking: readonly Looking[],
  { unmatched, direction, unsupported, depth }: Setting,
  hasNames = true,
): Oracle {
  const rules = [...looking]
    .sort((a, b) => a.index - b.index)
    .map(({ view, chain, ofNames, isSoft }): RuleView => {
      const [step, ...rest] = chain;
      const any = hasNames && looksEverywhere(view);
      const everything = { location: any ? "any" : "json", expression: any ? "" : "$" };
      const inside = rest.length > 0 ? { inside: rest } : {};
      const location = ofNames ? "json-key" : "json";
      const named = isSoft ? ({ isNamed: true } as const) : {};
      return {
        ...view,
        directions: [direction],
        selectors: step ? [{ location, expression: step.expression!, ...inside, ...named }] : [everything],
      };
    });
  const isRequest = looking.some((one) => one.isRequest);
  return new Oracle(rules, unmatched, direction, unsupported, isRequest, depth);
}

function readDocument(
  text: Buffer,
  looking: readonly Looking[],
  setting: Setting,
  isExempt: boolean,
): TextReading | undefined {
  const reading = readJson(oracleIn(looking, setting), text, { isExempt });
  return reading && ofBody(reading, "json");
}

/** The literals of a GraphQL document, and its names. */
function readLiterals(
  text: Buffer,
  looking: readonly Looking[],
  setting: Setting,
  isExempt: boolean,
): TextReading | undefined {
  const oracle = oracleIn(looking, setting, false);
  const views = looking.filter((one) => !isChained(one)).map(({ view }) => view);
  const reading = readQuery(
    decode(text),
    (literals) => readJson(oracle, literals, { isExempt }),
    (name) => foundInName(views, setting.direction, name),
  );
  if (reading === undefined) return undefined;
  const secrets = reading.secrets.map((secret) => ({ ...secret, location: `|graphql:${secret.location}` }));
  const compare = (after: string) => accepted(inner("graphql", reading.compare(after)), after);
  return { ...reading, secrets, compare };
}

/** A document as a text. */
function ofBody({ secrets, passing, compare }: BodyReading, decoder: string): TextReading {
  return {
    secrets: secrets.map((secret) => ({ ...secret, location: `|${decoder}:${secret.location}` })),
    passing,
    compare: (after) => inner(decoder, compare(Buffer.from(after))),
  };
}

const inner = (decoder: string, comparison: Comparison): Comparison => ({
  ...comparison,
  differences: comparison.differences.map((difference) => ({
    ...difference,
    location: `|${decoder}:${difference.location}`,
  })),
});

function readToken(
  text: Buffer,
  looking: readonly Looking[],
  setting: Setting,
  isExempt: boolean,
): TextReading | undefined {
  const { scheme, payload } = tokenIn(decode(text)) ?? {};
  if (payload === undefined) return undefined;
  const reading = readJson(oracleIn(looking, setting), payload, { isExempt });
  if (reading === undefined) return undefined;
  const { secrets, passing } = ofBody(reading, "jwt");
  return {
    secrets,
    passing: `${scheme ?? ""}\n${encode(passing)}`,
    compare(after) {
      const start = `${scheme ?? ""}${stub}.`;
      const isStub = after.startsWith(start) && after.endsWith(".") && after !== decode(text);
      const left = isStub ? bytesOfPart(after.slice(start.length, -1)) : after === decode(text) ? payload : undefined;
      if (left === undefined) return differ("|jwt", "neither the token nor an unsigned one");
      return accepted(inner("jwt", reading.compare(left)), after);
    },
  };
}

/** A text in which all is as it must be may stand in what left, encoded as it is. */
const accepted = (comparison: Comparison, after: string): Comparison =>
  comparison.differences.length > 0 ? comparison : { ...comparison, allowed: [...comparison.allowed, after] };

/** A document in base64 that no selector decodes, in lines or not. */
function readEncoded(
  text: Buffer,
  looking: readonly Looking[],
  setting: Setting,
  isExempt: boolean,
): TextReading | undefined {
  const digits = decode(text).replace(/[ \t\n\r\ufeff]/g, "");
  const decoder = /[-_]/.test(digits) ? "base64url" : "base64";
  const { bytes, isPadded } = bytesIn(digits, decoder) ?? {};
  const reading = bytes && readDocument(bytes, looking, setting, isExempt);
  if (reading === undefined) return undefined;
  return {
    secrets: reading.secrets.map((secret) => ({ ...secret, location: `|${decoder}${secret.location}` })),
    passing: Buffer.from(reading.passing).toString(decoder),
    compare(after) {
      const left = after === decode(text) ? bytes! : Buffer.from(after, decoder);
      const isSpelled = left === bytes || spell(left, decoder, isPadded!) === after;
      if (!isSpelled) return differ(`|${decoder}`, "not in the same encoding any more");
      const comparison = reading.compare(decode(left));
      const differences = comparison.differences.map((one) => ({ ...one, location: `|${decoder}${one.location}` }));
      return accepted({ ...comparison, differences }, after);
    },
  };
}

function readBase64(
  text: Buffer,
  decoder: "base64" | "base64url",
  looking: readonly Looking[],
  setting: Setting,
  isExempt: boolean,
): TextReading | undefined {
  const { bytes, isPadded } = bytesIn(decode(text), decoder) ?? {};
  if (bytes === undefined) return undefined;
  const within = looking.map(({ chain, ...rest }) => ({ ...rest, chain: chain.slice(1) }));
  const verdict = judgeInside(bytes, within, setting, isExempt);
  // Many a plain word is base64 by chance: what it spells says whether it is meant.
  if (verdict === "undecided" || verdict === "unfound") return undefined;
  const { secrets, passing } = whole(verdict, bytes, `|${decoder}`);
  return {
    secrets,
    passing: Buffer.from(passing).toString(decoder),
    compare(after) {
      const left = Buffer.from(after, decoder);
      if (spell(left, decoder, isPadded!) !== after) return differ(`|${decoder}`, "not in the same encoding any more");
      return accepted(compareText(verdict, bytes, decode(left), `|${decoder}`), after);
    },
  };
}
