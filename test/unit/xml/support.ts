/** XML bodies through the release filter, and the proof of what left. */

import type { Chunking } from "../../../scripts/host/index.ts";
import { readXml, XmlRules } from "../../../scripts/replay/bodies/xml/index.ts";
import { withScanner } from "../../../scripts/replay/detection.ts";
import type { Result } from "../../support/engine.ts";
import { Filter } from "../../support/engine-filter.ts";
import { compileTest } from "../../support/engine-policy.ts";

const filter = new Filter();

export interface Proven extends Result {
  /** Why what left is not what the policy says; none when it is. */
  faults: string[];
  /** Whether the independent reader takes the document. */
  isRead: boolean;
}

export class Subject {
  readonly #binary: Uint8Array;
  readonly #rules: XmlRules;

  constructor(policy: object) {
    const compiled = compileTest(policy);
    this.#binary = compiled.binary;
    this.#rules = new XmlRules(withScanner(compiled.rules, compiled.program, compiled.limits.value), {
      unmatched: compiled.unmatched,
      direction: "request",
      unsupported: compiled.policy.unsupported.request,
    });
  }

  run(body: Uint8Array, chunk?: Chunking): Proven {
    filter.use(this.#binary);
    const result = filter.rewrite(body, chunk, "application/xml");
    const reading = readXml(this.#rules, body);
    const { differences } =
      result.error === undefined && reading ? reading.compare(result.output) : { differences: [] };
    const faults = differences.map(({ location, detail }) => `${location}: ${detail}`);
    return { ...result, faults, isRead: reading !== undefined };
  }
}
