/**
 * Fields of traffic: places that hold a scalar, in the words of the selector that selects them.
 *
 * Invariant: neither the expression nor the names of a field hold a value; where traffic keys by values, they have `*`.
 */
import type { FormatName } from "../replay/bodies/index.ts";

export type Direction = "request" | "response";

export type FieldPlace =
  | "json"
  | "json-key"
  | "graphql"
  | "xml"
  | "text"
  | "form"
  | "multipart"
  | "multipart-filename"
  | "query"
  | "header"
  | "cookie"
  | "path"
  | "grpc"
  /** A field of a protobuf type that contains itself. */
  | "proto"
  /** A value beside a text that tells its name. */
  | "named"
  /** Names that carry data where no selector names names: of fields, parameters, cookies and parts. */
  | "any";

export interface Spot {
  readonly direction: Direction;
  readonly place: FieldPlace;
  /** What a selector says behind its location. */
  readonly expression: string;
  /** The names on the way, outermost first; the last is the field's own. */
  readonly names: readonly string[];
  /** Nothing but redacting fits its type. */
  readonly isBlunt?: boolean;
  /** It cannot go: its message would be none. */
  readonly isRequired?: boolean;
  /** The paths that are asked about, of a protobuf field that only a description tells of. */
  readonly samples?: readonly string[];
  /** What it spells are fields of their own: its own name alone speaks for it. */
  readonly isOpened?: boolean;
}

export interface Field extends Spot {
  /** In how many exchanges and places it held something. */
  values: number;
  /** A description tells of it. */
  isDescribed: boolean;
}

/** A place with what it held; the value is looked at and not kept. */
export interface Met extends Spot {
  readonly value: string;
}

export const selectorOf = ({ place, expression }: Spot): string => `${place}:${expression}`;

export const keyOf = (spot: Spot): string => `${spot.direction} ${selectorOf(spot)}`;

/** In groups, in the order in which their keys come (`Map.groupBy`, which Node.js 20 has not). */
export function groupedBy<Item, Key>(items: readonly Item[], keyFor: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyFor(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Why a body has no fields, as counts. */
export type Unread = "unknown type" | "unknown coding" | "unknown protobuf message" | `broken ${FormatName}`;
