// Generated from scripts/policy/outcomes.ts by scripts/policy/generate.ts. Do not edit.

export const FORWARDED: u32 = 0;
export const JSON_SYNTAX: u32 = 1;
export const JSON_UTF8: u32 = 2;
export const JSON_NAME: u32 = 3;
export const TRAILERS: u32 = 4;
export const LIMIT_DEPTH: u32 = 5;
export const LIMIT_VALUE: u32 = 6;
export const LIMIT_BODY: u32 = 7;
export const UNSUPPORTED_MEDIA_TYPE: u32 = 8;
export const UNSUPPORTED_CHARSET: u32 = 9;
export const CONTENT_ENCODING: u32 = 10;
export const CONTENT_TYPE_REPEATED: u32 = 11;
export const RULE_BLOCK: u32 = 12;
export const UNMATCHED_BLOCK: u32 = 13;
export const UPGRADE: u32 = 14;
export const CONNECT: u32 = 15;
export const NOT_CONFIGURED: u32 = 16;
export const EGRESS_DESTINATION: u32 = 17;
export const FORM_NAME: u32 = 18;
export const FORM_SEPARATOR: u32 = 19;
export const PATH_AMBIGUOUS: u32 = 20;
export const EVENT_FIELD: u32 = 21;
export const SESSION_MISSING: u32 = 22;
export const SESSION_INVALID: u32 = 23;
export const SESSION_EXPIRED: u32 = 24;
export const SESSION_FOREIGN: u32 = 25;
export const SESSION_REPEATED: u32 = 26;
export const XML_SYNTAX: u32 = 27;
export const XML_UTF8: u32 = 28;
export const XML_DOCTYPE: u32 = 29;
export const LIMIT_ATTRIBUTES: u32 = 30;
export const MULTIPART_BOUNDARY: u32 = 31;
export const MULTIPART_DELIMITER: u32 = 32;
export const MULTIPART_HEADER: u32 = 33;
export const MULTIPART_ENCODING: u32 = 34;
export const MULTIPART_REFERENCE: u32 = 35;
export const COMPRESSED_DATA: u32 = 36;
export const COMPRESSED_RATIO: u32 = 37;
export const GRPC_FRAME: u32 = 38;
export const GRPC_COMPRESSED: u32 = 39;
export const PROTOBUF_TYPE: u32 = 40;
export const PROTOBUF_SYNTAX: u32 = 41;
export const PROTOBUF_WIRE: u32 = 42;
export const PROTOBUF_UNKNOWN: u32 = 43;
export const PROTOBUF_ANY: u32 = 44;
export const NESTED_VALUE: u32 = 45;
export const TEXT_DOCUMENT: u32 = 46;
export const CONNECT_CALL: u32 = 47;
export const INTERNAL: u32 = 48;

export const OUTCOME_COUNT: u32 = 49;
export const RESPONSE_STATUS: u32 = 502;

export function codeOf(outcome: u32): string {
  switch (outcome) {
    case 0:
      return "forwarded";
    case 1:
      return "json_syntax";
    case 2:
      return "json_utf8";
    case 3:
      return "json_name";
    case 4:
      return "trailers";
    case 5:
      return "limit_depth";
    case 6:
      return "limit_value";
    case 7:
      return "limit_body";
    case 8:
      return "unsupported_media_type";
    case 9:
      return "unsupported_charset";
    case 10:
      return "content_encoding";
    case 11:
      return "content_type_repeated";
    case 12:
      return "rule_block";
    case 13:
      return "unmatched_block";
    case 14:
      return "upgrade";
    case 15:
      return "connect";
    case 16:
      return "not_configured";
    case 17:
      return "egress_destination";
    case 18:
      return "form_name";
    case 19:
      return "form_separator";
    case 20:
      return "path_ambiguous";
    case 21:
      return "event_field";
    case 22:
      return "session_missing";
    case 23:
      return "session_invalid";
    case 24:
      return "session_expired";
    case 25:
      return "session_foreign";
    case 26:
      return "session_repeated";
    case 27:
      return "xml_syntax";
    case 28:
      return "xml_utf8";
    case 29:
      return "xml_doctype";
    case 30:
      return "limit_attributes";
    case 31:
      return "multipart_boundary";
    case 32:
      return "multipart_delimiter";
    case 33:
      return "multipart_header";
    case 34:
      return "multipart_encoding";
    case 35:
      return "multipart_reference";
    case 36:
      return "compressed_data";
    case 37:
      return "compressed_ratio";
    case 38:
      return "grpc_frame";
    case 39:
      return "grpc_compressed";
    case 40:
      return "protobuf_type";
    case 41:
      return "protobuf_syntax";
    case 42:
      return "protobuf_wire";
    case 43:
      return "protobuf_unknown";
    case 44:
      return "protobuf_any";
    case 45:
      return "nested_value";
    case 46:
      return "text_document";
    case 47:
      return "connect_call";
    default:
      return "internal";
  }
}

export function titleOf(outcome: u32): string {
  switch (outcome) {
    case 0:
      return "Forwarded";
    case 1:
      return "The body is not valid JSON";
    case 2:
      return "The body is not valid UTF-8";
    case 3:
      return "A member name can be read in two ways";
    case 4:
      return "Trailers follow a held body without having been announced";
    case 5:
      return "The body is nested too deeply";
    case 6:
      return "A name, a separator or a document in a value is too long";
    case 7:
      return "The body is too large";
    case 8:
      return "The body has a media type that cannot be read";
    case 9:
      return "The body is in a charset that cannot be read";
    case 10:
      return "The body is encoded";
    case 11:
      return "The content-type header is repeated";
    case 12:
      return "A rule of the policy refuses this message";
    case 13:
      return "The message holds a value that no rule names";
    case 14:
      return "A protocol upgrade is not allowed here";
    case 15:
      return "CONNECT is not allowed here";
    case 16:
      return "The filter has no valid policy";
    case 17:
      return "This destination is not allowed";
    case 18:
      return "A field name of the form can be read in two ways";
    case 19:
      return "A sign in the form, query or cookies can be read as a separator";
    case 20:
      return "The path can be read in two ways";
    case 21:
      return "A line of the event stream can be read in two ways";
    case 22:
      return "A session token is needed here";
    case 23:
      return "The session token is not valid";
    case 24:
      return "The session is over";
    case 25:
      return "The session token is for something else";
    case 26:
      return "The emergency header stands there more than once";
    case 27:
      return "The body is not well-formed XML";
    case 28:
      return "The XML is not valid UTF-8";
    case 29:
      return "The XML has a document type declaration";
    case 30:
      return "An element has too many attributes";
    case 31:
      return "The content-type has no boundary that all receivers read alike";
    case 32:
      return "The parts of the body are not plainly delimited";
    case 33:
      return "The headers of a part can be read in two ways";
    case 34:
      return "A part is encoded, or has parts of its own";
    case 35:
      return "A rule acts on a reference to a part";
    case 36:
      return "The compressed body is damaged";
    case 37:
      return "The compressed body is too large when decoded";
    case 38:
      return "The body is not a series of gRPC messages";
    case 39:
      return "A gRPC message is compressed";
    case 40:
      return "The message type of this body is not known";
    case 41:
      return "The body is not a valid protobuf message";
    case 42:
      return "A protobuf field is not written as its type is";
    case 43:
      return "A protobuf message holds a field that the descriptor set does not know";
    case 44:
      return "An Any can be read in two ways";
    case 45:
      return "A value is not encoded as the policy says";
    case 46:
      return "A document says that it is a text";
    case 47:
      return "A call of the Connect protocol is in a form that cannot be read";
    default:
      return "The filter failed";
  }
}

export function detailOf(outcome: u32): string {
  switch (outcome) {
    case 0:
      return "The message went through; nothing was refused.";
    case 1:
      return "Send one complete RFC 8259 document, with nothing before or after it.";
    case 2:
      return "JSON travels as UTF-8: encode the body again.";
    case 3:
      return "It holds a lone surrogate, or a NUL behind a name that a rule selects, and receivers differ on both: use plain names.";
    case 4:
      return "Name them in a \"trailer\" header, or send the body without trailers.";
    case 5:
      return "The nesting exceeds limits.depth of the policy: flatten the document, or raise the limit.";
    case 6:
      return "A name, the white space around a separator, or a document that must wait as a whole exceeds limits.value or limits.hold of the policy: shorten it, or raise the limit.";
    case 7:
      return "The body exceeds limits.body of the policy: send less, or raise the limit.";
    case 8:
      return "JSON is read, and other formats whose values the policy selects: send one of them, or let the policy decide otherwise with \"unsupported\".";
    case 9:
      return "Send the body as UTF-8. Others are read where they are ASCII, ISO-8859-1 and windows-1252 where no byte has two readings.";
    case 10:
      return "A compressed body cannot be read: send it with content-encoding identity, or let the policy decode gzip and deflate with \"compressed\".";
    case 11:
      return "Receivers choose differently between several content types: send exactly one.";
    case 12:
      return "The message holds a value that the named rule blocks: leave the value out, or change the rule.";
    case 13:
      return "The policy blocks what its rules do not name (\"unmatched\": \"block\"): leave the value out, or add a rule for it.";
    case 14:
      return "After an upgrade the bytes cannot be read: use plain requests while the tunnel is active.";
    case 15:
      return "The bytes of a CONNECT tunnel cannot be read: use plain requests while the tunnel is active.";
    case 16:
      return "The policy or the key it names is missing or damaged: see the log of the gateway, and push a valid policy.";
    case 17:
      return "The hotfix may call the destinations that \"egress\" of the policy lists: add it there, or leave the call out.";
    case 18:
      return "It holds a percent sign that begins no escape, a NUL behind or blanks before a name that a rule selects, is such a name in another charset than UTF-8, or begins as JSON or XML does: encode the form again, or name the format that it is in.";
    case 19:
      return "Some receivers separate fields there, and a rule selects what would be a field: percent-encode it.";
    case 20:
      return "It holds an empty or dotted segment, or an encoded slash, and the policy selects segments of paths: send it in its plain form.";
    case 21:
      return "Some receivers take it for data: name fields plainly, as in \"data: \".";
    case 22:
      return "Send the token of an open session in the emergency header.";
    case 23:
      return "Open a session, and send its token as it was given.";
    case 24:
      return "Open a new session, and send its token.";
    case 25:
      return "Its audience or scope is another one: open a session for this policy.";
    case 26:
      return "Gateway and filter could each take another one: send one emergency header, with one token.";
    case 27:
      return "Send one complete XML 1.0 document in which names, tags, attributes and references are as the standard has them.";
    case 28:
      return "XML is read as UTF-8 alone: encode the body again.";
    case 29:
      return "What it declares changes how receivers read the rest: send the document without <!DOCTYPE>.";
    case 30:
      return "At most 256 attributes of one element are read: send fewer.";
    case 31:
      return "Send one boundary of 1 to 70 plain characters, no charset but utf-8, and in form-data no other parameter.";
    case 32:
      return "Each delimiter stands on a line of its own that ends with CRLF, nothing stands before the first and behind the last one, and the boundary occurs nowhere else.";
    case 33:
      return "Send lines of name, colon and value with CRLF, and in form-data alone one content-disposition of form-data with one plain quoted name.";
    case 34:
      return "Send parts as they are: without a content-transfer-encoding, and not as multipart.";
    case 35:
      return "The part would go on: send the value in the document, without MTOM.";
    case 36:
      return "Send one complete gzip member or zlib stream, with its checksum right and nothing behind it, or send the body as it is.";
    case 37:
      return "It becomes more than a hundred times its length: send it as it is.";
    case 38:
      return "Each message stands whole behind one flag byte that is 0 or 1 and four bytes of length. In gRPC-Web plain lines of trailers behind 0x80 end the body, and its text form is base64 in padded runs.";
    case 39:
      return "No such encoding is read: send messages with \"grpc-encoding: identity\", or gzip and deflate where the policy decodes them (\"compressed\").";
    case 40:
      return "The descriptor set of the policy has no method of this path: write the set anew, name the type in \"protobuf.bodies\", or let \"unsupported\" decide.";
    case 41:
      return "A field is cut off, has the number 0 or a wire type that does not exist, or a varint of more than its ten bytes: encode the message again.";
    case 42:
      return "Receivers differ on such fields: encode the message by the descriptor set of the policy.";
    case 43:
      return "Write the descriptor set of the policy anew, or leave such fields out with \"unknown\": \"strip\".";
    case 44:
      return "It, its type_url, its value or a message around it comes twice, and receivers choose or merge: write each of them once.";
    case 45:
      return "The policy decodes this value, or it begins like JSON, in base64 or not, or GraphQL, in which rules by name look, and it cannot be read: send it right, add a rule for the whole value (\"pass\" leaves it alone), or let \"unsupported\" decide.";
    case 46:
      return "It begins as XML, or as JSON where a rule looks into \"text:\" alone. Name its format in content-type, at the client or in front of this filter; for JSON that rule may select \"any:\" instead.";
    case 47:
      return "Rules select protobuf fields of this method, and it came as JSON or as GET: send it as application/proto by POST, or let \"unsupported\" decide.";
    default:
      return "The message was refused because it could not be processed safely.";
  }
}

export function statusOf(outcome: u32): u32 {
  switch (outcome) {
    case 0:
      return 200;
    case 1:
      return 400;
    case 2:
      return 400;
    case 3:
      return 400;
    case 4:
      return 400;
    case 5:
      return 413;
    case 6:
      return 413;
    case 7:
      return 413;
    case 8:
      return 415;
    case 9:
      return 415;
    case 10:
      return 415;
    case 11:
      return 400;
    case 12:
      return 403;
    case 13:
      return 403;
    case 14:
      return 403;
    case 15:
      return 403;
    case 16:
      return 503;
    case 17:
      return 403;
    case 18:
      return 400;
    case 19:
      return 400;
    case 20:
      return 400;
    case 21:
      return 400;
    case 22:
      return 403;
    case 23:
      return 403;
    case 24:
      return 403;
    case 25:
      return 403;
    case 26:
      return 403;
    case 27:
      return 400;
    case 28:
      return 400;
    case 29:
      return 400;
    case 30:
      return 413;
    case 31:
      return 400;
    case 32:
      return 400;
    case 33:
      return 400;
    case 34:
      return 415;
    case 35:
      return 415;
    case 36:
      return 400;
    case 37:
      return 413;
    case 38:
      return 400;
    case 39:
      return 415;
    case 40:
      return 415;
    case 41:
      return 400;
    case 42:
      return 400;
    case 43:
      return 400;
    case 44:
      return 400;
    case 45:
      return 400;
    case 46:
      return 415;
    case 47:
      return 415;
    default:
      return 500;
  }
}

export function grpcStatusOf(status: u32): i32 {
  switch (status) {
    case 400:
      return 3;
    case 403:
      return 7;
    case 413:
      return 8;
    case 415:
      return 12;
    case 503:
      return 14;
    default:
      return 13;
  }
}
