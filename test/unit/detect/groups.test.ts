import { describe, expect, it } from "vitest";
import { joinSlots, type Slots } from "../../../scripts/detect/groups.ts";

/** Slots of a text of eight characters, each a set such as `0-9`. */
const slots = (...sets: string[]): Slots =>
  sets.map((set) => {
    const member = new RegExp(`^[${set}]$`);
    return Uint8Array.from({ length: 256 }, (_, byte) => (member.test(String.fromCharCode(byte)) ? 1 : 0));
  });

const fits = (group: Slots, text: string): boolean => group.every((bytes, slot) => bytes[text.charCodeAt(slot)] === 1);

const digits = slots(" ", "0-9", "0-9", "0-9", "0-9", "0-9", "0-9", "0-9");
const dashed = slots(" ", "0-9", "0-9", "0-9", "-", "0-9", "0-9", "-");
const words = slots(" ", "s", "k", "_", "l", "i", "v", "e");
const others = slots(" ", "s", "k", "_", "t", "e", "s", "t");

describe("groups of the filter", () => {
  it("each detector fits a group, whatever their number", () => {
    for (const most of [1, 2, 3, 4]) {
      const groups = joinSlots([digits, dashed, words, others], most);
      expect(groups).toHaveLength(most);
      for (const text of [" 1234567", " 123-45-", " sk_live", " sk_test"]) {
        expect(groups.some((group) => fits(group, text))).toBe(true);
      }
    }
  });

  it("those are joined whose union lets the least more through", () => {
    const groups = joinSlots([digits, words, dashed, others], 3);
    expect(groups.some((group) => fits(group, " sk_live") && fits(group, " sk_test"))).toBe(true);
    expect(groups.some((group) => fits(group, " 1234567") && fits(group, " 123-45-"))).toBe(false);
  });

  it("what one lets through as it is costs nothing to join", () => {
    const wide = slots(" ", "0-9", "0-9", "0-9", "0-9-", "0-9", "0-9", "0-9-");
    const groups = joinSlots([wide, words, digits], 2);
    expect(
      groups.some((group) => group.every((bytes, slot) => bytes.every((isIn, byte) => isIn === wide[slot]![byte]))),
    ).toBe(true);
  });

  it("equal ones are one", () => {
    expect(joinSlots([digits, words, digits], 3)).toHaveLength(2);
  });
});
