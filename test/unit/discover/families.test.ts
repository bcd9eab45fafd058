// The payload families of the corpora, each as recorded exchanges: what `discover` proposes for them compiles, proves no leak
// when they are replayed, and leaves nothing open when it is asked again.
import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { titleOf } from "../../support/corpora.ts";
import { families, payloadsOf } from "../families/payloads.ts";
import { compiled, linesOf, proposalFor, replayed, surveyOf } from "./support.ts";

const folders = Object.keys(families).filter((name) => typeof families[name] === "function");

/** Test cases of the formats themselves: nothing in them looks like somebody's. */
const bland = new Set(["form", "graphql", "multipart", "xml"]);

describe.each(folders)("%s", (name) => {
  const recordings = payloadsOf(name).map(({ name: id, headers, body }): Recording => {
    const message = { headers, body };
    return { id, request: { method: "POST", path: "/", ...message }, response: { status: 200, ...message } };
  });

  test.skipIf(recordings.length === 0)(
    titleOf("covered by its proposal, without a leak", `payloads/${name}`),
    async () => {
      const found = await surveyOf(recordings);
      expect(found.findings.length > 0).toBe(!bland.has(name));
      const policy = compiled(proposalFor(found));
      expect(linesOf(await surveyOf(recordings, policy))).toEqual([]);
      expect(await replayed(policy, recordings)).toEqual([]);
    },
  );
});
