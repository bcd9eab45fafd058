/**
 * `--chunk`: into which pieces bodies are cut, and whether the pieces made a difference.
 *
 * `each` compares, for every exchange, the body in one piece with one byte a piece and with a cut at every place; of a
 * body over 4 KiB a sample of the places.
 * Invariant: what may differ is only what a stream cannot know: the length of a body beyond `limits.hold`, how much of a
 * refused body had left, and for which of several limits it was refused.
 */
import { InvalidArgumentError } from "commander";
import { type Chunking, Random } from "../host/index.ts";
import type { Result } from "./run.ts";

export interface ChunkPlan {
  /** As it can be given again. */
  readonly label: string;
  readonly chunking: Chunking | undefined;
  /** Every place is tried. */
  readonly isEach: boolean;
}

const allPlacesUpTo = 4096;
const samples = 256;

export const wholeBodies: ChunkPlan = { label: "whole", chunking: undefined, isEach: false };

/** Reads the option; a seed that is not given is drawn, and shown by the label. */
export function parseChunk(text: string): ChunkPlan {
  if (text === "each") return { label: text, chunking: undefined, isEach: true };
  return planOf(text, "a number of bytes, each, random or random:SEED");
}

/** For commands that read one body: `each` has no meaning there. */
export const parseSingleChunk = (text: string): ChunkPlan => planOf(text, "a number of bytes, random or random:SEED");

function planOf(text: string, known: string): ChunkPlan {
  const [, size] = /^([1-9]\d{0,8})$/.exec(text) ?? [];
  if (size !== undefined) return { label: text, chunking: Number(size), isEach: false };
  const [isRandom, seed = String(Math.floor(Math.random() * 2 ** 31))] = /^random(?::(\d{1,10}))?$/.exec(text) ?? [];
  if (isRandom === undefined) throw new InvalidArgumentError(`give ${known}.`);
  return { label: `random:${seed}`, chunking: { random: Number(seed) }, isEach: false };
}

/** The cuts that `each` tries on a body of this many bytes. */
export function cutsOf(length: number): { cuts: Chunking[]; isSample: boolean } {
  const isSample = length > allPlacesUpTo;
  const random = new Random(length);
  const places = isSample
    ? Array.from({ length: samples }, () => 1 + random.below(length - 1))
    : Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1);
  return { cuts: ["each", ...places.map((place) => [place])], isSample };
}

/** A body beyond two limits is refused for the one that is seen first, one that is too long maybe for what stands in it. */
const mayRace = (one = "", other = ""): boolean =>
  one === "limit_body" || other === "limit_body" || (one.startsWith("limit_") && other.startsWith("limit_"));

/** In what two results of one exchange differ, or undefined. */
export function differenceOf(one: Result, other: Result, hold: number): string | undefined {
  if (one.outcome !== other.outcome) return "the outcome differs";
  if (one.reason !== other.reason && !mayRace(one.reason, other.reason)) return "the reason differs";
  if (one.outcome === "blocked") return undefined;
  if (JSON.stringify(one.rules) !== JSON.stringify(other.rules)) return "the counts of rules differ";
  for (const side of ["request", "response"] as const) {
    const [a, b] = [one[side], other[side]];
    if (Buffer.compare(a?.body ?? Buffer.of(), b?.body ?? Buffer.of()) !== 0) return `the ${side} body differs`;
    const headers = (left: typeof a): string =>
      JSON.stringify(left?.headers.filter(([name]) => name !== "content-length" || left.body.length <= hold));
    if (headers(a) !== headers(b)) return `the ${side} headers differ`;
    if (JSON.stringify(a?.trailers ?? []) !== JSON.stringify(b?.trailers ?? [])) return `the ${side} trailers differ`;
  }
  return undefined;
}
