// Which formats the policy has read: those in which it selects something, or `unmatched` acts (docs/internals.md, "Formats of
// bodies"). One answer for bodies and for what stands in a part.

import { fieldRule, hasFields } from "../fields/match";
import { readsQueries } from "../graphql/body";
import {
  FORMAT_FORM,
  FORMAT_GRAPHQL,
  FORMAT_JSON,
  FORMAT_MULTIPART,
  FORMAT_PARTS,
  FORMAT_TEXT,
  FORMAT_XML,
  HEADER_LIMIT_HOLD,
  HEADER_RESPONSE_FIELDS,
  LOCATION_FORM,
  LOCATION_FORM_TEXT,
  LOCATION_MULTIPART,
  LOCATION_MULTIPART_FILENAME,
  LOCATION_TEXT,
  LOCATION_XML,
  NO_RULE,
  UNSUPPORTED_BLOCK,
} from "../policy/format.gen";
import { isLive } from "../json/document";
import { isProtobuf } from "./content";
import { unsupportedIn } from "../policy/unsupported";

/**
 * Whether the policy has anything to say of bodies in the format. JSON is always read, and so are parts without names, each of
 * which may be; of the others those in which it selects something, or in which `unmatched` acts.
 */
export function isRead(blob: usize, format: u32, fields: u32, root: u32, unmatched: u32): bool {
  // Without types, which the caller has asked for, protobuf is as foreign as an image.
  if (isProtobuf(format)) return false;
  if (format == FORMAT_TEXT) {
    // It may turn out to be JSON (text/rewrite.ts). Where it does not it is refused, for which its headers have to wait.
    const mayBeRefused = unsupportedIn(blob, fields == HEADER_RESPONSE_FIELDS) == UNSUPPORTED_BLOCK && load<u32>(blob, HEADER_LIMIT_HOLD) != 0;
    return (mayBeRefused && isLive(blob, root, unmatched)) || (unmatched == NO_RULE && hasFields(blob, fields, LOCATION_TEXT, LOCATION_TEXT));
  }
  if (format == FORMAT_JSON || format == FORMAT_PARTS || unmatched != NO_RULE) return true;
  if (format == FORMAT_GRAPHQL) return readsQueries(blob, root);
  if (format == FORMAT_FORM) return hasFields(blob, fields, LOCATION_FORM, LOCATION_FORM_TEXT);
  if (format == FORMAT_MULTIPART) return hasFields(blob, fields, LOCATION_MULTIPART, LOCATION_MULTIPART_FILENAME);
  return format == FORMAT_XML ? xmlRoot(blob, fields) != 0 : root != 0;
}

/** The automaton state of XML bodies, 0 when no rule selects in them. */
export function xmlRoot(blob: usize, fields: u32): u32 {
  const root = fieldRule(blob, fields, LOCATION_XML, 0, 0);
  return root == NO_RULE ? 0 : root;
}
