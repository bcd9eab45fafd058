// Memory runs out while a policy is loaded: it is refused, the one before stays in force, and each block comes back.
import { expect, test } from "vitest";
import { runExchange } from "../../../scripts/host/index.ts";
import { Plugin } from "../../../scripts/host/root.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { ScarceMachine } from "../../support/scarce.ts";
import { json, key } from "./support.ts";

const policyOf = (select: string) =>
  binaryOf({ rules: [{ name: "r", select, action: { tokenize: { format: "pan" } } }] });
const before = policyOf("json:$.a");
const next = policyOf("json:$.b");
const body = Buffer.from('{"a":"4111111111111111","b":"5500005555555559"}');

class Filter {
  readonly machine = new ScarceMachine({ environment: { FROSTGLASS_KEY: key } });
  readonly plugin = new Plugin(this.machine, "test", before);

  left(): string {
    const request = { method: "POST", path: "/", headers: [json], body };
    return Buffer.from(runExchange(this.plugin, { request }, { holdHeaders: true }).request!.body).toString();
  }
}

test.each([true, false])("at any block: alone %s", (isAlone) => {
  const sound = new Filter();
  const old = sound.left();
  expect(sound.plugin.configure(next)).toBe(true);
  const fresh = sound.left();
  expect(fresh).not.toBe(old);
  sound.plugin.configure(Buffer.from("nonsense"));
  const settled = sound.machine.blocksOut;
  for (let at = 1, isOver = false; !isOver; at++) {
    const filter = new Filter();
    filter.left();
    filter.machine.failFrom(at, isAlone ? at : 0xffff_ffff);
    const isTaken = filter.plugin.configure(next);
    isOver = filter.machine.blocksAsked < at;
    filter.machine.failFrom(0xffff_ffff, 0);
    expect(filter.machine.failed, `block ${at}`).toBe(false);
    expect(filter.left().includes('"a":"4111'), `block ${at}`).toBe(isTaken);
    expect(filter.plugin.configure(next)).toBe(true);
    expect(filter.left().includes('"a":"4111')).toBe(true);
    expect(filter.machine.blocksOut, `block ${at}`).toBeLessThanOrEqual(settled);
  }
});
