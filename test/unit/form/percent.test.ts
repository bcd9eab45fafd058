// Escapes and plus signs at every place around the blocks of sixteen bytes that are decoded at once, judged by URLSearchParams.
import { expect, test } from "vitest";
import { Filter } from "../../support/engine-filter.ts";
import { binaryOf } from "../../support/engine-policy.ts";

/** Letters that are masked show that the value was decoded and encoded again, those that stay show as what. */
const skip = "abcdefghijklmnopqrstuvwxy ABJ+%4é€";
const filter = new Filter();
filter.use(binaryOf({ rules: [{ name: "all", select: "form:a", action: { mask: { skip } } }] }));

/** What mask makes of the value as a receiver reads it. */
const masked = (field: string): string => new URLSearchParams(field).get("a")!.replaceAll("z", "*");

const letters = "abcdefghijklmnopqrstuvwxyz".repeat(2);

test.each(["%41", "%c3%a9", "%zz", "%4", "%", "+", "%41%42", "++%2B", "%e2%82%ac+"])("%s", (spelled) => {
  for (let before = 0; before <= 34; before++) {
    for (const behind of [1, 2, 3, 15, 16, 17, 30]) {
      const body = `a=${letters.slice(0, before)}${spelled}${letters.slice(0, behind).replace(/^../, "zz")}`;
      for (const chunk of [undefined, "each"] as const) {
        const { error, output } = filter.rewrite(Buffer.from(body), chunk, "application/x-www-form-urlencoded");
        expect(error).toBeUndefined();
        expect(new URLSearchParams(Buffer.from(output).toString()).get("a")).toBe(masked(body));
      }
    }
  }
});
