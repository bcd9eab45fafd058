/** Bodies and messages of calls in the codings that the filter decodes. */
import { deflateSync, gzipSync } from "node:zlib";
import { frame } from "../../support/protobuf.ts";
import { some } from "./words.ts";

export type Coding = "" | "gzip" | "deflate";

/** Most come as they are. */
export const coding = some<Coding>("", "", "", "", "gzip", "deflate");

export function coded(body: Uint8Array | string, name: Coding): Uint8Array {
  const plain = new Uint8Array(Buffer.from(body));
  if (name === "") return plain;
  return new Uint8Array(name === "gzip" ? gzipSync(plain) : deflateSync(plain));
}

/** A message of a call in its frame, whose flag says whether it is compressed. */
export const framed = (message: Uint8Array, name: Coding): Buffer => frame(coded(message, name), name === "" ? 0 : 1);

export const codingHeader = (header: string, name: Coding): [string, string][] => (name === "" ? [] : [[header, name]]);
