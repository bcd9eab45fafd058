// What stands between a name and its value waits with the value, when nobody knows yet whether the member stays. It leaves as it
// came when chunks end in its middle, and again in a value that is too long to be looked into, at every pair of places.
import { expect, test } from "vitest";
import { bodyOf, pluginOf, send } from "./support.ts";

const limits = { hold: "0", value: "64B" };
const earlier = "4111111111111111 secret of an earlier request";
const documents = {
  "a member": `{"a":1,"note"${" ".repeat(20)}: "${"n".repeat(80)}","z":2}`,
  "an element": `{"note":[1  ,${" ".repeat(20)}"${"n".repeat(80)}",2]}`,
};
const policies: Record<string, object[]> = {
  "where a rule detects": [{ name: "find", select: "json:$..*", detect: ["CREDIT_CARD"], action: "redact" }],
  "where a text may be decoded": [{ name: "in", select: "json:$.note|json:$.card", action: "redact" }],
  "where a rule detects in names, too": [{ name: "find", select: "any:", detect: ["CREDIT_CARD"], action: "strip" }],
};

for (const [where, rules] of Object.entries(policies)) {
  test.each(Object.entries(documents))(`%s ${where}`, (_, body) => {
    const plugin = pluginOf({ limits, rules });
    const whole = send(plugin, { body });
    for (let first = 1; first < body.length - 1; first++) {
      for (let second = first + 1; second < body.length; second++) {
        // Held until its end, and refused: its bytes are left in memory.
        send(plugin, { body: `{"note":"${earlier}${earlier}` }, { chunk: 30 });
        const cut = send(plugin, { body }, { chunk: [first, second] });
        expect([cut.outcome, cut.reason], `${first}, ${second}`).toEqual([whole.outcome, whole.reason]);
        if (whole.outcome === "forwarded") expect(bodyOf(cut), `${first}, ${second}`).toBe(bodyOf(whole));
      }
    }
  });
}
