/**
 * Which rule must act on what in a protobuf message: the sentences of docs/internals.md, "Rules on protobuf", asked path by
 * path. Shares nothing with the filter: no message states, just how far each selector has come.
 */
import type { Inside } from "../../../policy/decoders.ts";
import type { ResolvedProtobuf } from "../../../policy/protobuf/index.ts";
import type { Looking, Setting } from "../../nested.ts";
import type { Direction, RuleView } from "../../oracle.ts";
import { unmatchedRule } from "../../oracle.ts";
import { looksSoftly } from "../../soft.ts";
import { lookingInto, viewSoftly } from "../texts.ts";
import { type ByName, isByName, Named, stepsOf } from "./names.ts";
import { isPair, toldIn } from "./told.ts";
import { type Field, type FieldType, type MessageType, Types } from "./types.ts";

/** `step` steps of a selector are behind. */
export interface Place {
  /** Of the selector; of a name that a text tells a negative one. */
  readonly id: number;
  readonly rule: number;
  readonly steps: readonly Step[];
  readonly step: number;
  /** How a text there is decoded, for a selector of what it spells. */
  readonly chain: readonly Inside[];
}

/** A step by name; of other selectors a field, or what stands for some. */
export type Step = string | ByName;

interface Selector {
  readonly id: number;
  readonly rule: number;
  readonly location: string;
  /** A method with globs, or a message type. */
  readonly scope: string;
  readonly steps: readonly Step[];
  readonly chain: readonly Inside[];
}

const any = "google.protobuf.Any";

const everything = ["**", "*"];
/** The same without the keys of entries, which are names. */
const held = ["**", "*held"];

/** A rule that detects looks into all that is in what it selects; "any:" selects every field. */
function selectorsOf({ selectors, detect }: RuleView, rule: number): Omit<Selector, "id">[] {
  const chain: Selector["chain"] = [];
  return selectors.flatMap(({ location, expression, inside }): Omit<Selector, "id">[] => {
    if (location === "proto-name") {
      const path = stepsOf(expression);
      const paths = detect ? [path, [...path, ...held]] : [path];
      return paths.map((steps) => ({ rule, location, scope: "", steps, chain }));
    }
    if (location === "any") return [{ rule, location: "grpc", scope: "*", steps: everything, chain }];
    if (location !== "grpc" && location !== "proto") return [];
    const [, scope, path] = /^([^:]*):(.*)$/.exec(expression)!;
    const steps = path!.match(/\[[^\]]*\]|[^.]+/g)!;
    if (inside) return [{ rule, location, scope: scope!, steps, chain: inside }];
    const paths = detect ? [steps, [...steps, ...everything]] : [steps];
    return paths.map((each) => ({ rule, location, scope: scope!, steps: each, chain }));
  });
}

/** An entry whose keys are texts. */
const isNamedEntry = ({ isEntry, fields }: MessageType): boolean => isEntry && fields.get(1)!.kind === "text";

/** Messages that are, in JSON, what one of their fields holds; and the one that is a list. */
const transparent: ReadonlySet<string> = new Set(["google.protobuf.Struct", "google.protobuf.Value"]);
const listValue = "google.protobuf.ListValue";
const documentValue = "google.protobuf.Value";

const begun = ({ id, rule, steps, chain }: Selector): Place => ({ id, rule, steps, step: 0, chain });

/** Places that are the same count once: types that hold themselves would have more of them at each level. */
function once(places: readonly Place[]): Place[] {
  const seen = new Map(places.map((place) => [`${place.id}.${place.step}`, place]));
  return [...seen.values()];
}

/** What a rule says of a name that a text tells stands behind no selector. */
const toldAt = (rule: number, steps: readonly Step[]): Place => ({
  id: -1 - 2 * rule - (steps.length > 0 ? 1 : 0),
  rule,
  steps,
  step: 0,
  chain: [],
});
const isSelected = ({ id }: Place): boolean => id >= 0;

const isWaiting = ({ steps, step }: Place): boolean => isByName(steps[step]);

const globFits = (glob: string, text: string) =>
  new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "s").test(text);

export class MessageRules {
  readonly unmatched: RuleView | undefined;
  readonly unknown: "block" | "strip" | "pass";
  private readonly types: Types | undefined;
  private readonly bodies: ResolvedProtobuf["bodies"];
  private readonly rules: readonly RuleView[];
  private readonly selectors: readonly Selector[];
  private readonly named: Named;
  private readonly direction: Direction;
  /** Rules by name look into texts that begin as JSON. */
  private readonly isSoft: boolean;
  readonly setting: Setting;

  constructor(rules: readonly RuleView[], setting: Setting, protobuf: ResolvedProtobuf | undefined) {
    const { unmatched, direction } = setting;
    this.setting = setting;
    this.direction = direction;
    this.unmatched = unmatchedRule(unmatched, direction);
    this.unknown = direction === "request" ? (protobuf?.unknown ?? "pass") : "pass";
    this.types = protobuf && new Types(protobuf.sets);
    this.bodies = protobuf?.bodies ?? [];
    this.rules = rules.filter((rule) => rule.directions.includes(direction));
    this.isSoft = looksSoftly(this.rules, direction);
    this.selectors = this.rules.flatMap(selectorsOf).map((selector, id) => ({ ...selector, id }));
    this.named = new Named(this.selectors.filter(({ location }) => location === "proto-name").map(begun));
  }

  /** The type of the body of a path, and where the selectors stand in it; undefined when it is not known. */
  begin(path: string): { type: MessageType; places: readonly Place[] } | undefined {
    const plain = path.split("?")[0]!;
    const body = this.bodies.find((found) => globFits(found.path, plain));
    const type = this.types?.find(body?.[this.direction] ?? "");
    if (type === undefined) return undefined;
    const starts = this.selectors
      .filter(({ location, scope }) => location === "grpc" && globFits(scope, body!.method ?? ""))
      .map(begun);
    return { type, places: this.enter(starts, type) };
  }

  /** Whether anything can act in such a body. */
  acts(path: string): boolean {
    const root = this.begin(path);
    if (root === undefined) return false;
    const { type, places } = root;
    if (this.unmatched !== undefined || this.unknown !== "pass" || this.isLive(type, places)) return true;
    return this.isSoft && this.hasText(type, new Set());
  }

  /** Whether a text that may begin as JSON can stand in a message of the type, at any depth. */
  private hasText(type: MessageType, seen: Set<MessageType>): boolean {
    if (seen.has(type)) return false;
    seen.add(type);
    const fields = [...type.fields.values()];
    if (fields.some((field) => this.isSoftText(field, type))) return true;
    const inner = this.isAny(type) ? [...this.types!.all()] : fields.flatMap((field) => field.message?.() ?? []);
    return inner.some((one) => this.hasText(one, seen));
  }

  /** One step further, to a field of a message of the type; where that holds a message, `inside` has the places in it. */
  step(places: readonly Place[], field: FieldType, type: MessageType): readonly Place[] {
    const isKey = type.isEntry && field.name === "key";
    // By such a name a rule looks into the scalar in a document alone, as in JSON.
    const isBelow = type.name === documentValue && field.message !== undefined;
    const here = isBelow ? places.filter(isSelected) : places;
    return [...this.follow(here, field, isKey), ...this.move(here.filter(isWaiting), field, type)];
  }

  /** What the names that a message of these fields tells say of the fields in it that hold what they name. */
  told(type: MessageType, fields: readonly Field[]): readonly Place[] {
    if (!this.isPair(type)) return [];
    const { own, detecting } = toldIn(this.rules, type, fields);
    const looking = detecting.flatMap((rule) => [toldAt(rule, []), toldAt(rule, held)]);
    return own === undefined ? looking : [toldAt(own, []), ...looking];
  }

  /** Rules by name look, and such names may stand in the message. */
  private isPair = (type: MessageType): boolean => this.isSoft && isPair(type);

  private follow(places: readonly Place[], field: FieldType, isKey: boolean): readonly Place[] {
    return places.flatMap((place) => {
      const ahead = place.steps[place.step];
      if (ahead === "**") return [place, ...this.follow([{ ...place, step: place.step + 1 }], field, isKey)];
      const fits = ahead === field.name || ahead === field.jsonName || ahead === "*" || (ahead === "*held" && !isKey);
      return fits ? [{ ...place, step: place.step + 1 }] : [];
    });
  }

  /** The same of selectors by name, for which a step is what it is in the JSON form of the message. */
  private move(waiting: readonly Place[], field: FieldType, type: MessageType): readonly Place[] {
    if (transparent.has(type.name)) return field.message === undefined ? [] : waiting;
    if (type.name === listValue) return this.named.element(waiting);
    // What an Any holds is unpacked, and what an entry holds has the name that its key says.
    if (this.isAny(type) || isNamedEntry(type) || (type.isEntry && field.name === "key")) return [];
    const behind = this.named.member(waiting, field.names);
    return field.isList ? [...behind, ...this.named.element(behind)] : behind;
  }

  /** The places in a message of the type, behind the field that holds it. */
  enter(places: readonly Place[], type: MessageType): readonly Place[] {
    const starts = this.selectors
      .filter(({ location, scope }) => location === "proto" && scope === type.name)
      .map(begun);
    return once([...places.filter(({ steps, step }) => step < steps.length), ...starts]);
  }

  /** The places in the message that an Any holds. */
  unpack(places: readonly Place[], type: MessageType): readonly Place[] {
    const inside = places.flatMap((place): Place[] => {
      const ahead = place.steps[place.step];
      if (isByName(ahead)) return [place];
      if (ahead === "**") return [place, ...this.typed([{ ...place, step: place.step + 1 }], type)];
      return this.typed([place], type);
    });
    return this.enter(inside, type);
  }

  private typed(places: readonly Place[], type: MessageType): Place[] {
    return places.flatMap((place) =>
      place.steps[place.step] === `[${type.name}]` ? [{ ...place, step: place.step + 1 }] : [],
    );
  }

  /** Where selectors by name stand behind the value of an entry, by what its keys say; nowhere in other messages. */
  entry(type: MessageType, fields: readonly Field[], places: readonly Place[]): readonly Place[] {
    if (!isNamedEntry(type)) return [];
    const keys = fields
      .filter(({ number }) => number === 1)
      .map(({ value }) =>
        Buffer.from(value)
          .toString()
          .replace(/^\ufeff/, ""),
      );
    // A key that is not there is an empty one.
    const names = keys.length > 0 ? keys : [""];
    return names.flatMap((name) => this.named.member(places.filter(isWaiting), [name]));
  }

  /** The type of what a message of these fields holds, when it is an Any that tells. */
  contentOf(type: MessageType, fields: readonly Field[]): MessageType | undefined {
    const [url, ...others] = this.isAny(type) ? fields.filter(({ number }) => number === 1) : [];
    const name = url && Buffer.from(url.value).toString();
    if (name === undefined || others.length > 0) return undefined;
    return this.types?.find(name.slice(name.lastIndexOf("/") + 1));
  }

  typeNamed = (name: string): MessageType | undefined => this.types?.find(name);

  isAny = (type: MessageType): boolean => type.name === any;

  isDocument = (type: MessageType): boolean => type.name === "google.protobuf.Struct";

  /** Whether a rule can select something in a message of the type. */
  isLive(type: MessageType, given: readonly Place[], seen = new Set<string>()): boolean {
    if (this.isPair(type)) return true;
    const places = given.filter(isSelected);
    const key = `${type.name} ${places.map(({ id, step }) => `${id}.${step}`).join(" ")}`;
    if (seen.has(key)) return false;
    seen.add(key);
    const byKey = isNamedEntry(type) ? this.named.any(places.filter(isWaiting)) : [];
    if (byKey.some(({ steps, step }) => step === steps.length)) return true;
    for (const field of type.fields.values()) {
      const next = [...this.step(places, field, type), ...(field.name === "value" ? byKey : [])];
      const isText = this.holdsText(field, type);
      if (next.some(({ steps, step, chain }) => step === steps.length && (isText || chain.length === 0))) return true;
      const inner = field.message?.();
      if (inner && this.isLive(inner, this.enter(next, inner), seen)) return true;
    }
    if (!this.isAny(type)) return false;
    for (const inner of this.types!.all()) if (this.isLive(inner, this.unpack(places, inner), seen)) return true;
    return false;
  }

  /** The first rule that selects what stands at these places, whatever it is. */
  own(places: readonly Place[]): number | undefined {
    const rules = this.selecting(places).filter((rule) => this.rules[rule]!.detect === undefined);
    return rules.length > 0 ? Math.min(...rules) : undefined;
  }

  /** Rules that detect in what stands at these places, before `acting` acts on it. */
  detecting(places: readonly Place[], acting: number | undefined): RuleView[] {
    const isBefore = (rule: number) => acting === undefined || rule < acting;
    const rules = this.selecting(places).filter((rule) => this.rules[rule]!.detect !== undefined && isBefore(rule));
    return [...new Set(rules)].sort((a, b) => a - b).map((rule) => this.rules[rule]!);
  }

  /** Those at which a selector ends. */
  ended = (places: readonly Place[]): Place[] => places.filter(({ steps, step }) => step === steps.length);

  private ending(places: readonly Place[], isDecoded: boolean): Place[] {
    return places.filter(({ steps, step, chain }) => step === steps.length && chain.length > 0 === isDecoded);
  }

  private selecting(places: readonly Place[]): number[] {
    return this.ending(places, false).map(({ rule }) => rule);
  }

  /** Whether what is in the field may be decoded. What an Any holds is a message. */
  holdsText = ({ kind, name }: FieldType, type: MessageType): boolean =>
    (kind === "text" || kind === "bytes") && !(this.isAny(type) && name === "value");

  /** Whether it is decoded where it begins as JSON. A key of a map is a name. */
  private isSoftText = (field: FieldType, type: MessageType): boolean =>
    this.isSoft && this.holdsText(field, type) && !this.isAny(type) && !(type.isEntry && field.name === "key");

  /** Whether it is where these places are: not where a rule looks into it as it stands, by a name that a text tells. */
  private isSoftAt = (field: FieldType, type: MessageType, places: readonly Place[]): boolean =>
    this.isSoftText(field, type) &&
    !this.ended(places).some((place) => !isSelected(place) && this.rules[place.rule]!.detect !== undefined);

  /** How the rules look at a text at these places that is decoded before `acting` acts on it; undefined when it is not. */
  lookingInto(
    field: FieldType,
    type: MessageType,
    places: readonly Place[],
    acting: number | undefined,
  ): Looking[] | undefined {
    const detecting = this.detecting(places.filter(isSelected), undefined);
    // A text that a selector decodes is read by names, too, whoever looks into it as it stands.
    const around = { acting, detecting, isSoft: this.isSoftText(field, type) };
    return lookingInto(this.rules, this.ending(places, true), around);
  }

  /** The verdict on a text on which no rule acts as a whole; undefined where it does not begin as JSON. */
  judgeSoftly(
    field: FieldType,
    type: MessageType,
    places: readonly Place[],
    text: Buffer,
    detecting: readonly RuleView[],
    isExempt: boolean,
  ): RuleView | undefined {
    return this.isSoftAt(field, type, places)
      ? viewSoftly(this.rules, this.setting, text, detecting, isExempt)
      : undefined;
  }

  view(rule: number): RuleView {
    return this.rules[rule]!;
  }
}
