// Selectors against the types of the descriptor set: every step leads somewhere, and what is selected can be acted on so.
// Invariant: of a selector that passes, at least one field is selected, and its rule has a meaning for each one.

import { type ResolvedAction, takesWhole } from "../action.ts";
import { nearest } from "../diagnostics.ts";
import { matchesPattern } from "../fields.ts";
import type { ResolvedSelector } from "../location.ts";
import type { ResolvedRule } from "../resolve.ts";
import { ANY, type Descriptors, isNamed, type Kind, type ProtoField, type ProtoMessage } from "./descriptors.ts";
import type { ResolvedBody, ResolvedProtobuf } from "./index.ts";
import type { ProtoPath } from "./path.ts";
import { holdsText } from "./texts.ts";

/** A field, and the message that it stands in. */
interface Selected {
  field: ProtoField;
  message: ProtoMessage;
}

type Fault = [code: string, message: string, remedy: string, at?: number];

export function checkSelectors(rules: readonly ResolvedRule[], protobuf: ResolvedProtobuf | undefined): void {
  const seen = new Set<ResolvedSelector>();
  for (const { action, selectors, source, detect } of rules) {
    for (const selector of selectors) {
      // What is selected by name alone may be nowhere, and where it does not fit its action it becomes 0 or a redacted text.
      if (selector.path === undefined || selector.location === "proto-name" || seen.has(selector)) continue;
      seen.add(selector);
      const fault = faultOf(selector, selector.path, detect ? undefined : action, protobuf);
      if (fault === undefined) continue;
      const [code, message, remedy, at] = fault;
      const inside = at === undefined ? {} : { inside: selector.location.length + 1 + at };
      source.error(code, { ...selector.place, ...inside }, message, remedy);
    }
  }
}

const noText: Fault = ["invalid-selector", "no text stands here that could be decoded", "select a string or bytes"];

function faultOf(
  { location, query }: ResolvedSelector,
  path: ProtoPath,
  action: ResolvedAction | undefined,
  protobuf: ResolvedProtobuf | undefined,
): Fault | undefined {
  if (protobuf === undefined) {
    const remedy = 'add "protobuf": {"descriptors": "./FILE"}, written by buf build or protoc --include_imports';
    return ["no-descriptors", "the policy names no descriptor set that tells this type", remedy];
  }
  const starts = location === "proto" ? typeNamed(path, protobuf) : bodiesOf(path, protobuf);
  if (!Array.isArray(starts)) return starts.fault;
  const selected = follow(path, starts, protobuf.descriptors);
  if (!Array.isArray(selected)) return selected.fault;
  if (query !== undefined) return selected.some(({ field, message }) => holdsText(field, message)) ? undefined : noText;
  // A rule that detects acts on texts and digits, wherever it finds them.
  if (action === undefined) return undefined;
  for (const { field, message } of selected) {
    const misfit = misfitOf(action, field, message);
    if (misfit !== undefined) return ["wrong-action", ...misfit];
  }
  return undefined;
}

function typeNamed({ scope }: ProtoPath, { descriptors }: ResolvedProtobuf): ProtoMessage[] | { fault: Fault } {
  const found = descriptors.messages.get(scope);
  if (found !== undefined) return [found];
  const meant = nearest(scope, [...descriptors.messages.keys()]);
  const remedy = meant === undefined ? "write its full name, as in proto:shop.Card:number" : `did you mean ${meant}?`;
  return { fault: ["unknown-message", `there is no message ${scope} in the descriptor set`, remedy, 0] };
}

/** The types of the bodies of matching methods: of both directions, since the rule may be for either. */
function bodiesOf({ scope }: ProtoPath, protobuf: ResolvedProtobuf): ProtoMessage[] | { fault: Fault } {
  const { bodies, descriptors } = protobuf;
  const found = bodies.filter(({ method }) => method !== undefined && matchesPattern(scope, method));
  const types = found.flatMap(({ request, response }: ResolvedBody) => [request, response]);
  const messages = [...new Set(types)].flatMap((type) => descriptors.messages.get(type ?? "") ?? []);
  if (messages.length > 0) return messages;
  const meant = nearest(
    scope,
    bodies.flatMap(({ method }) => method ?? []),
  );
  const remedy =
    meant === undefined ? 'write package.Service/Method, or name its path in "bodies"' : `did you mean ${meant}?`;
  return { fault: ["unknown-method", `no method of the descriptor set is ${scope}`, remedy, 0] };
}

/** What the path selects, step by step through all the types that a value can have there. */
function follow(
  { steps }: ProtoPath,
  starts: readonly ProtoMessage[],
  descriptors: Descriptors,
): Selected[] | { fault: Fault } {
  let messages = new Set(starts);
  let selected: Selected[] = [];
  for (const step of steps) {
    if (step.kind === "deep") {
      messages = below(messages, descriptors);
      continue;
    }
    const fields = [...messages].flatMap((message) => message.fields.map((field) => ({ field, message })));
    const extensions = fields.filter(({ field }) => step.kind === "type" && field.name === `[${step.name}]`);
    if (step.kind === "type" && extensions.length === 0) {
      const inner = descriptors.messages.get(step.name);
      const isInAny = [...messages].some(({ name }) => name === ANY);
      if (!isInAny) {
        const message = "what stands here is no Any, and has no such extension";
        return { fault: ["unknown-field", message, "leave the step out", step.at] };
      }
      if (inner === undefined) {
        const message = `there is no message ${step.name} in the descriptor set`;
        return { fault: ["unknown-message", message, "write its full name", step.at] };
      }
      if (step === steps.at(-1)) {
        return { fault: ["invalid-selector", "a path ends in a field", "write the field behind it", step.at] };
      }
      messages = new Set([inner]);
      continue;
    }
    if (step.kind === "names") continue;
    if (step.kind === "type") selected = extensions;
    else selected = step.kind === "any" ? fields : fields.filter(({ field }) => isNamed(field, step.name));
    if (selected.length === 0) {
      const meant =
        step.kind === "field"
          ? nearest(
              step.name,
              fields.map(({ field }) => field.name),
            )
          : undefined;
      const where = [...messages].map(({ name }) => name)[0];
      const message = where === undefined ? "a value without fields stands here" : `${where} has no such field`;
      const remedy = meant === undefined ? "use the names of the .proto files" : `did you mean ${meant}?`;
      return { fault: ["unknown-field", message, remedy, step.at] };
    }
    messages = new Set(selected.flatMap(({ field }) => descriptors.messages.get(field.message ?? "") ?? []));
  }
  return selected;
}

/** The messages, and all that they can hold. */
function below(messages: ReadonlySet<ProtoMessage>, descriptors: Descriptors): Set<ProtoMessage> {
  const all = new Set(messages);
  // A set grows while it is walked, and the walk goes on over what is new.
  for (const message of all) {
    if (message.name === ANY) for (const inner of descriptors.messages.values()) all.add(inner);
    for (const { message: type } of message.fields) {
      const inner = descriptors.messages.get(type ?? "");
      if (inner !== undefined) all.add(inner);
    }
  }
  return all;
}

/** Actions on characters; numbers are taken as their decimal digits. */
const onText: ReadonlySet<string> = new Set(["mask", "hash", "truncate", "generalize", "tokenize", "reveal"]);
const onBytes: ReadonlySet<string> = new Set(["hash", "tokenize", "reveal"]);
const without: ReadonlySet<Kind> = new Set(["bool", "enum", "float", "double"]);

/** Cause and remedy, where an action has no meaning for a field. */
function misfitOf(action: ResolvedAction, field: ProtoField, message: ProtoMessage): [string, string] | undefined {
  const { kind, name } = field;
  if (action.kind === "strip" && message.isEntry && name === "key") {
    return ["an entry of a map without its key is another entry", "strip the map, or use hash or tokenize"];
  }
  if (action.kind === "strip" && field.isRequired) {
    return [`${name} is required: without it no receiver reads the message`, "use redact"];
  }
  // Of the fields in a message those that it does not fit become 0.
  const isInside = !takesWhole(action) && field.message !== undefined;
  if (action.kind === "redact" && "with" in action && !isInside) return withMisfit(action.with, field);
  if (!onText.has(action.kind)) return undefined;
  if (without.has(kind)) return [`${action.kind} has no meaning for ${name} of type ${kind}`, "use redact or strip"];
  if (kind === "bytes" && !onBytes.has(action.kind)) {
    return [`${action.kind} counts characters, and ${name} holds bytes`, "use redact, hash, tokenize or strip"];
  }
  return undefined;
}

function withMisfit(value: unknown, { kind, name }: ProtoField): [string, string] | undefined {
  if (kind === "string" || kind === "bytes") return undefined;
  const isFitting =
    kind === "bool"
      ? typeof value === "boolean"
      : isInteger(kind) && Number.isSafeInteger(value) && fits(kind, value as number);
  return isFitting ? undefined : [`${name} of type ${kind} cannot be ${JSON.stringify(value)}`, "leave `with` out"];
}

const isInteger = (kind: Kind) => /^(u?int|s?int|s?fixed)(32|64)$/.test(kind) || kind === "enum";

function fits(kind: Kind, value: number): boolean {
  const isUnsigned = kind.startsWith("u") || kind.startsWith("fixed");
  const bits = kind.endsWith("64") ? 64 : 32;
  return isUnsigned ? value >= 0 && value < 2 ** bits : value >= -(2 ** (bits - 1)) && value < 2 ** (bits - 1);
}
