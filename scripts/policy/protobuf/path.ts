// The paths of `grpc:` and `proto:` selectors: `SCOPE:STEP.STEP`, where the scope is a method or a message type, and a step
// a field, `*` for any field, `**` for any number of fields on the way, `[MESSAGE]` for what an Any holds, or `[EXTENSION]`.
// Repeated fields need no step of their own: a path goes through each element, and through each entry of a map, which is a
// message of the fields `key` and `value`.
// Invariant: an accepted path ends in a field.

export type Step =
  | { kind: "field"; name: string; at: number }
  /** Of selectors by name alone: a member of one of these names, or of any; an element of a list. */
  | { kind: "names"; names: readonly string[]; isAny: boolean; isElement: boolean; at: number }
  /** Any field; `isHeld`: but for keys of entries, which are names. */
  | { kind: "any"; isHeld?: true; at: number }
  | { kind: "deep"; at: number }
  | { kind: "type"; name: string; at: number };

export interface ProtoPath {
  /** `package.Service/Method` or `package.Message`; `*` stands for any characters in a method. */
  scope: string;
  steps: Step[];
}

/** Why a text is no path, and the index where that shows. */
export class ProtoPathError extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const identifier = "[A-Za-z_][A-Za-z0-9_]*";
const typeName = `${identifier}(?:\\.${identifier})*`;
const scopes = {
  grpc: /^[A-Za-z0-9_.*]+\/[A-Za-z0-9_*]+$/,
  proto: new RegExp(`^${typeName}$`),
};
const stepAt = new RegExp(`\\*\\*|\\*|${identifier}|\\[${typeName}\\]`, "y");

export function parseProtoPath(location: "grpc" | "proto", expression: string): ProtoPath {
  const colon = expression.indexOf(":");
  const scope = colon < 0 ? expression : expression.slice(0, colon);
  if (!scopes[location].test(scope)) {
    throw new ProtoPathError(
      0,
      location === "grpc" ? "this is no package.Service/Method" : "this is no package.Message",
    );
  }
  if (colon < 0) throw new ProtoPathError(expression.length, "the selector names no field");
  const steps: Step[] = [];
  for (let at = colon + 1; ; at++) {
    stepAt.lastIndex = at;
    const text = stepAt.exec(expression)?.[0];
    if (text === undefined) throw new ProtoPathError(at, "no step begins so");
    steps.push(stepOf(text, at));
    at += text.length;
    if (at === expression.length) break;
    if (expression[at] !== ".") throw new ProtoPathError(at, "a dot stands between two steps");
  }
  const last = steps.at(-1)!;
  if (last.kind === "deep") throw new ProtoPathError(last.at, "a path ends in a field");
  return { scope, steps };
}

function stepOf(text: string, at: number): Step {
  if (text === "*") return { kind: "any", at };
  if (text === "**") return { kind: "deep", at };
  return text.startsWith("[") ? { kind: "type", name: text.slice(1, -1), at } : { kind: "field", name: text, at };
}
