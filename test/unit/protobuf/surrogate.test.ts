// A JSON string may hold half a surrogate pair, which is no character: a string of protobuf in which it comes back holds none.
import { expect, test } from "vitest";
import { runExchange } from "../../../scripts/host/index.ts";
import { Prover } from "../../../scripts/replay/proof.ts";
import { compileTest } from "../../support/engine-policy.ts";
import { encode, frame, frames, jsonOf, shopFile } from "../../support/protobuf.ts";
import { bodyOf, pluginOf, send } from "../filter/support.ts";

const selects = ["json:$.pan", "proto:shop.Card:number"];
const policy = {
  protobuf: { descriptors: shopFile },
  rules: [
    { name: "pan", select: selects, action: { tokenize: { format: "opaque" } } },
    { name: "back", on: "response", select: selects, action: { reveal: "pan" } },
  ],
};

test.each([
  ["a\\ud800b", "a\ufffdb"],
  ["\\udc00\\udc00", "\ufffd\ufffd"],
  ["\\ud83d\\ude00 \\ud83d", "\u{1f600} \ufffd"],
  ["\\ud7ff\\ue000", "\ud7ff\ue000"],
])("%s", (escaped, text) => {
  const plugin = pluginOf(policy);
  const original = `{"pan":"${escaped}"}`;
  const hidden = bodyOf(send(plugin, { body: original }));
  const answer = send(plugin, { body: hidden, response: { body: hidden } });
  expect(JSON.parse(Buffer.from(answer.response!.body).toString())).toEqual(JSON.parse(original));
  const headers: [string, string][] = [["content-type", "application/grpc"]];
  const { pan: number } = JSON.parse(hidden) as { pan: string };
  const body = frame(encode("shop.Receipt", { card: { number } }));
  const exchange = {
    request: { method: "POST", path: "/shop.Checkout/Watch", headers, body: new Uint8Array() },
    response: { status: 200, headers, body },
  };
  const result = runExchange(plugin, exchange, { holdHeaders: true });
  const [left] = frames(result.response!.body);
  expect(jsonOf("shop.Receipt", left!)).toEqual({ card: { number: text } });
  const run = { exchange, isActive: true, result: { ...result, isReply: false } };
  expect(new Prover(compileTest(policy)).prove(run as never).findings).toEqual([]);
});
