/**
 * Fields that repeat, as one finding: what a service calls the same at many places is selected by its name, with the name
 * above it where that says what it is.
 *
 * Invariants: a group has the direction, the place and the kind of all its members, and selects at least them.
 */
import { type Evidence, kindOf } from "./evidence.ts";
import { type Field, groupedBy } from "./field.ts";

export interface Finding {
  readonly field: Field;
  readonly evidence: Evidence;
  /** Fields that it stands for. */
  readonly places: number;
}

/** So many of a name are told as one. */
const many = 3;

export function grouped(findings: readonly Finding[]): Finding[] {
  const groups = groupedBy<Finding, string | Finding>(findings, (finding) => groupOf(finding) ?? finding);
  return [...groups].flatMap(([key, members]) => {
    if (typeof key !== "string") return members;
    return members.length < many ? members : merged(members, key);
  });
}

/** What members of a group have in common; the selector of the group stands behind its last line break. */
function groupOf({ field, evidence: { kind, marks = [] } }: Finding): string | undefined {
  const wide = wider(field);
  return wide && `${field.direction} ${field.place} ${kind ?? marks.join()}\n${wide}`;
}

/** The expression that selects the field wherever it stands. */
function wider(field: Field): string | undefined {
  const { place, expression, names } = field;
  if (place === "xml") {
    const steps = expression.split("/").slice(1);
    return `//${steps.slice(isOwn(field, [names.at(-1)!]) ? -1 : -2).join("/")}`;
  }
  if (place === "path") {
    const [before] = /^.*?\{[^}]*\}/.exec(expression) ?? [];
    return before && `${before}/**`;
  }
  const [, prefix, path] = /^(.*?)\$([^$|]*)$/s.exec(expression) ?? [];
  if ((place !== "json" && !expression.includes("|")) || prefix === undefined || path === undefined) return undefined;
  const steps = [...path.matchAll(/(?:\.[A-Za-z_]\w*|\['(?:[^'\\]|\\.)*'\])(?:\[\*\])*/g)].map(([text]) => text);
  if (steps.length === 0) return undefined;
  const tail = steps.slice(isOwn(field, names.slice(-1)) ? -1 : -2).join("");
  return `${prefix}$..${tail.replace(/^\./, "")}`;
}

/** Whether the last name alone says what the field is. */
const isOwn = (field: Field, names: readonly string[]): boolean => {
  const kind = kindOf(field);
  return kind !== undefined && kindOf({ ...field, names }) === kind;
};

function merged(members: readonly Finding[], key: string): Finding[] {
  const [first] = members;
  const expression = key.slice(key.lastIndexOf("\n") + 1);
  const detectors = new Map<string, number>();
  for (const [name, count] of members.flatMap(({ evidence }) => [...evidence.detectors]))
    detectors.set(name, (detectors.get(name) ?? 0) + count);
  const field: Field = {
    ...first!.field,
    expression,
    values: members.reduce((sum, { field }) => sum + field.values, 0),
    isDescribed: members.some(({ field }) => field.isDescribed),
    ...(members.some(({ field }) => field.isRequired) && { isRequired: true }),
  };
  const evidence = { ...first!.evidence, detectors, isPartial: members.some((one) => one.evidence.isPartial) };
  const all = { field, evidence, places: members.length };
  if (field.place !== "path") return [all];
  // `/**` is for what stands below, and the parameter at the end is a template of its own.
  return [...members.filter((one) => `${one.field.expression}/**` === expression), all];
}
