/**
 * The filter with a pool that can be told to run out of memory, and that counts the blocks that it has given and not got
 * back. All else is the release module.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Machine, type MachineOptions } from "../../scripts/host/machine.ts";
import { packageRoot } from "../../scripts/wasm.ts";
import { compileFile } from "./compile.ts";

const pool = "assembly/bytes/pool.ts";
const index = "assembly/index.ts";

const source = readFileSync(join(packageRoot, pool), "utf8");
const allocate = "export function allocate(size: usize): usize {";
const release = "export function release(block: usize, size: usize): void {\n  if (block == 0) return;\n";
if (!source.includes(allocate) || !source.includes(release)) throw new Error("the pool is not as it is replaced here");

const counting = `
let blocks: i32 = 0;
let given: u32 = 0;
let from: u32 = 0xffff_ffff;
let to: u32 = 0xffff_ffff;

/** Blocks that are out. */
export function blocksOut(): i32 {
  return blocks;
}

/** How many were asked for since \`failFrom\`. */
export function blocksAsked(): u32 {
  return given;
}

/** Of the blocks that are asked for from now on, those from the one with this number up to that one there is none. */
export function failFrom(first: u32, last: u32): void {
  given = 0;
  from = first;
  to = last;
}

${allocate}
  if (++given >= from && given <= to) return 0;
  const block = carve(size);
  if (block) blocks++;
  return block;
}
`;

const replaced = {
  [pool]: source
    .replace(allocate, "function carve(size: usize): usize {")
    .replace(release, `${release}  blocks--;\n`)
    .concat(counting),
  [index]: `${readFileSync(join(packageRoot, index), "utf8")}
export { blocksAsked, blocksOut, failFrom } from "./bytes/pool";
`,
};

const module = new WebAssembly.Module(readFileSync(await compileFile(index, replaced)));

export class ScarceMachine extends Machine {
  constructor(options: MachineOptions) {
    super(module, options);
  }

  get blocksOut(): number {
    return this.exports.blocksOut!()!;
  }

  get blocksAsked(): number {
    return this.exports.blocksAsked!()!;
  }

  failFrom(first: number, last: number): void {
    this.exports.failFrom!(first, last);
  }
}
