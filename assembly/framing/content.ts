// What the headers say of a body: media type (RFC 9110, section 8.3.1), charset, content coding.
// Invariant: whatever is not plainly one of the formats, in a charset that is read, is something else; a lying or doubled
// header never gives a body a format.

import { spells, spellsAnyCase, spellsOneOf } from "../abi/text";
import { CHARSET_ASCII, CHARSET_OTHER, CHARSET_REGIONAL, CHARSET_UTF8, charsetOf } from "../bytes/charset";
import { DEFLATE, GZIP } from "../compression/inflate";
import { boundaryLength, forgetBoundary, readBoundary } from "../multipart/boundary";
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

/** The media type is none of the formats. */
export const TYPE_OTHER: u32 = 0;
/** The media type that `readType` has read names a boundary that all receivers read alike (boundary.ts has it). */
export let hasBoundary: bool = false;
/** The charset of the media type that `readType` has read: one that its format is read in, or CHARSET_OTHER. */
export let charset: u32 = CHARSET_UTF8;
/** The header named it. */
export let hasCharset: bool = false;

@inline
function isSpace(byte: u32): bool {
  return byte == 0x20 || byte == 0x09;
}

@inline
function isToken(byte: u32): bool {
  if (byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 26) return true;
  switch (byte) {
    case 0x21:
    case 0x23:
    case 0x24:
    case 0x25:
    case 0x26:
    case 0x27:
    case 0x2a:
    case 0x2b:
    case 0x2d:
    case 0x2e:
    case 0x5e:
    case 0x5f:
    case 0x60:
    case 0x7c:
    case 0x7e:
      return true;
    default:
      return false;
  }
}

/** Whether the bytes are `type/subtype` with a suffix as in +json. */
function endsIn(at: usize, length: u32, suffix: string): bool {
  let slash: u32 = 0;
  while (slash < length && isToken(<u32>load<u8>(at + slash))) slash++;
  if (slash == 0 || slash >= length || load<u8>(at + slash) != 0x2f) return false;
  for (let i = slash + 1; i < length; i++) {
    if (!isToken(<u32>load<u8>(at + i))) return false;
  }
  const size = <u32>suffix.length;
  return length > slash + 1 + size && spellsAnyCase(at + length - size, size, suffix);
}

/** Whether the value of content-type is that of a gRPC call, whatever its messages are written in. */
export function isGrpc(at: usize, length: u32): bool {
  const name: u32 = 16;
  if (length < name || !spellsAnyCase(at, name, "application/grpc")) return false;
  const next: u32 = length == name ? 0x3b : <u32>load<u8>(at + name);
  return next == 0x3b || next == 0x2b;
}

const WEB: u32 = 20;

/** Whether the value of content-type is that of a gRPC-Web call, whatever its messages are written in. */
export function isGrpcWeb(at: usize, length: u32): bool {
  return length >= WEB && spellsAnyCase(at, WEB, "application/grpc-web");
}

/** Whether that value says that the messages are in base64. */
export function isGrpcWebText(at: usize, length: u32): bool {
  return length > WEB && load<u8>(at + WEB) == 0x2d;
}

/** The format of gRPC-Web that a media type without its parameters names, or TYPE_OTHER. */
function webFormatOf(at: usize, length: u32): u32 {
  const rest = at + WEB;
  const size = length - WEB;
  if (size == 0 || spellsAnyCase(rest, size, "+proto")) return FORMAT_GRPC_WEB;
  const isText = spellsAnyCase(rest, size, "-text") || spellsAnyCase(rest, size, "-text+proto");
  return isText ? FORMAT_GRPC_WEB_TEXT : TYPE_OTHER;
}

/** Whether a body in the format is protobuf, alone or as messages of calls. */
export function isProtobuf(format: u32): bool {
  return format == FORMAT_PROTOBUF || isCalls(format);
}

/** Whether a body in the format is parts behind a boundary. */
export function isMultipart(format: u32): bool {
  return format == FORMAT_MULTIPART || format == FORMAT_PARTS;
}

/** Whether a body in the format is a series of gRPC messages. */
export function isCalls(format: u32): bool {
  return format == FORMAT_GRPC || format == FORMAT_GRPC_WEB || format == FORMAT_GRPC_WEB_TEXT;
}

/**
 * Takes a charset from a parameter `name=value`. Quotes count one by one: a charset that receivers may find in another
 * parameter's quotes is one, too.
 */
function takeCharset(at: usize, length: u32): void {
  let equals: u32 = 0;
  while (equals < length && load<u8>(at + equals) != 0x3d) equals++;
  let nameLength = equals;
  while (nameLength && isSpace(<u32>load<u8>(at + nameLength - 1))) nameLength--;
  if (!spellsAnyCase(at, nameLength, "charset")) return;
  let from = equals + 1;
  while (from < length && (isSpace(<u32>load<u8>(at + from)) || isQuote(<u32>load<u8>(at + from)))) from++;
  while (length > from && isQuote(<u32>load<u8>(at + length - 1))) length--;
  const found = from < length ? charsetOf(at + from, length - from) : CHARSET_OTHER;
  charset = hasCharset && found != charset ? CHARSET_OTHER : found;
  hasCharset = true;
}

@inline
function isQuote(byte: u32): bool {
  return byte == 0x22 || byte == 0x27;
}

/** Leaves of the charset what bodies in the format are read in. */
function limitCharset(format: u32): void {
  // The boundary is none, then, which is refused whatever else is unsupported.
  if (isMultipart(format)) charset = CHARSET_UTF8;
  if (charset == CHARSET_UTF8 || charset == CHARSET_OTHER) return;
  switch (format) {
    case FORMAT_JSON:
    case FORMAT_LINES:
    case FORMAT_SEQUENCE:
    case FORMAT_XML:
    case FORMAT_TEXT:
      if (charset == CHARSET_REGIONAL) charset = CHARSET_ASCII;
      return;
    // Escapes hide bytes from whoever reads the charset, and events are always UTF-8: both are read as ASCII.
    case FORMAT_FORM:
    case FORMAT_EVENTS:
      charset = CHARSET_ASCII;
      return;
    default:
      charset = CHARSET_OTHER;
  }
}

/** The format that a media type without its parameters names, or TYPE_OTHER. */
function formatOf(at: usize, length: u32): u32 {
  if (isGrpc(at, length)) {
    // The messages of a call may be written in anything, and its framing is around them all the same.
    const isProto = spellsAnyCase(at, length, "application/grpc") || spellsAnyCase(at, length, "application/grpc+proto");
    return isProto ? FORMAT_GRPC : TYPE_OTHER;
  }
  if (isGrpcWeb(at, length)) return webFormatOf(at, length);
  // Streams of the Connect protocol have a framing of their own around whatever they are written in.
  if (length >= 20 && spellsAnyCase(at, 20, "application/connect+")) return TYPE_OTHER;
  // JSON also by the names it had before it had its own, which servers still know (WHATWG MIME Sniffing; Rails, ASP.NET),
  // and by those of specifications that came before the suffix (FHIR DSTU2 among them).
  if (
    endsIn(at, length, "+json") ||
    spellsOneOf(at, length, "application/json text/json text/x-json application/x-json application/jsonrequest ") ||
    spellsOneOf(at, length, "application/csp-report application/x-amz-json-1.0 application/x-amz-json-1.1 ") ||
    spellsOneOf(at, length, "application/json-rpc application/json+fhir ")
  ) {
    return FORMAT_JSON;
  }
  if (spellsAnyCase(at, length, "application/x-www-form-urlencoded")) return FORMAT_FORM;
  // No suffix is registered for lines, and two are used (FHIR Bulk Data Access; Elasticsearch).
  if (
    endsIn(at, length, "+ndjson") ||
    endsIn(at, length, "+x-ndjson") ||
    spellsOneOf(at, length, "application/x-ndjson application/ndjson text/x-ndjson application/jsonl ") ||
    spellsOneOf(at, length, "application/x-jsonl application/jsonlines application/x-jsonlines ")
  ) {
    return FORMAT_LINES;
  }
  if (endsIn(at, length, "+json-seq") || spellsAnyCase(at, length, "application/json-seq")) return FORMAT_SEQUENCE;
  if (spellsAnyCase(at, length, "text/event-stream")) return FORMAT_EVENTS;
  if (endsIn(at, length, "+xml") || spellsOneOf(at, length, "application/xml text/xml application/xml+fhir ")) return FORMAT_XML;
  if (spellsAnyCase(at, length, "multipart/form-data")) return FORMAT_MULTIPART;
  if (spellsOneOf(at, length, "multipart/related multipart/mixed multipart/alternative ")) return FORMAT_PARTS;
  if (spellsAnyCase(at, length, "application/graphql")) return FORMAT_GRAPHQL;
  if (spellsOneOf(at, length, "application/proto application/x-protobuf application/protobuf ")) return FORMAT_PROTOBUF;
  if (spellsOneOf(at, length, "text/plain text/html text/csv text/tab-separated-values text/markdown ")) return FORMAT_TEXT;
  return TYPE_OTHER;
}

/**
 * Whether a parameter is the boundary, which is read, or a charset of UTF-8. Form-data knows no other; others may say what
 * they like (type=, start=), but for what a lax receiver could take for a boundary.
 */
function readMultipartParameter(at: usize, length: u32, isForm: bool): bool {
  if (length >= 9 && spellsAnyCase(at, 8, "boundary") && load<u8>(at + 8) == 0x3d) return readBoundary(at + 9, length - 9);
  if (isCharset(at, length)) {
    takeCharset(at, length);
    return charset == CHARSET_UTF8;
  }
  for (let i: u32 = 0; i + 8 <= length; i++) {
    if (spellsAnyCase(at + i, 8, "boundary")) return false;
  }
  return !isForm;
}

function isCharset(at: usize, length: u32): bool {
  return length >= 8 && spellsAnyCase(at, 8, "charset=");
}

/** Forgets what the last content-type said. */
export function forgetType(): void {
  charset = CHARSET_UTF8;
  hasCharset = false;
  hasBoundary = true;
  forgetBoundary();
}

/** Reads the value of content-type: a format, or TYPE_OTHER. */
export function readType(at: usize, length: u32): u32 {
  let format = TYPE_OTHER;
  let start: u32 = 0;
  let isFirst = true;
  forgetType();
  while (start <= length) {
    let end = start;
    while (end < length && load<u8>(at + end) != 0x3b) end++;
    let from = start;
    let to = end;
    while (from < to && isSpace(<u32>load<u8>(at + from))) from++;
    while (to > from && isSpace(<u32>load<u8>(at + to - 1))) to--;
    if (isFirst) {
      format = formatOf(at + from, to - from);
      if (format == TYPE_OTHER) return TYPE_OTHER;
      isFirst = false;
    } else if (isMultipart(format)) {
      hasBoundary = readMultipartParameter(at + from, to - from, format == FORMAT_MULTIPART) && hasBoundary;
    } else if (isProtobuf(format) && !isCharset(at + from, to - from)) {
      // Others name a message type, or a framing of their own.
      return TYPE_OTHER;
    } else {
      takeCharset(at + from, to - from);
    }
    start = end + 1;
  }
  if (boundaryLength == 0) hasBoundary = false;
  limitCharset(format);
  return format;
}

/** Whether a value is several in one: hosts join repeated headers with commas. A comma in quotes is none. */
export function isList(at: usize, length: u32): bool {
  let quoted = false;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte == 0x22) quoted = !quoted;
    else if (byte == 0x2c && !quoted) return true;
  }
  return false;
}

/** Whether a content-encoding names no coding at all. */
export function isIdentity(at: usize, length: u32): bool {
  while (length && isSpace(<u32>load<u8>(at))) {
    at++;
    length--;
  }
  while (length && isSpace(<u32>load<u8>(at + length - 1))) length--;
  return length == 0 || spellsAnyCase(at, length, "identity");
}

/** A content coding that can be decoded: GZIP, DEFLATE, or 0. */
export function readCoding(at: usize, length: u32): u32 {
  while (length && isSpace(<u32>load<u8>(at))) {
    at++;
    length--;
  }
  while (length && isSpace(<u32>load<u8>(at + length - 1))) length--;
  if (spellsAnyCase(at, length, "gzip") || spellsAnyCase(at, length, "x-gzip")) return GZIP;
  return spellsAnyCase(at, length, "deflate") ? DEFLATE : 0;
}

/** Reads a content-length; u64.MAX_VALUE when it is none. */
export function readLength(at: usize, length: u32): u64 {
  if (length == 0 || length > 18) return u64.MAX_VALUE;
  let value: u64 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const digit = <u32>load<u8>(at + i) - 0x30;
    if (digit > 9) return u64.MAX_VALUE;
    value = value * 10 + digit;
  }
  return value;
}

/** Whether a status has no body whatever its headers say (RFC 9110, section 6.4.1). */
export function hasNoBody(at: usize, length: u32): bool {
  return spells(at, length, "204") || spells(at, length, "304") || isInformational(at, length);
}

/** Whether the status is that of an interim answer, or of a connection that leaves HTTP. */
export function isInformational(at: usize, length: u32): bool {
  return length == 3 && load<u8>(at) == 0x31;
}

/** Whether the status is 101: the connection leaves HTTP. */
export function isSwitching(at: usize, length: u32): bool {
  return spells(at, length, "101");
}

