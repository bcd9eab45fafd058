// `any:` keeps its word: what a preset's detectors find leaves in no place, however it is spelled and cut; and what was
// made a token comes back from the same places in an answer.
import { beforeAll, describe, expect, test } from "vitest";
import { type Chunking, type ExchangeResult, type Plugin, runExchange } from "../../../scripts/host/index.ts";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { shopFile } from "../../support/protobuf.ts";
import { machine, pluginOf } from "../filter/support.ts";
import { message, numberPlaces, opened, type Place, places } from "./places.ts";
import { readingsOf, squeezed } from "./readings.ts";

const common = { compressed: "decode", protobuf: { descriptors: shopFile } };
const cuts: Chunking[] = ["each", 5];

/** A text and what may not leave of it. */
type Kind = readonly [text: string, secret: string];
const itself = (text: string): Kind => [text, text];

const digits = "4111111111111111";
const cards = [itself(digits), ["card 4111 1111 1111 1111.", digits], ["4111-1111-1111-1111;", digits]] as const;
const mail = itself("zoe.quinn@example.org");
const phones = [itself("+14155552671"), ["call +49 30 901820 4", "+49 30 901820 4"]] as const;
const kinds: Readonly<Record<string, readonly Kind[]>> = {
  "pci-dss": cards,
  gdpr: [
    ...cards,
    ...phones,
    mail,
    itself("DE89370400440532013000"),
    ["to GB33 BUKB 2020 1555 5555 55", "GB33BUKB20201555555555"],
  ],
  "hipaa-safe-harbor": [
    ...phones,
    mail,
    ["my SSN is 536-22-1234", "536-22-1234"],
    ["from 203.0.113.77", "203.0.113.77"],
  ],
  secrets: [
    itself("AKIAQ3EGUVT4RZXLN2PM"),
    ["https://zoe:s3cretPass9@db.example.org/x", "s3cretPass9"],
    [
      `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${"dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"}`,
      "eyJzdWIiOiIxMjM0NTY3ODkwIn0",
    ],
  ],
};

/** What left of the text put there: the same however it was cut. */
function sent(plugin: Plugin, place: Place, text: string): NonNullable<ExchangeResult["request"]> {
  const request = message(place(text));
  const whole = runExchange(plugin, { request });
  expect(whole.outcome).toBe("forwarded");
  for (const chunk of cuts) {
    const cut = runExchange(plugin, { request }, { chunk });
    expect([cut.outcome, cut.request], JSON.stringify(chunk)).toEqual(["forwarded", whole.request]);
  }
  return whole.request!;
}

function expectGone(left: ReturnType<typeof sent>, secret: string): void {
  for (const reading of readingsOf(left)) expect(squeezed(reading)).not.toContain(squeezed(secret));
}

describe.each(Object.entries(kinds))("%s", (preset, found) => {
  let plugin: Plugin;
  beforeAll(() => {
    const policy = { name: "t", activation: { always: true }, ...common, extends: [preset], rules: [opened] };
    const { compiled } = compilePolicy({ path: "policy.json", text: JSON.stringify(policy) });
    plugin = machine().vm.plugin("t", compiled!.binary);
  });

  test.each(Object.entries(places))("%s", (_name, place) => {
    for (const [text, secret] of found) {
      const asItCame = { ...message(place(text)), body: Buffer.from(place(text).body ?? "") };
      // Compressed bodies are read by nobody here, so they cannot tell whether the search would see a leak.
      const isPlain = !asItCame.headers.some(([name]) => name.endsWith("-encoding"));
      if (isPlain)
        expect(() =>
          expectGone({ ...asItCame, headers: [[":path", asItCame.path], ...asItCame.headers] }, secret),
        ).toThrow();
      expectGone(sent(plugin, place, text), secret);
    }
  });

  if (found.some(([text]) => text === digits)) {
    test.each(Object.entries(numberPlaces))("%s", (_name, place) => {
      expect(() => expectGone({ headers: [], body: Buffer.from(place(digits).body ?? "") }, digits)).toThrow();
      expectGone(sent(plugin, place, digits), digits);
    });
  }
});

describe("and back", () => {
  const kinds = [
    ["CREDIT_CARD", "4111 1111 1111 1111", { format: "pan", keepFirst: 6, luhn: "valid" }],
    ["EMAIL_ADDRESS", "zoe.quinn@example.org", { format: "email" }],
    ["IBAN_CODE", "DE89370400440532013000", { format: "iban" }],
    ["PHONE_NUMBER", "+49 30 901820 4", { format: "phone" }],
  ] as const;
  // Requests alone have these; a file name in the extended spelling goes when it changes, and so do comments of GraphQL.
  const isAnswered = (name: string, place: Place) =>
    (place("x").path ?? "/") === "/" && !/cookie|extended|comment/.test(name);

  describe.each(kinds)("%s", (detector, text, tokenize) => {
    const find = { select: "any:", detect: [detector] };
    const rules = [
      opened,
      { ...find, name: "there", action: { tokenize } },
      { ...find, name: "back", on: "response", action: { reveal: "there" } },
    ];
    const plugin = pluginOf({ ...common, rules });

    test.each(Object.entries(places).filter(([name, place]) => isAnswered(name, place)))("%s", (_name, place) => {
      const left = sent(plugin, place, text);
      expectGone(left, text);
      const request = message(place("nothing"));
      const headers = left.headers.filter(([name]) => !name.startsWith(":"));
      const response = { ...left, headers, status: 200 };
      const whole = runExchange(plugin, { request, response });
      expect(whole.outcome).toBe("forwarded");
      expect(() => expectGone(whole.response!, text)).toThrow();
      // Where nothing was escaped or signed, byte for byte; CDATA and block strings become plain ones.
      const before = Buffer.from(place(text).body ?? "");
      if (squeezed(before.toString("latin1")).includes(squeezed(text)) && !/CDATA|(\\"){3}/.test(before.toString())) {
        expect(Buffer.from(whole.response!.body).toString()).toBe(before.toString());
      }
      for (const chunk of cuts) {
        expect(runExchange(plugin, { request, response }, { chunk }).response).toEqual(whole.response);
      }
    });
  });
});
