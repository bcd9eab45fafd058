// Fields in the binary policy: what is looked up by name, and the states of the documents in fields.

import { EVERY_SEGMENT, FIELD, FIELD_FLAG, LOCATION, SIZE } from "../constants.ts";
import { type Documents, isPlainName } from "../documents.ts";
import type { Direction, ResolvedRule } from "../resolve.ts";
import type { Writer } from "../writer.ts";

export interface Field {
  /** The rule, or the automaton state of the document in the value. */
  number: number;
  location: keyof typeof LOCATION;
  pattern: string;
  /** Not for the transport headers. */
  isExempt?: boolean;
  /** All plain names of the location: the number is the state in which they are looked up. */
  isNames?: boolean;
  /** The same for names that are paths. */
  isPaths?: boolean;
}

const keyOf = (location: string) => location.replaceAll("-", "_") as keyof typeof LOCATION;

/** What `any:` selects beside documents: every field, in every place, and its name. */
const everywhere: readonly Omit<Field, "number">[] = [
  { location: "header", pattern: "*", isExempt: true },
  { location: "cookie", pattern: "*" },
  { location: "query", pattern: "*" },
  { location: "path", pattern: EVERY_SEGMENT },
  { location: "form", pattern: "*" },
  { location: "multipart", pattern: "*" },
  { location: "multipart_filename", pattern: "*" },
  { location: "text", pattern: "" },
  { location: "any", pattern: "" },
];

export function plainNames(documents: Documents, roots: readonly number[], direction: Direction): Field[] {
  const first = documents.fields.length + documents.xml.length;
  return documents.names.flatMap((group, index): Field[] => {
    if (group.direction !== direction) return [];
    const looked = { number: roots[first + index]!, pattern: "", isNames: !group.isPaths, isPaths: group.isPaths };
    return group.locations.map((location) => ({ ...looked, location: keyOf(location) }));
  });
}

/** What rules select by patterns of names, in policy order. Documents and plain names are read by the automaton. */
export function namesOf(rules: readonly ResolvedRule[], direction: Direction): Field[] {
  return rules.flatMap((rule, number) =>
    rule.directions.includes(direction)
      ? rule.selectors.flatMap((selector): Field[] => {
          const { location, expression, query } = selector;
          if (isPlainName(selector)) return [];
          if (location === "any") return everywhere.map((field) => ({ ...field, number }));
          if (query !== undefined || location === "grpc" || location === "proto" || location === "proto-name")
            return [];
          return [{ number, location: keyOf(location), pattern: expression }];
        })
      : [],
  );
}

/** Fields whose values hold documents. */
export function documentNames({ fields }: Documents, roots: readonly number[], direction: Direction): Field[] {
  return fields.flatMap((field, index): Field[] => {
    const location = keyOf(`${field.location}-${field.isDocument ? "json" : "text"}`);
    return field.direction === direction ? [{ number: roots[index]!, location, pattern: field.pattern }] : [];
  });
}

export function writeFields(writer: Writer, header: number, fields: readonly Field[]): void {
  const table = writer.table(header, fields.length, SIZE.FIELD);
  fields.forEach(({ number, location, pattern, isExempt, isNames, isPaths }, place) => {
    const at = table + place * SIZE.FIELD;
    writer.u16(at + FIELD.RULE, number);
    writer.u8(at + FIELD.LOCATION, LOCATION[location]);
    writer.u8(
      at + FIELD.FLAGS,
      (pattern.includes("*") ? FIELD_FLAG.GLOB : 0) |
        (isExempt ? FIELD_FLAG.EXEMPT : 0) |
        (isNames ? FIELD_FLAG.NAMES : 0) |
        (isPaths ? FIELD_FLAG.PATHS : 0),
    );
    writer.text(at + FIELD.PATTERN, pattern);
  });
}
