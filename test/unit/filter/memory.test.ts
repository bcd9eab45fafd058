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
const binary = binaryOf({
  compressed: "decode",
  protobuf: { descriptors: shopFile },
  rules: [
    opened,
    {
      name: "named",
      select: ["named:q1", "form:r", "multipart:q", "named:note"],
      action: { tokenize: { format: "pan" } },
    },
    { name: "found", select: "any:", detect: ["CREDIT_CARD"], action: { hash: {} } },
  ],
});

const typed = (type: string): [string, string][] => [["content-type", type]];
const refused: Place[] = ["application/grpc", "application/grpc-web-text", "image/png"].map((type) => () => ({
  headers: typed(type),
  path: "/shop.Checkout/Pay",
  body: "x",
}));

class Filter {
  readonly machine = new ScarceMachine({ environment: { FROSTGLASS_KEY: key }, now: () => 1_800_000_000_000_000_000n });
  readonly #plugin = new Plugin(this.machine, "test", binary);

  run(place: Place): ExchangeResult {
    return runExchange(this.#plugin, { request: message(place(pan)) }, { holdHeaders: true });
  }

  /** Blocks that are out when every buffer has been used, for what passes and for refusals. */
  settled(place: Place): number {
    for (const one of [...refused, place]) this.run(one);
    return this.machine.blocksOut;
  }
}

/** Runs out of memory at each block in turn: of that one alone, or of all from there on; in a filter that has its buffers, or none. */
function starve(place: Place): void {
  const warm = new Filter();
  const whole = warm.run(place);
  expect(whole.outcome).toBe("forwarded");
  const settled = warm.settled(place);
  for (const isWarm of [true, false]) {
    for (const isAlone of [true, false]) {
      for (let at = 1, isOver = false; !isOver; at++) {
        const filter = isWarm ? warm : new Filter();
        filter.machine.failFrom(at, isAlone ? at : 0xffff_ffff);
        const { outcome, request } = filter.run(place);
        isOver = filter.machine.blocksAsked < at;
        filter.machine.failFrom(0xffff_ffff, 0);
        const where = `block ${at}, ${isWarm ? "warm" : "cold"}, ${isAlone ? "alone" : "all"}`;
        expect(filter.machine.failed, where).toBe(false);
        if (outcome === "forwarded") expect(request, where).toEqual(whole.request);
        else expect([outcome, request?.body.length ?? 0], where).toEqual(["blocked", 0]);
        expect(filter.settled(place), where).toBeLessThanOrEqual(settled);
        expect(filter.run(place).request, where).toEqual(whole.request);
      }
    }
  }
}

describe("runs out of memory", () => {
  test.each(Object.entries(places))("%s", (_name, place) => starve(place));
});
