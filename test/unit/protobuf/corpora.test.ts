// The payload family of gRPC, under a policy of its own: what it selects is gone, all else is as it was (an independent
// reader says so), however the body is cut; the hand-made wire cases end as decided.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Chunking, type ExchangeResult, runExchange } from "../../../scripts/host/index.ts";
import { Prover } from "../../../scripts/replay/proof.ts";
import { corpus, titleOf } from "../../support/corpora.ts";
import { compileTest } from "../../support/engine-policy.ts";
import { frame, frames } from "../../support/protobuf.ts";
import { machine } from "../filter/support.ts";

const folder = "payloads/grpc";
const path = corpus(folder);

interface Case {
  name: string;
  type: string;
  message_b64?: string;
  grpc_frame_b64?: string;
  grpc_body_b64?: string;
  parses?: boolean;
}

const linesOf = (file: string): Case[] =>
  path
    ? readFileSync(join(path, file), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Case)
    : [];

const messages = linesOf("messages.jsonl");
const wireCases = linesOf("own_wire_cases.jsonl");
const types = [...new Set([...messages, ...wireCases].map(({ type }) => type))];

const policyOf = (more: object = {}, rules?: object[]) => ({
  limits: { value: "64KiB" },
  protobuf: {
    descriptors: [join(path ?? "", "bookstore.pb"), join(path ?? "", "google_type.pb")],
    // The sets describe no service.
    bodies: types.map((type) => ({ path: `/corpus/${type}`, request: type })),
    ...more,
  },
  rules: rules ?? [
    { name: "book", select: ["proto:google.grpc.transcoding.Book:title"], action: { mask: { keepLast: 4 } } },
    { name: "author", select: "proto:google.grpc.transcoding.Book:author_info", action: { hash: { length: 8 } } },
    { name: "theme", select: "grpc:*/*:shelves.theme", action: "redact" },
    { name: "theme-by-type", select: "proto:google.grpc.transcoding.Shelf:theme", action: "redact" },
    { name: "phone", select: "proto:google.type.PhoneNumber:e164_number", action: { tokenize: { format: "phone" } } },
    { name: "any-string", select: "proto:google.protobuf.Struct:**.string_value", action: "redact" },
    { name: "numbers", select: "proto:google.protobuf.Value:number_value", action: "redact" },
  ],
});

/** A policy in a filter and in a proof. */
class Subject {
  readonly #prover: Prover;
  readonly #plugin;

  constructor(policy: object) {
    const compiled = compileTest(policy);
    this.#prover = new Prover(compiled);
    this.#plugin = machine().vm.plugin("test", compiled.binary);
  }

  run(type: string, body: Uint8Array, media: string, chunk: Chunking = body.length): ExchangeResult {
    const request = {
      method: "POST",
      path: `/corpus/${type}`,
      headers: [["content-type", media]] as [string, string][],
      body,
    };
    const result = runExchange(this.#plugin, { request }, { holdHeaders: true, chunk });
    const isReply = result.localReply !== undefined;
    const proof = this.#prover.prove({
      exchange: { request },
      isActive: true,
      result: { ...result, isReply },
    } as never);
    expect(proof.findings).toEqual([]);
    return result;
  }
}

const bytesOf = (text: string | undefined) => Buffer.from(text ?? "", "base64");

/** The body that leaves or the reason of the refusal, the same however it is cut. */
function outcome(subject: Subject, type: string, body: Buffer, media: string): Buffer | string {
  const whole = subject.run(type, body, media);
  for (const chunk of body.length < 500 ? (["each", 2, 3, 7] as const) : ([1000, 4096] as const)) {
    const cut = subject.run(type, body, media, chunk);
    expect(cut.reason).toBe(whole.reason);
    if (whole.reason === undefined) expect(Buffer.from(cut.request!.body).equals(whole.request!.body)).toBe(true);
  }
  return whole.reason ?? Buffer.from(whole.request!.body);
}

const secret = /4111111111111111|\+14155550132|jane\.doe/;

describe.skipIf(!path)(titleOf("messages", folder), () => {
  const own = new Subject(policyOf());
  const denying = new Subject({ ...policyOf(), unmatched: "redact" });
  const quiet = new Subject(
    policyOf({ unknown: "pass" }, [{ name: "none", select: "proto:google.rpc.Help:links", action: "strip" }]),
  );
  test.each(messages)("$name", ({ type, message_b64, grpc_frame_b64 }) => {
    for (const subject of [own, denying]) {
      const framed = outcome(subject, type, bytesOf(grpc_frame_b64), "application/grpc");
      const plain = outcome(subject, type, bytesOf(message_b64), "application/x-protobuf");
      expect(Buffer.isBuffer(framed) && frames(framed)).toEqual([plain]);
      expect(plain.toString()).not.toMatch(secret);
    }
    const body = bytesOf(grpc_frame_b64);
    expect(outcome(quiet, type, body, "application/grpc")).toEqual(body);
  });
});

/** Of the cases that parse, all but those of framing leave; these are the outcomes of the others. */
const refused: Record<string, string> = {
  "truncated-length": "protobuf_syntax",
  "length-max": "protobuf_syntax",
  "varint-11-bytes": "protobuf_syntax",
  "end-group-alone": "protobuf_syntax",
  "frame-compressed-flag-gzip": "grpc_compressed",
  "frame-compressed-flag-but-plain": "grpc_compressed",
  "frame-flag-2-unknown": "grpc_frame",
};

describe.skipIf(!path)(titleOf("wire cases", folder), () => {
  const own = new Subject(policyOf());
  const keeping = new Subject(policyOf({ unknown: "pass" }));
  const blocking = new Subject(policyOf({ unknown: "block" }));
  test.each(wireCases)("$name", ({ name, type, message_b64, grpc_body_b64 }) => {
    const body = grpc_body_b64 === undefined ? frame(bytesOf(message_b64)) : bytesOf(grpc_body_b64);
    const left = outcome(own, type, body, "application/grpc");
    const hasUnknown = name.startsWith("unknown-");
    if (refused[name] !== undefined) expect(left).toBe(refused[name]);
    else expect(left.toString()).not.toMatch(secret);
    if (hasUnknown) expect(outcome(blocking, type, body, "application/grpc")).toBe("protobuf_unknown");
    else expect(outcome(blocking, type, body, "application/grpc")).toEqual(left);
    if (hasUnknown) expect(outcome(keeping, type, body, "application/grpc")).not.toEqual(left);
    else expect(outcome(keeping, type, body, "application/grpc")).toEqual(left);
  });
});
