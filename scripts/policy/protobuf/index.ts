// The policy's word on gRPC and protobuf bodies: descriptor sets from their files, selectors against their types, and what
// the filter follows: paths with their message states.
// Invariants: every selected field exists and its action fits its type, or there is a diagnostic; a type that a body can
// hold is in the set with all that it refers to.

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { MAX, NO_MESSAGE } from "../constants.ts";
import type { Protobuf } from "../policy.gen.ts";
import type { Direction, ResolvedRule, Role } from "../resolve.ts";
import type { Path, Source } from "../source.ts";
import type { RuleQuery } from "../subset.ts";
import { checkSelectors } from "./check.ts";
import { type Descriptors, readDescriptors } from "./descriptors.ts";
import { Graph, GraphLimit, type MessageState } from "./graph.ts";
import { keepBelow, markLive, markOnce, reaching } from "./marks.ts";
import { keyGroups } from "./names.ts";
import { Texts } from "./texts.ts";

export interface ResolvedBody {
  /** A path, in which `*` stands for any characters. */
  path: string;
  /** `package.Service/Method`, of a gRPC call. */
  method: string | undefined;
  request: string | undefined;
  response: string | undefined;
  clientStreams: boolean;
  serverStreams: boolean;
  /** It is a method of the set: of another path nobody knows which protocols it takes. */
  isCall: boolean;
}

export interface ResolvedProtobuf {
  descriptors: Descriptors;
  /** The bytes of the sets, for others who read them. */
  sets: Uint8Array[];
  unknown: "block" | "strip" | "pass";
  bodies: ResolvedBody[];
}

/** Resolves what the schema has accepted of `protobuf`; undefined when a set cannot be read. */
export function resolveProtobuf(source: Source, protobuf: Protobuf): ResolvedProtobuf | undefined {
  const files = typeof protobuf.descriptors === "string" ? [protobuf.descriptors] : protobuf.descriptors;
  const sets = files.flatMap((file, index) => readSet(source, file, placeOf(protobuf, index)));
  if (sets.length < files.length) return undefined;
  const descriptors = readDescriptors(sets);
  const named = (protobuf.bodies ?? []).map(({ path, request, response }, index): ResolvedBody => {
    for (const [key, type] of Object.entries({ request, response })) {
      if (type === undefined || descriptors.messages.has(type)) continue;
      const place = { path: ["protobuf", "bodies", index, key] };
      source.error(
        "unknown-message",
        place,
        `there is no message ${type} in the descriptor set`,
        "write its full name",
      );
    }
    const known = (type: string | undefined) => (descriptors.messages.has(type ?? "") ? type : undefined);
    // Whether it is a stream is not known, and a stream must not be waited for.
    const streams = { clientStreams: true, serverStreams: true };
    return {
      path,
      method: path.slice(1),
      request: known(request),
      response: known(response),
      ...streams,
      isCall: false,
    };
  });
  const methods = descriptors.methods.map(
    ({ name, input, output, clientStreams, serverStreams }): ResolvedBody => ({
      path: `/${name}`,
      method: name,
      request: input,
      response: output,
      clientStreams,
      serverStreams,
      isCall: true,
    }),
  );
  const bodies = [...named, ...methods];
  const isWhole = checkWhole(source, descriptors, bodies);
  return isWhole ? { descriptors, sets, unknown: protobuf.unknown ?? "strip", bodies } : undefined;
}

const placeOf = ({ descriptors }: Protobuf, index: number): Path =>
  typeof descriptors === "string" ? ["protobuf", "descriptors"] : ["protobuf", "descriptors", index];

function readSet(source: Source, file: string, path: Path): Uint8Array[] {
  try {
    const bytes = readFileSync(resolve(dirname(source.path), file));
    readDescriptors([bytes]);
    return [bytes];
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code !== undefined;
    const message = isAbsent ? "the descriptor set cannot be read" : "this file is no descriptor set";
    const remedy = "write it beside the policy: buf build -o FILE, or protoc --include_imports -o FILE";
    source.error("no-descriptors", { path }, message, remedy);
    return [];
  }
}

/** All types that bodies can hold are there. */
function checkWhole(source: Source, { messages }: Descriptors, bodies: readonly ResolvedBody[]): boolean {
  const fields = [...messages.values()].flatMap((message) => message.fields);
  const named = [...bodies.flatMap(({ request, response }) => [request, response]), ...fields.map((f) => f.message)];
  const missing = named.find((type) => type !== undefined && !messages.has(type));
  if (missing === undefined) return true;
  const message = `the descriptor set refers to ${missing} and does not describe it`;
  const remedy = "write it with all imports: buf build -o FILE, or protoc --include_imports -o FILE";
  source.error("no-descriptors", { path: ["protobuf", "descriptors"] }, message, remedy);
  return false;
}

/** A path and its message states, as the binary policy holds them. */
export interface CompiledBody extends ResolvedBody {
  states: Record<Direction, number>;
  /** Whether selectors of protobuf alone select in its messages, so that nothing would in their JSON form. */
  typed: Record<Direction, boolean>;
}

export interface CompiledProtobuf {
  bodies: CompiledBody[];
  /** The first is dead. */
  states: MessageState[];
  /** Queries into texts that are decoded, and by keys of maps, each a group of its own in the automaton. */
  groups: readonly (readonly RuleQuery[])[];
  /** Of each state the group by whose queries its keys are looked up. */
  keys: readonly (number | undefined)[];
}

export const noProtobuf: CompiledProtobuf = { bodies: [], states: [], groups: [], keys: [] };

/** The paths with all their message states, dead ones included, and the groups of texts. */
type Followed = Pick<CompiledProtobuf, "bodies" | "states"> & { texts: readonly (readonly RuleQuery[])[] };

export interface ProtobufInput {
  protobuf: ResolvedProtobuf | undefined;
  /** The policy speaks of protobuf, also where what it says is broken. */
  isNamed: boolean;
  rules: readonly ResolvedRule[];
  unmatched: string;
  role: Role;
  /** What selects in texts that begin as JSON. */
  soft?: Readonly<Record<Direction, readonly RuleQuery[] | undefined>>;
  /** In what names are looked up that stand in values. */
  pairs?: Readonly<Record<Direction, readonly RuleQuery[] | undefined>>;
}

export function compileProtobuf(
  own: Source,
  { protobuf, isNamed, rules, unmatched, role, soft, pairs }: ProtobufInput,
): CompiledProtobuf {
  if (protobuf !== undefined || !isNamed) checkSelectors(rules, protobuf);
  if (protobuf === undefined) return noProtobuf;
  try {
    const named = { ...(soft && { soft }), ...(pairs && { pairs }) };
    const { bodies, states, texts } = followBodies({ protobuf, rules, unmatched, role, ...named });
    markLive(states);
    // What leaves the tunnel is written by the hotfix.
    const inward = role === "edge" ? "request" : "response";
    const roots = bodies.map((body) => body.states[inward]);
    keepBelow(states, roots);
    const kept = pruned(bodies, states);
    markOnce(kept.states);
    const { groups, numbers } = keyGroups(kept.states);
    const keys = numbers.map((number) => (number === undefined ? undefined : texts.length + number));
    return { ...kept, groups: [...texts, ...groups], keys };
  } catch (error) {
    if (!(error instanceof GraphLimit)) throw error;
    const message = `the descriptor set has more than ${MAX.MESSAGES} message types, as selectors tell them apart`;
    const remedy = "write a set of the services that the policy is for";
    own.error("too-many-messages", { path: ["protobuf", "descriptors"] }, message, remedy);
    return noProtobuf;
  }
}

/** All paths with all their message states, dead ones included. Throws GraphLimit. */
export function followBodies({
  protobuf,
  rules,
  unmatched,
  role,
  soft,
  pairs,
}: Omit<ProtobufInput, "isNamed"> & { protobuf: ResolvedProtobuf }): Followed {
  const { descriptors, unknown, bodies } = protobuf;
  const dead: MessageState = {
    isAny: false,
    isEntry: false,
    keys: undefined,
    pairs: undefined,
    isValue: false,
    live: false,
    keeps: false,
    unknown: "pass",
    members: [],
    types: new Map(),
  };
  const states = [dead];
  const texts = new Texts();
  const graph = (direction: Direction) => {
    // What is not known must not enter the tunnel; what comes out of it is the business of the hotfix.
    const isTowardsTunnel = (direction === "request") === (role === "edge");
    return new Graph(states, texts, {
      rules,
      direction,
      descriptors,
      isStrict: isTowardsTunnel && (unmatched !== "pass" || unknown !== "pass"),
      unknown: isTowardsTunnel ? unknown : "pass",
      soft: soft?.[direction],
      pairs: pairs?.[direction],
    });
  };
  const graphs = { request: graph("request"), response: graph("response") };
  const stateOf = (direction: Direction, body: ResolvedBody) => {
    const type = body[direction];
    return type === undefined ? NO_MESSAGE : graphs[direction].root(type, body.method);
  };
  const followed = bodies.map((body) => ({
    ...body,
    states: { request: stateOf("request", body), response: stateOf("response", body) },
  }));
  const found = reaching(states, ({ members }) => members.some(({ isTyped }) => isTyped));
  const compiled = followed.map((body) => ({
    ...body,
    typed: { request: found.has(body.states.request), response: found.has(body.states.response) },
  }));
  return { bodies: compiled, states, texts: texts.groups };
}

/** Without the states in which nothing acts: they are the dead one. */
function pruned(bodies: readonly CompiledBody[], states: readonly MessageState[]): Omit<Followed, "texts"> {
  const kept = states.filter((state, index) => index === 0 || state.live || state.keeps);
  const numbers = new Map(kept.map((state, index) => [state, index]));
  const numberOf = (at: number) => (at === NO_MESSAGE ? NO_MESSAGE : (numbers.get(states[at]!) ?? 0));
  return {
    bodies: bodies.map((body) => ({
      ...body,
      states: { request: numberOf(body.states.request), response: numberOf(body.states.response) },
    })),
    states: kept.map((state) => ({
      ...state,
      members: state.members.map((member) => ({ ...member, target: numberOf(member.target) })),
      types: new Map([...state.types].map(([name, target]) => [name, numberOf(target)])),
      keys: state.keys && {
        ...state.keys,
        messages: new Map([...state.keys.messages].map(([target, names]) => [numberOf(target), names])),
      },
    })),
  };
}
