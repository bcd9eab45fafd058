// The formats that bodies are written in: one reader each, opened for a body, fed chunk by chunk, closed.
// Invariants: no host call in here or below; no allocation in steady state (readers come from the pool); what a chunk has
// become stands here until the next one is read, for whatever stream.

import { CHARSET_UTF8 } from "../bytes/charset";
import { FieldScope } from "../fields/scope";
import { closeForm, openForm, rewriteForm } from "../form/rewrite";
import { FormState } from "../form/state";
import { GraphqlState, closeGraphql, openGraphql, rewriteGraphql } from "../graphql/body";
import { closeDocument, openWholeDocument, startDocument } from "../json/document";
import { out } from "../json/output";
import { PADDING, rewrite } from "../json/rewrite";
import { JsonState } from "../json/state";
import {
  FORMAT_EVENTS,
  FORMAT_FORM,
  FORMAT_GRAPHQL,
  FORMAT_GRPC,
  FORMAT_GRPC_WEB,
  FORMAT_GRPC_WEB_TEXT,
  FORMAT_JSON,
  FORMAT_LINES,
  FORMAT_MULTIPART,
  FORMAT_PARTS,
  FORMAT_PROTOBUF,
  FORMAT_SEQUENCE,
  FORMAT_TEXT,
  FORMAT_XML,
} from "../policy/format.gen";
import { INTERNAL } from "../policy/outcomes.gen";
import { closeMultipart, openMultipart, rewriteMultipart } from "../multipart/rewrite";
import { MultipartState } from "../multipart/state";
import { rewriteFrames } from "../protobuf/frames";
import { closeProtobuf, openProtobuf, rewriteWhole } from "../protobuf/reader";
import { ProtoState } from "../protobuf/state";
import { rewriteTextFrames } from "../protobuf/web";
import { EventsState, closeEvents, coverEvents, openEvents, rewriteEvents } from "./events";
import { Holder } from "./held";
import { LinesState, closeLines, openLines, rewriteLines } from "./lines";
import { Narrow, isWide, narrow, wide, widen } from "./narrow";
import { changed, framed } from "./output";
import { TextState, closeText, openText, rewriteText } from "../text/rewrite";
import { out as xmlOut } from "../xml/output";
import { closeXml, coverXml, openXml, rewriteXml } from "../xml/rewrite";
import { XmlState } from "../xml/state";

/** The chunk is not as it came: it has become the bytes at `written`. */
export let edited: bool = false;
export let written: usize = 0;
export let writtenLength: u32 = 0;

/** A reader for a body in the format, in a charset that it may learn; `root` is the automaton state of its documents, or the state of its messages. 0 when memory ran out. */
export function openReader(format: u32, charset: Narrow, scope: FieldScope, root: u32): usize {
  switch (format) {
    case FORMAT_FORM:
      return openForm(scope, charset.charset != CHARSET_UTF8);
    case FORMAT_MULTIPART:
      return openMultipart(scope, true);
    case FORMAT_PARTS:
      return openMultipart(scope, false);
    case FORMAT_LINES:
    case FORMAT_SEQUENCE:
      return openLines(scope, root, format == FORMAT_SEQUENCE);
    case FORMAT_EVENTS:
      return openEvents(scope, root);
    case FORMAT_XML:
      return openXml(scope, root, charset);
    case FORMAT_GRPC:
    case FORMAT_PROTOBUF:
      return openProtobuf(scope, root, false);
    case FORMAT_GRPC_WEB:
    case FORMAT_GRPC_WEB_TEXT:
      return openProtobuf(scope, root, true);
    case FORMAT_TEXT:
      return openText(scope, root);
    case FORMAT_GRAPHQL:
      return openGraphql(scope, root);
    default:
      return openWholeDocument(scope, root);
  }
}

/**
 * Has a rule cover all that a reader of a part will read, as one on the root of a document does; `root` is the state of its
 * documents.
 */
export function coverAll(format: u32, reader: usize, root: u32, rule: u32): void {
  switch (format) {
    case FORMAT_FORM:
      changetype<FormState>(reader).cover = rule;
      break;
    case FORMAT_LINES:
    case FORMAT_SEQUENCE:
      changetype<LinesState>(reader).cover = rule;
      break;
    case FORMAT_EVENTS:
      coverEvents(changetype<EventsState>(reader), rule);
      break;
    case FORMAT_XML:
      coverXml(changetype<XmlState>(reader), rule);
      break;
    case FORMAT_GRAPHQL:
      changetype<GraphqlState>(reader).cover = rule;
      break;
    default:
      startDocument(changetype<JsonState>(reader), root, rule);
      break;
  }
}

/** Reads the next chunk, the last one when `last`; PADDING bytes behind it are overwritten. Returns an outcome. */
export function read(format: u32, reader: usize, at: usize, length: u32, last: bool): u32 {
  let outcome: u32;
  if (format == FORMAT_JSON) {
    const json = changetype<JsonState>(reader);
    outcome = rewrite(json, at, length, last);
    edited = json.edited;
    written = out.at;
    writtenLength = out.length;
    return outcome;
  }
  if (format == FORMAT_XML) {
    const xml = changetype<XmlState>(reader);
    outcome = rewriteXml(xml, at, length, last);
    edited = xml.edited;
    written = xmlOut.at;
    writtenLength = xmlOut.length;
    return outcome;
  }
  switch (format) {
    case FORMAT_FORM:
      outcome = rewriteForm(changetype<FormState>(reader), at, length, last);
      break;
    case FORMAT_MULTIPART:
    case FORMAT_PARTS:
      outcome = rewriteMultipart(changetype<MultipartState>(reader), at, length, last);
      break;
    case FORMAT_TEXT:
      outcome = rewriteText(changetype<TextState>(reader), at, length, last);
      break;
    case FORMAT_GRAPHQL:
      outcome = rewriteGraphql(changetype<GraphqlState>(reader), at, length, last);
      break;
    case FORMAT_EVENTS:
      outcome = rewriteEvents(changetype<EventsState>(reader), at, length, last);
      break;
    case FORMAT_GRPC:
    case FORMAT_GRPC_WEB:
      outcome = rewriteFrames(changetype<ProtoState>(reader), at, length, last);
      break;
    case FORMAT_GRPC_WEB_TEXT:
      outcome = rewriteTextFrames(changetype<ProtoState>(reader), at, length, last);
      break;
    case FORMAT_PROTOBUF:
      outcome = rewriteWhole(changetype<ProtoState>(reader), at, length, last);
      break;
    default:
      outcome = rewriteLines(changetype<LinesState>(reader), at, length, last);
      break;
  }
  edited = changed;
  written = framed.at;
  writtenLength = framed.length;
  return outcome;
}

/** The same for a chunk in a charset, in which it stays. */
export function readIn(charset: Narrow, format: u32, reader: usize, at: usize, length: u32, last: bool): u32 {
  let fault: u32 = 0;
  if (charset.charset != CHARSET_UTF8 && isWide(charset, at, length)) {
    fault = widen(charset, at, length, wide, PADDING);
    at = wide.at;
    length = wide.length;
  }
  let outcome = fault == INTERNAL ? fault : read(format, reader, at, length, last && fault == 0);
  if (outcome == 0) outcome = fault;
  // The charset may have been found in this very chunk.
  if (outcome || !edited || charset.charset == CHARSET_UTF8) return outcome;
  const isDocument = format == FORMAT_TEXT && changetype<TextState>(reader).document != 0;
  const left = narrow(charset, isDocument ? FORMAT_JSON : format, written, writtenLength);
  written = left.at;
  writtenLength = left.length;
  return left.failed ? INTERNAL : 0;
}

/** The rule that blocked. */
export function ruleOf(format: u32, reader: usize): u32 {
  switch (format) {
    case FORMAT_FORM:
    case FORMAT_MULTIPART:
    case FORMAT_PARTS:
    case FORMAT_EVENTS:
    case FORMAT_GRAPHQL:
    case FORMAT_GRPC:
    case FORMAT_GRPC_WEB:
    case FORMAT_GRPC_WEB_TEXT:
    case FORMAT_PROTOBUF:
      return changetype<Holder>(reader).rule;
    case FORMAT_LINES:
    case FORMAT_SEQUENCE:
      return changetype<LinesState>(reader).document.rule;
    case FORMAT_XML:
      return changetype<XmlState>(reader).rule;
    case FORMAT_TEXT:
      return changetype<TextState>(reader).rule;
    default:
      return changetype<JsonState>(reader).rule;
  }
}

/** Gives back what a reader holds. Held values are wiped. */
export function closeReader(format: u32, reader: usize): void {
  switch (format) {
    case FORMAT_FORM:
      closeForm(changetype<FormState>(reader));
      break;
    case FORMAT_MULTIPART:
    case FORMAT_PARTS:
      closeMultipart(changetype<MultipartState>(reader));
      break;
    case FORMAT_EVENTS:
      closeEvents(changetype<EventsState>(reader));
      break;
    case FORMAT_LINES:
    case FORMAT_SEQUENCE:
      closeLines(changetype<LinesState>(reader));
      break;
    case FORMAT_GRAPHQL:
      closeGraphql(changetype<GraphqlState>(reader));
      break;
    case FORMAT_TEXT:
      closeText(changetype<TextState>(reader));
      break;
    case FORMAT_XML:
      closeXml(changetype<XmlState>(reader));
      break;
    case FORMAT_GRPC:
    case FORMAT_GRPC_WEB:
    case FORMAT_GRPC_WEB_TEXT:
    case FORMAT_PROTOBUF:
      closeProtobuf(changetype<ProtoState>(reader));
      break;
    default:
      closeDocument(changetype<JsonState>(reader));
      break;
  }
}
