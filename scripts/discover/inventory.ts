/**
 * Which fields recorded exchanges have: every place that holds a scalar, with its values at hand for whoever looks for
 * evidence, and nothing of them kept.
 *
 * Invariant: all traffic is read twice: names and paths are learned before a field is named.
 */
import { kindOf } from "./evidence.ts";
import { type Field, groupedBy, keyOf, type Met, type Spot, type Unread } from "./field.ts";
import type { Messages } from "./messages.ts";
import { type Exchange, exchangeFields, type TrafficKnowledge } from "./reading/exchange.ts";
import { type IsPersonal, Names } from "./reading/names.ts";
import { Paths } from "./reading/paths.ts";

/** Looks at a value; must not keep it. */
export type Look = (field: Field, value: string) => void;

export class Inventory {
  readonly knowledge: TrafficKnowledge;
  readonly unread = new Map<Unread, number>();
  /** Bodies that were read behind their coding. */
  decoded = 0;
  readonly #fields = new Map<string, Field>();
  readonly #look: Look;

  /** `messages` reads protobuf; without it such bodies have no fields. */
  constructor(look: Look, isPersonal: IsPersonal = () => false, messages?: Messages) {
    this.#look = look;
    const names = new Names(isPersonal);
    this.knowledge = {
      names,
      isPersonal,
      isLearning: false,
      messages,
      paths: new Paths(names),
      decoded: () => {
        if (this.#isCounting) this.decoded++;
      },
      unread: (reason) => {
        if (this.#isCounting) this.unread.set(reason, (this.unread.get(reason) ?? 0) + 1);
      },
    };
  }

  #isCounting = false;

  /** In the order in which they were met; a place that is empty here and holds more than a scalar there is none. */
  get fields(): Field[] {
    const holders = new Set<string>();
    for (const spot of this.#fields.values())
      for (const { index } of spot.expression.matchAll(/(?<=.)(?:\.|\[)/g))
        holders.add(keyOf({ ...spot, expression: spot.expression.slice(0, index) }));
    return [...this.#fields.values()].filter(
      (field) => field.values > 0 || field.isDescribed || !holders.has(keyOf(field)),
    );
  }

  /** Names of maps and parameters of paths, before any field is told. */
  learn(exchange: Exchange): void {
    this.knowledge.isLearning = true;
    for (const _ of exchangeFields(this.knowledge, exchange));
    this.knowledge.isLearning = false;
  }

  /** `isDescribed`: its values were made up from a description, and so are none. */
  add(exchange: Exchange, isDescribed = false): void {
    this.#isCounting = true;
    for (const met of exchangeFields(this.knowledge, exchange)) this.#meet(met, isDescribed);
    this.#isCounting = false;
  }

  /** What descriptor sets say that there may be. */
  describe(messages: Messages): void {
    const described = messages.described().map(({ direction, field }) => ({ direction, ...field }));
    for (const same of groupedBy(described, keyOf).values()) {
      // One that stands below several names: what one of them says of it counts.
      const [first] = same;
      const samples = new Set(same.flatMap((field) => field.samples ?? []));
      const telling = same.find((field) => kindOf(field) !== undefined) ?? first!;
      this.#field({ ...telling, samples: [...samples] }).isDescribed = true;
    }
  }

  #field(spot: Spot): Field {
    const key = keyOf(spot);
    const known = this.#fields.get(key);
    if (known) return known;
    const { direction, place, expression, names, isBlunt, isRequired, samples, isOpened } = spot;
    const field: Field = {
      direction,
      place,
      expression,
      names,
      values: 0,
      isDescribed: false,
      ...(isBlunt && { isBlunt }),
      ...(isRequired && { isRequired }),
      ...(samples && { samples }),
      ...(isOpened && { isOpened }),
    };
    this.#fields.set(key, field);
    return field;
  }

  #meet(met: Met, isDescribed: boolean): void {
    const field = this.#field(met);
    if (isDescribed) field.isDescribed = true;
    if (met.value === "") return;
    if (!isDescribed) field.values++;
    if (!met.isOpened) this.#look(field, met.value);
  }
}
