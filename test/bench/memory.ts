/** Linear memory of the release filter under steady load: what it has after the first requests is all it ever takes. */
import { Filter } from "../support/engine-filter.ts";
import { binaryOf } from "../support/engine-policy.ts";
import { order } from "./documents.ts";
import { active } from "./policy.ts";

export const FEW = 1_000;
export const MANY = 200_000;

export interface MemoryFigures {
  after: number;
  afterMany: number;
}

export function memoryFigures(): MemoryFigures {
  const filter = new Filter();
  filter.use(binaryOf(active));
  const [small, middle, large] = [order(1024), order(16 * 1024), order(256 * 1024)];
  const broken = small.subarray(0, 700);
  /** Held and streamed bodies, whole and in pieces, some of them refused; all of it within the first requests. */
  const request = (index: number): void => {
    if (index % 500 === 250) filter.rewrite(large, 16 * 1024);
    else if (index % 100 === 50) filter.rewrite(middle, { random: index % 7 });
    else if (index % 20 === 10) filter.rewrite(broken, 100);
    else filter.rewrite(small, index % 2 ? 300 : undefined);
  };
  let sent = 0;
  const send = (until: number): number => {
    while (sent < until) request(sent++);
    return filter.vm.memoryBytes;
  };
  return { after: send(FEW), afterMany: send(MANY) };
}
