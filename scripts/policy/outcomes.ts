// The error -> outcome table: every way an active exchange can end, and what the caller is told.
// Invariants: the place in the list is the number in the wasm (append, never reorder); no text ever quotes data.
// `status` answers a refused request; a refused response is always 502, and after release the stream is cut instead.

export interface Outcome {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

const row = (code: string, status: number, title: string, detail: string): Outcome => ({ code, status, title, detail });

export const OUTCOMES: readonly Outcome[] = [
  row("forwarded", 200, "Forwarded", "The message went through; nothing was refused."),
  row(
    "json_syntax",
    400,
    "The body is not valid JSON",
    "Send one complete RFC 8259 document, with nothing before or after it.",
  ),
  row("json_utf8", 400, "The body is not valid UTF-8", "JSON travels as UTF-8: encode the body again."),
  row(
    "json_name",
    400,
    "A member name can be read in two ways",
    "It holds a lone surrogate, or a NUL behind a name that a rule selects, and receivers differ on both: use plain names.",
  ),
  row(
    "trailers",
    400,
    "Trailers follow a held body without having been announced",
    'Name them in a "trailer" header, tell the length of a body of at most 16 KiB, or send it without trailers.',
  ),
  row(
    "limit_depth",
    413,
    "The body is nested too deeply",
    "The nesting exceeds limits.depth of the policy: flatten the document, or raise the limit.",
  ),
  row(
    "limit_value",
    413,
    "A name, a separator or a document in a value is too long",
    "A name, the white space around a separator, or a document that must wait as a whole exceeds limits.value or limits.hold of the policy: shorten it, or raise the limit.",
  ),
  row(
    "limit_body",
    413,
    "The body is too large",
    "The body exceeds limits.body of the policy: send less, or raise the limit.",
  ),
  row(
    "unsupported_media_type",
    415,
    "The body has a media type that cannot be read",
    'JSON is read, and other formats whose values the policy selects: send one of them, or let the policy decide otherwise with "unsupported".',
  ),
  row(
    "unsupported_charset",
    415,
    "The body is in a charset that cannot be read",
    "Send the body as UTF-8. Others are read where they are ASCII, ISO-8859-1 and windows-1252 where no byte has two readings.",
  ),
  row(
    "content_encoding",
    415,
    "The body is encoded",
    'A compressed body cannot be read: send it with content-encoding identity, or let the policy decode gzip and deflate with "compressed".',
  ),
  row(
    "content_type_repeated",
    400,
    "The content-type header is repeated",
    "Receivers choose differently between several content types: send exactly one.",
  ),
  row(
    "rule_block",
    403,
    "A rule of the policy refuses this message",
    "The message holds a value that the named rule blocks: leave the value out, or change the rule.",
  ),
  row(
    "unmatched_block",
    403,
    "The message holds a value that no rule names",
    'The policy blocks what its rules do not name ("unmatched": "block"): leave the value out, or add a rule for it.',
  ),
  row(
    "upgrade",
    403,
    "A protocol upgrade is not allowed here",
    "After an upgrade the bytes cannot be read: use plain requests while the tunnel is active.",
  ),
  row(
    "connect",
    403,
    "CONNECT is not allowed here",
    "The bytes of a CONNECT tunnel cannot be read: use plain requests while the tunnel is active.",
  ),
  row(
    "not_configured",
    503,
    "The filter has no valid policy",
    "The policy or the key it names is missing or damaged: see the log of the gateway, and push a valid policy.",
  ),
  row(
    "egress_destination",
    403,
    "This destination is not allowed",
    'The hotfix may call the destinations that "egress" of the policy lists: add it there, or leave the call out.',
  ),
  row(
    "form_name",
    400,
    "A field name of the form can be read in two ways",
    "It holds a percent sign that begins no escape, a NUL behind or blanks before a name that a rule selects, is such a name in another charset than UTF-8, begins as JSON or XML does, or has no equals sign where a rule takes all values: encode the form again, or name the format that it is in.",
  ),
  row(
    "form_separator",
    400,
    "A sign in the form, query or cookies can be read as a separator",
    "Some receivers separate fields there, and a rule selects what would be a field: percent-encode it.",
  ),
  row(
    "path_ambiguous",
    400,
    "The path can be read in two ways",
    "It holds an empty or dotted segment, or an encoded slash, and the policy selects segments of paths: send it in its plain form.",
  ),
  row(
    "event_field",
    400,
    "A line of the event stream can be read in two ways",
    'Some receivers take it for data: name fields plainly, as in "data: ".',
  ),
  row(
    "session_missing",
    403,
    "A session token is needed here",
    "Send the token of an open session in the emergency header.",
  ),
  row("session_invalid", 403, "The session token is not valid", "Open a session, and send its token as it was given."),
  row("session_expired", 403, "The session is over", "Open a new session, and send its token."),
  row(
    "session_foreign",
    403,
    "The session token is for something else",
    "Its audience or scope is another one: open a session for this policy.",
  ),
  row(
    "session_repeated",
    403,
    "The emergency header stands there more than once",
    "Gateway and filter could each take another one: send one emergency header, with one token.",
  ),
  row(
    "xml_syntax",
    400,
    "The body is not well-formed XML",
    "Send one complete XML 1.0 document in which names, tags, attributes and references are as the standard has them.",
  ),
  row("xml_utf8", 400, "The XML is not valid UTF-8", "XML is read as UTF-8 alone: encode the body again."),
  row(
    "xml_doctype",
    400,
    "The XML has a document type declaration",
    "What it declares changes how receivers read the rest: send the document without <!DOCTYPE>.",
  ),
  row(
    "xml_reference",
    415,
    "A rule acts on an element whose value stands elsewhere in the XML",
    'What it refers to (href="#...") would go on: send values where they belong, without multiRef.',
  ),
  row(
    "limit_attributes",
    413,
    "An element has too many attributes",
    "At most 256 attributes of one element are read: send fewer.",
  ),
  row(
    "multipart_boundary",
    400,
    "The content-type has no boundary that all receivers read alike",
    "Send one boundary of 1 to 70 plain characters, no charset but utf-8, and in form-data no other parameter.",
  ),
  row(
    "multipart_delimiter",
    400,
    "The parts of the body are not plainly delimited",
    "Each delimiter stands on a line of its own that ends with CRLF, nothing stands before the first and behind the last one, and the boundary occurs nowhere else.",
  ),
  row(
    "multipart_header",
    400,
    "The headers of a part can be read in two ways",
    "Send lines of name, colon and value with CRLF, and in form-data alone one content-disposition of form-data with one plain quoted name.",
  ),
  row(
    "multipart_encoding",
    415,
    "A part is encoded, or has parts of its own",
    "Send parts as they are: without a content-transfer-encoding, and not as multipart.",
  ),
  row(
    "multipart_reference",
    415,
    "A rule acts on a reference to a part",
    "The part would go on: send the value in the document, without MTOM.",
  ),
  row(
    "compressed_data",
    400,
    "The compressed body is damaged",
    "Send one complete gzip member or zlib stream, with its checksum right and nothing behind it, or send the body as it is.",
  ),
  row(
    "compressed_ratio",
    413,
    "The compressed body is too large when decoded",
    "It becomes more than a hundred times its length: send it as it is.",
  ),
  row(
    "grpc_frame",
    400,
    "The body is not a series of gRPC messages",
    "Each message stands whole behind one flag byte that is 0 or 1 and four bytes of length. In gRPC-Web plain lines of trailers behind 0x80 end the body, and its text form is base64 in padded runs.",
  ),
  row(
    "grpc_compressed",
    415,
    "A gRPC message is compressed",
    'No such encoding is read: send messages with "grpc-encoding: identity", or gzip and deflate where the policy decodes them ("compressed").',
  ),
  row(
    "protobuf_type",
    415,
    "The message type of this body is not known",
    'The descriptor set of the policy has no method of this path: write the set anew, name the type in "protobuf.bodies", or let "unsupported" decide.',
  ),
  row(
    "protobuf_syntax",
    400,
    "The body is not a valid protobuf message",
    "A field is cut off, has the number 0 or a wire type that does not exist, or a varint of more than its ten bytes: encode the message again.",
  ),
  row(
    "protobuf_wire",
    400,
    "A protobuf field is not written as its type is",
    "Receivers differ on such fields: encode the message by the descriptor set of the policy.",
  ),
  row(
    "protobuf_unknown",
    400,
    "A protobuf message holds a field that the descriptor set does not know",
    'Write the descriptor set of the policy anew, or leave such fields out with "unknown": "strip".',
  ),
  row(
    "protobuf_any",
    400,
    "A protobuf message can be read in two ways",
    "An Any, its type_url, its value, a message that tells the name of a value, or one around these comes twice, and receivers choose or merge: write each of them once.",
  ),
  row(
    "protobuf_entry",
    400,
    "A name in a protobuf message can be read in two ways",
    "An entry of a map has two keys, and receivers choose one, or its key, or a text that tells the name of a value, is no UTF-8: write each entry with one key, in UTF-8.",
  ),
  row(
    "nested_value",
    400,
    "A value is not encoded as the policy says",
    'The policy decodes this value, or it begins like JSON, in base64 or not, or GraphQL, in which rules by name look, and it cannot be read: send it right, add a rule for the whole value ("pass" leaves it alone), or let "unsupported" decide.',
  ),
  row(
    "text_document",
    415,
    "A document says that it is a text",
    'It begins as XML, or as JSON where a rule looks into "text:" alone. Name its format in content-type, at the client or in front of this filter; for JSON that rule may select "any:" instead.',
  ),
  row(
    "connect_call",
    415,
    "A call of the Connect protocol is in a form that cannot be read",
    'Rules act in messages of this method, and it came as JSON or as GET, in which they would miss them: send it as application/proto by POST, or let "unsupported" decide.',
  ),
  row("internal", 500, "The filter failed", "The message was refused because it could not be processed safely."),
];

/** The status that answers a refused response, whatever refused it. */
export const RESPONSE_STATUS = 502;

/** The status of a refused gRPC call, by the status that HTTP would have: INVALID_ARGUMENT, PERMISSION_DENIED,
 * RESOURCE_EXHAUSTED, UNIMPLEMENTED, UNAVAILABLE; all others are INTERNAL. */
export const GRPC_STATUS = { 400: 3, 403: 7, 413: 8, 415: 12, 503: 14 } as const;
export const GRPC_INTERNAL = 13;
