// Memory runs out at every block that is asked for, in every place that the product reads: what leaves is what leaves
// otherwise, or nothing does; each block comes back, and no later request finds a difference.
import { describe, expect, test } from "vitest";
import { type ExchangeResult, runExchange } from "../../../scripts/host/index.ts";
import { Plugin } from "../../../scripts/host/root.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { shopFile } from "../../support/protobuf.ts";
import { ScarceMachine } from "../../support/scarce.ts";
import { message, opened, type Place, places } from "../everywhere/places.ts";
import { key } from "./support.ts";

const pan = "4111111111111111";
const common = { compressed: "decode", protobuf: { descriptors: shopFile } };
const found = { name: "found", select: "any:", detect: ["CREDIT_CARD"] };
const named = ["named:q1", "form:r", "multipart:q", "named:note"];
const edge = binaryOf({
  ...common,
  rules: [
    opened,
    { name: "named", select: named, action: { tokenize: { format: "pan" } } },
    { ...found, action: { hash: {} } },
  ],
});
const egress = binaryOf(
  { ...common, egress: { hosts: ["*"] }, rules: [opened, { ...found, action: { tokenize: { format: "pan" } } }] },
  "egress",
);

const typed = (type: string): [string, string][] => [["content-type", type]];
const refused: Place[] = ["application/grpc", "application/grpc-web-text", "image/png"].map((type) => () => ({
  headers: typed(type),
  path: "/shop.Checkout/Pay",
  body: "x",
}));

class Filter {
  readonly machine = new ScarceMachine({ environment: { FROSTGLASS_KEY: key }, now: () => 1_800_000_000_000_000_000n });
  readonly #plugin: Plugin;
  readonly #isAnswered: boolean;

  constructor(binary: Uint8Array) {
    this.#plugin = new Plugin(this.machine, "test", binary);
    this.#isAnswered = binary === egress;
  }

  /** A request with the number in this place, answered by what is in the same place. */
  run(place: Place): ExchangeResult {
    const request = message(place(pan));
    const { headers, body, path, ...rest } = request;
    const answer = { status: 200, headers, ...(body && { body }), ...rest };
    const exchange = { request, ...(this.#isAnswered && { response: answer }) };
    return runExchange(this.#plugin, exchange, { holdHeaders: true });
  }

  /** Blocks that are out when every buffer has been used, for what passes and for refusals. */
  settled(place: Place): number {
    for (const one of [...refused, place]) this.run(one);
    return this.machine.blocksOut;
  }
}

const left = ({ request, response }: ExchangeResult) => ({ request, response });

/**
 * Runs out of memory at each block in turn: of that one alone, or of all from there on; in a filter that has its buffers, or
 * none.
 */
function starve(binary: Uint8Array, place: Place): void {
  const warm = new Filter(binary);
  const whole = warm.run(place);
  expect(whole.outcome).toBe("forwarded");
  const settled = warm.settled(place);
  for (const isWarm of [true, false]) {
    for (const isAlone of [true, false]) {
      for (let at = 1, isOver = false; !isOver; at++) {
        const filter = isWarm ? warm : new Filter(binary);
        filter.machine.failFrom(at, isAlone ? at : 0xffff_ffff);
        const starved = filter.run(place);
        isOver = filter.machine.blocksAsked < at;
        filter.machine.failFrom(0xffff_ffff, 0);
        const where = `block ${at}, ${isWarm ? "warm" : "cold"}, ${isAlone ? "alone" : "all"}`;
        expect(filter.machine.failed, where).toBe(false);
        if (starved.outcome === "forwarded") {
          expect(left(starved), where).toEqual(left(whole));
        } else {
          expect(starved.outcome, where).toBe("blocked");
          expect([undefined, whole.request], where).toContainEqual(starved.request);
        }
        expect(filter.settled(place), where).toBeLessThanOrEqual(settled);
        expect(left(filter.run(place)), where).toEqual(left(whole));
      }
    }
  }
}

const mangled: Record<string, Place> = {
  form: (text) => ({ headers: typed("application/x-www-form-urlencoded"), body: `a=b&card.no=${text}` }),
  query: (text) => ({ path: `/?a=b&card.no=${text}` }),
  header: (text) => ({ headers: [["x_card_no", text]] }),
};

describe("memory runs out where a name is read as receivers read it", () => {
  const names = ["form:card_no", "query:card_no", "header:x-card-no"];
  const binary = binaryOf({ rules: [{ name: "number", select: names, action: { mask: { keepLast: 4 } } }] });
  test.each(Object.entries(mangled))("in a %s", (_name, place) => starve(binary, place));
});

describe.each([
  ["a request", edge],
  ["an answer for the hotfix", egress],
])("memory runs out in %s", (_, binary) => {
  test.each(Object.entries(places))("%s", (_name, place) => starve(binary, place));
});
