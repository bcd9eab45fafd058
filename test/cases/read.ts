/**
 * Golden cases as prose: how test/cases/*.md are read. A file is
 *
 *     # Title, and why these cases stand together
 *     ```json policy     for all cases below that have none of their own (name and activation are added)
 *     Content-Type: X    for all cases below that have none of their own; application/json when there is none
 *     ## Title of a case
 *     Why, in words.
 *     ```json policy     optional
 *     ```input
 *     ```output          input and output may come again: more examples of the same case
 *     Outcome: json_syntax      after an input: it is refused with this code (scripts/policy/outcomes.ts)
 *     Output: unchanged         after an input: it goes through byte for byte
 *
 * Inputs and outputs name no language, so that no formatter touches their bytes.
 * In input and output, `⟨C0 80⟩` are bytes in hex and `⟨a × 1000⟩` is a text repeated. Invariant: each input has exactly
 * one expectation, and whatever is not understood fails the reading.
 */
export interface Example {
  line: number;
  input: Uint8Array;
  /** What leaves, or the code of the refusal. */
  expected: Uint8Array | string;
}

export interface Case {
  title: string;
  policy: object;
  contentType: string;
  examples: Example[];
}

const FENCE = /^```(json policy|input|output)$/;
const EXPECTATION = /^(Outcome|Output): (\w+)$/;
const CONTENT_TYPE = /^Content-Type: (.+)$/;

export function readCases(markdown: string): Case[] {
  const lines = markdown.split("\n");
  const cases: Case[] = [];
  let common: object | undefined;
  let commonType = "application/json";
  let current:
    | {
        title: string;
        policy?: object;
        contentType?: string;
        examples: (Omit<Example, "expected"> & Partial<Example>)[];
      }
    | undefined;
  const fail = (line: number, what: string): never => {
    throw new Error(`line ${line + 1}: ${what}`);
  };
  const close = (line: number) => {
    if (!current) return;
    const { title, examples } = current;
    const policy = current.policy ?? common ?? fail(line, `"${title}" has no policy`);
    if (examples.length === 0) fail(line, `"${title}" has no input`);
    const open = examples.find(({ expected }) => expected === undefined);
    if (open) fail(open.line - 1, "this input has no expectation");
    const contentType = current.contentType ?? commonType;
    cases.push({ title, policy, contentType, examples: examples as Example[] });
  };
  const expect = (line: number, expected: (input: Uint8Array) => Uint8Array | string) => {
    const example = current?.examples.at(-1);
    if (!example || example.expected !== undefined) return fail(line, "no input waits for this expectation");
    example.expected = expected(example.input);
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (line.startsWith("## ")) {
      close(at);
      current = { title: line.slice(3), examples: [] };
    } else if (line.startsWith("```")) {
      const kind = FENCE.exec(line)?.[1] ?? fail(at, "a block is a policy, an input or an output");
      const end = lines.indexOf("```", at + 1);
      if (end < 0) fail(at, "this block has no end");
      const text = lines.slice(at + 1, end).join("\n");
      if (kind === "output") expect(at, () => bytesOf(text));
      else if (kind === "input")
        (current ?? fail(at, "no case has begun")).examples.push({ line: at + 1, input: bytesOf(text) });
      else if (current) current.policy = JSON.parse(text);
      else common = JSON.parse(text);
      at = end;
    } else if (CONTENT_TYPE.test(line)) {
      const type = CONTENT_TYPE.exec(line)![1]!;
      if (current) current.contentType = type;
      else commonType = type;
    } else {
      const [, what, value] = EXPECTATION.exec(line) ?? [];
      if (what === "Outcome") expect(at, () => value!);
      else if (what === "Output") expect(at, (input) => (value === "unchanged" ? input : fail(at, "unchanged?")));
    }
  }
  close(lines.length);
  return cases;
}

function bytesOf(text: string): Uint8Array {
  const parts = text.split(/⟨([^⟩]*)⟩/).map((part, index) => {
    if (index % 2 === 0) return Buffer.from(part);
    const [, repeated, times] = /^(.+) × ([0-9]+)$/s.exec(part) ?? [];
    if (repeated !== undefined) return Buffer.from(repeated.repeat(Number(times)));
    if (!/^[0-9A-F]{2}( [0-9A-F]{2})*$/.test(part)) throw new Error(`⟨${part}⟩ is neither bytes nor a repetition`);
    return Buffer.from(part.replaceAll(" ", ""), "hex");
  });
  return Buffer.concat(parts);
}
