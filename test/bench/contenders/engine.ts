/** The wasm engine: bytes copied in, rewritten under a policy, the changed bytes copied out. */
import { Engine } from "../../support/engine.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import type { Contender } from "./contender.ts";

export async function engineContender(name: string, policy: object): Promise<Contender> {
  const engine = await Engine.load();
  engine.use(binaryOf(policy));
  return {
    name,
    prepare(bytes) {
      const { error } = engine.rewrite([bytes]);
      if (error) throw new Error(`${name} refuses a document of the benchmark: ${error}`);
      return () => engine.rewrite([bytes]).output;
    },
  };
}
