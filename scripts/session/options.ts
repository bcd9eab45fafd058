/**
 * How values are written on the command line of `frostglass session`.
 */
import { InvalidArgumentError } from "commander";
import type { Address } from "../tunnel/resources.ts";

export function address(text: string): Address {
  const [, host, port] = /^\[?([\w.:-]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) throw new InvalidArgumentError("an address is HOST:PORT.");
  return { host, port: Number(port) };
}

const units: Record<string, number> = { s: 1, m: 60, h: 3600 };

/** In seconds. */
export function duration(text: string): number {
  const [, count, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError("a duration is a number with s, m or h: 30m.");
  return Number(count) * units[unit!]!;
}

export function percent(text: string): number {
  const value = Number(text.replace(/%$/, ""));
  if (!Number.isInteger(value) || value < 1 || value > 100) throw new InvalidArgumentError("a whole number, 1 to 100.");
  return value;
}

/** A share, 0 to 1. */
export function rate(text: string): number {
  const [, number = "", sign] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const value = sign ? Number(number) / 100 : Number(number);
  if (number === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("a share is written 5% or 0.05.");
  return value;
}

export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("a whole number from 1.");
  return value;
}

export function match(text: string): { header: string; value: string } {
  const [, header, value] = /^([\w-]+)=(.+)$/.exec(text) ?? [];
  if (header === undefined) throw new InvalidArgumentError("a match is HEADER=VALUE.");
  return { header: header.toLowerCase(), value: value! };
}
