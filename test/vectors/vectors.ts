/**
 * `npm run vectors -- FILE...`: test vectors against the cryptography of the wasm, built from the same sources.
 *
 *     npm run vectors                                   all that concern us in the corpora
 *     npm run vectors -- wycheproof/ff1 acvp/FF1-1.0    files, ACVP folders, or folders of either
 *
 * Ends with `N passed, N failed`. Exit code 1 when a case fails or a file holds something unknown, 2 on wrong usage.
 */
import { relative } from "node:path";
import { allVectors, expand, runVectors } from "./files.ts";
import { VectorError } from "./tally.ts";
import { CryptoModule } from "./wasm.ts";

const shown = 20;

function targets(args: string[]): string[] {
  const option = args.find((arg) => arg.startsWith("-"));
  if (option !== undefined) throw new VectorError(`unknown option ${option}`);
  return [...new Set(args.length === 0 ? allVectors() : args.flatMap(expand))];
}

function main(args: string[]): number {
  let paths: string[];
  try {
    paths = targets(args);
    if (paths.length === 0) throw new VectorError("no vectors there");
  } catch (error) {
    if (!(error instanceof VectorError)) throw error;
    console.error(`vectors: ${error.message}\nusage: npm run vectors -- [FILE or FOLDER]...`);
    return 2;
  }
  const module = new CryptoModule();
  let passed = 0;
  let failed = 0;
  let refused = 0;
  for (const path of paths) {
    const name = relative(process.cwd(), path);
    try {
      const tally = runVectors(module, path);
      passed += tally.passed;
      failed += tally.failed;
      console.log(`${name}: ${tally.passed} passed, ${tally.failed} failed`);
      for (const [reason, cases] of tally.listed) {
        refused += cases.length;
        console.log(`  ${cases.length} ${reason}: ${cases.join(", ").replaceAll(", tcId ", ", ")}`);
      }
      for (const failure of tally.failures.slice(0, shown)) console.log(`  FAILED ${failure}`);
      if (tally.failed > shown) console.log(`  ... and ${tally.failed - shown} more`);
    } catch (error) {
      if (!(error instanceof VectorError)) throw error;
      failed++;
      console.log(`${name}: ERROR ${error.message}`);
    }
  }
  if (refused > 0) console.log(`${refused} of them refused on purpose or acceptable, as listed`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
