/** JSON.parse alone, on text that is decoded already: nothing is matched, changed or written. */
import type { Contender } from "./contender.ts";

export const parse: Contender = {
  name: "JSON.parse",
  prepare(bytes) {
    const text = Buffer.from(bytes).toString();
    return () => JSON.parse(text);
  },
};
