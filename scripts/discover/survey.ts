/**
 * Sources -> fields with evidence: recordings, descriptions and descriptor sets read together, and each field of them asked
 * for what speaks for it; against a policy, only those about which it decides nothing.
 *
 * Invariant: what is known of a value is that it was there, and what found it.
 */
import { graphqlSelectors } from "../policy/graphql.ts";
import type { CompiledPolicy } from "../policy/index.ts";
import type { Recording } from "../replay/recording.ts";
import { Coverage } from "./coverage.ts";
import { isSelectedInMessage } from "./described.ts";
import { builtInEvidence, type Detect } from "./detectors.ts";
import { type Evidence, kindOf } from "./evidence.ts";
import { type Field, type FieldPlace, keyOf, type Spot, type Unread } from "./field.ts";
import { filled } from "./filled.ts";
import { type Finding, grouped } from "./group.ts";
import { Inventory } from "./inventory.ts";
import { Messages } from "./messages.ts";
import { meets, patternOf } from "./overlap.ts";
import type { Sources } from "./sources.ts";

export interface Survey {
  readonly findings: readonly Finding[];
  /** Bodies that were not read. */
  readonly unread: ReadonlyMap<Unread, number>;
  readonly isCompressed: boolean;
  readonly fields: number;
}

const twoWays = "read in two ways";

/** The texts around a field that are decoded on the way to it, and how. */
function around(field: Spot): { readonly key: string; readonly text: Spot; readonly decoder: string }[] {
  return [...field.expression.matchAll(/\|(json|jwt|base64url|base64|graphql)\b/g)].map(({ 1: decoder, index }) => {
    const place = field.place === "json-key" ? "json" : field.place;
    const text = { ...field, place, expression: field.expression.slice(0, index) };
    return { key: keyOf(text), text, decoder: decoder! };
  });
}

/** Those that a `graphql:` selector decodes, wherever a request of GraphQL over HTTP has them. */
function aroundGraphql(fields: readonly Field[]): ReturnType<typeof around> {
  if (!fields.some(({ place }) => place === "graphql")) return [];
  return (["arguments", "variables"] as const)
    .flatMap((part) => graphqlSelectors(part, ".x"))
    .flatMap((selector) => {
      const [, place, expression] = /^(\w+):(.*)$/.exec(selector)!;
      return around({ direction: "request", place: place as FieldPlace, expression: expression!, names: [] });
    });
}

/** Texts that are JSON here and base64 there, by one selector or by two that meet: a policy reads a text in one way only. */
function readInTwoWays(fields: readonly Field[]): Field[] {
  const texts = new Map(
    [...fields.flatMap(around), ...aroundGraphql(fields)].map((one) => [`${one.key} ${one.decoder}`, one]),
  );
  const all = [...texts.values()].map((one) => ({ ...one, pattern: patternOf(one.text) }));
  const isTwice = ({ pattern, decoder }: (typeof all)[number]): boolean =>
    all.some((other) => other.decoder !== decoder && meets(pattern, other.pattern));
  const twice = new Set(all.filter(isTwice).map(({ key }) => key));
  return fields.filter((field) => twice.has(keyOf(field)));
}

/**
 * Where the name of a text says what it is, or what stands there when it spells nothing, the text is told as a whole: rules on what it spells would leave alone one in
 * which they find nothing. A token is told by its claims as well, since a hotfix may need the others.
 */
function withoutInner(fields: readonly Field[], evidenceOf: (field: Field) => Told): Field[] {
  const isTold = (field: Field): boolean => {
    const { detectors, isPartial } = evidenceOf(field);
    return kindOf(field) !== undefined || (detectors.size > 0 && isPartial !== true);
  };
  const named = new Set(fields.filter(isTold).map(keyOf));
  const whole = new Set(fields.filter((field) => evidenceOf(field).marks.includes(twoWays)).map(keyOf));
  return fields.filter(
    (field) => !around(field).some(({ key, decoder }) => whole.has(key) || (decoder !== "jwt" && named.has(key))),
  );
}

type Told = Evidence & { readonly marks: string[] };

/** Told how far it is. */
export type Progress = (done: number, all: number, what: string) => void;

export async function survey(
  { sets, recordings, described, templates, meaning }: Sources,
  compiled: CompiledPolicy | undefined,
  progress: Progress = () => {},
  detect: Detect = builtInEvidence(),
): Promise<Survey> {
  const given = sets.map(({ bytes }) => bytes);
  const known = [...given, ...(compiled?.policy.protobuf?.sets ?? [])];
  const seen = new Map<string, Told>();
  const evidenceOf = (field: Field) => {
    const key = keyOf(field);
    const found: Told = seen.get(key) ?? { kind: kindOf(field), detectors: new Map(), marks: [] };
    seen.set(key, found);
    return found;
  };
  const inventory = new Inventory(
    (field, value) => {
      const evidence = evidenceOf(field);
      const mark = meaning.get(value);
      if (mark !== undefined && !evidence.marks.includes(mark)) evidence.marks.push(mark);
      for (const { type, isWhole } of detect(value)) {
        evidence.detectors.set(type, (evidence.detectors.get(type) ?? 0) + 1);
        if (!isWhole) evidence.isPartial = true;
      }
    },
    (text) => detect(text).length > 0,
    known.length > 0 ? new Messages(known, compiled) : undefined,
  );
  for (const template of templates) inventory.knowledge.paths.describe(template);
  if (given.length > 0) inventory.describe(new Messages(given));
  const all: readonly Recording[] = [...recordings, ...described];
  for (const recording of all) inventory.learn(recording);
  all.forEach((recording, index) => {
    progress(index, all.length, "read");
    inventory.add(recording, index >= recordings.length);
  });
  for (const field of readInTwoWays(inventory.fields)) evidenceOf(field).marks.push(twoWays);
  const speaking = inventory.fields.filter((field) => {
    const { kind, marks, detectors } = evidenceOf(field);
    return kind !== undefined || marks.length > 0 || detectors.size > 0;
  });
  const open = compiled ? await uncovered(compiled, speaking) : speaking;
  const findings = withoutInner(open, evidenceOf).map(
    (field): Finding => ({ field, evidence: evidenceOf(field), places: 1 }),
  );
  return {
    findings: grouped(findings),
    unread: inventory.unread,
    isCompressed: inventory.decoded > 0,
    fields: inventory.fields.length,
  };

  async function uncovered(policy: CompiledPolicy, fields: readonly Field[]): Promise<Field[]> {
    const looking = new Map(fields.map((field) => [keyOf(field), evidenceOf(field)]));
    const coverage = new Coverage(policy, inventory.knowledge, detect, (key) => looking.get(key));
    for (const [index, recording] of all.entries()) {
      progress(index, all.length, "tried");
      await coverage.add(recording);
    }
    for (const field of fields) {
      const made = coverage.isMet(keyOf(field)) ? undefined : filled(field);
      if (made) await coverage.add(made);
    }
    return fields.filter((field) => {
      const key = keyOf(field);
      if (coverage.isMet(key)) return coverage.isOpen(key);
      // Only told of.
      return field.place === "grpc" || field.place === "proto" ? !isSelectedInMessage(policy, field) : false;
    });
  }
}
