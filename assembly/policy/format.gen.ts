// Generated from scripts/policy/constants.ts by scripts/policy/generate.ts. Do not edit.

export const ACTION_PASS: u32 = 0;
export const ACTION_BLOCK: u32 = 1;
export const ACTION_STRIP: u32 = 2;
export const ACTION_REDACT: u32 = 3;
export const ACTION_MASK: u32 = 4;
export const ACTION_HASH: u32 = 5;
export const ACTION_TRUNCATE: u32 = 6;
export const ACTION_GENERALIZE: u32 = 7;
export const ACTION_TOKENIZE: u32 = 8;
export const ACTION_REVEAL: u32 = 9;

export const ALGORITHM_NONE: u32 = 0;
export const ALGORITHM_HS256: u32 = 1;
export const ALGORITHM_ES256: u32 = 2;
export const ALGORITHM_RS256: u32 = 3;

export const CONDITION_ALWAYS: u32 = 0;
export const CONDITION_SEVERAL: u32 = 1;
export const CONDITION_LOUD_BEHIND: u32 = 2;
export const CONDITION_LOUD_OF_SEVERAL: u32 = 3;

export const DECODER_JSON: u32 = 1;
export const DECODER_BASE64: u32 = 2;
export const DECODER_BASE64URL: u32 = 3;
export const DECODER_JWT: u32 = 4;
export const DECODER_GRAPHQL: u32 = 5;

export const DECODER_SOFT: u32 = 8;
export const DETECT_RULE: u32 = 0;
export const DETECT_THRESHOLD: u32 = 2;
export const DETECT_WANTED: u32 = 4;
export const DETECT_CONTEXT: u32 = 12;
export const DETECT_EXCEPT: u32 = 20;

export const ENCODING_HEX: u32 = 0;
export const ENCODING_BASE64URL: u32 = 1;

export const EVERY_SEGMENT: string = "/{**}";
export const FALLBACK_REDACT: u32 = 0;
export const FALLBACK_OPAQUE: u32 = 1;
export const FALLBACK_BLOCK: u32 = 2;

export const FIELD_RULE: u32 = 0;
export const FIELD_LOCATION: u32 = 2;
export const FIELD_FLAGS: u32 = 3;
export const FIELD_PATTERN: u32 = 4;

export const FIELD_FLAG_GLOB: u32 = 1;
export const FIELD_FLAG_EXEMPT: u32 = 2;
export const FIELD_FLAG_NAMES: u32 = 4;
export const FIELD_FLAG_PATHS: u32 = 8;

export const FLAG_ALWAYS: u32 = 1;
export const FLAG_HEADER: u32 = 2;
export const FLAG_KEEP_HEADER: u32 = 4;
export const FLAG_EGRESS: u32 = 8;
export const FLAG_EGRESS_BLOCK: u32 = 16;
export const FLAG_DECODE: u32 = 32;

export const FORMAT_JSON: u32 = 1;
export const FORMAT_FORM: u32 = 2;
export const FORMAT_LINES: u32 = 3;
export const FORMAT_EVENTS: u32 = 4;
export const FORMAT_XML: u32 = 5;
export const FORMAT_MULTIPART: u32 = 6;
export const FORMAT_GRPC: u32 = 7;
export const FORMAT_PROTOBUF: u32 = 8;
export const FORMAT_TEXT: u32 = 9;
export const FORMAT_GRPC_WEB: u32 = 10;
export const FORMAT_GRPC_WEB_TEXT: u32 = 11;
export const FORMAT_SEQUENCE: u32 = 12;
export const FORMAT_GRAPHQL: u32 = 13;
export const FORMAT_PARTS: u32 = 14;

export const FORMS_CAMEL: u32 = 1024;
export const FORMS_SNAKE: u32 = 4191;
export const FORMS_KEBAB: u32 = 4141;
export const FORMS_PASCAL: u32 = 1280;
export const FORMS_CONSTANT: u32 = 2655;
export const FORMS_JOINED: u32 = 4096;
export const FORMS_JOINED_CAPITALS: u32 = 6656;
export const FORMS_CAPITAL_SNAKE: u32 = 5471;
export const FORMS_LOUD_CAMEL: u32 = 11264;
export const FORMS_LOUD_PASCAL: u32 = 16128;
export const FORMS_HEADING: u32 = 7968;
export const FORMS_BLANK: u32 = 4128;

export const GENERALIZE_YEAR: u32 = 1;
export const GENERALIZE_MONTH: u32 = 2;
export const GENERALIZE_ZIP: u32 = 3;
export const GENERALIZE_AGE: u32 = 4;
export const GENERALIZE_IP: u32 = 5;
export const GENERALIZE_NUMBER: u32 = 6;
export const GENERALIZE_GEO: u32 = 7;
export const GENERALIZE_AGED: u32 = 8;

export const HEADER_MAGIC: u32 = 0;
export const HEADER_VERSION: u32 = 4;
export const HEADER_FLAGS: u32 = 6;
export const HEADER_BYTES: u32 = 8;
export const HEADER_CRC: u32 = 12;
export const HEADER_CRC_FROM: u32 = 16;
export const HEADER_NAME: u32 = 16;
export const HEADER_ACTIVATION_HEADER: u32 = 24;
export const HEADER_CLUSTERS: u32 = 32;
export const HEADER_ROOTS: u32 = 40;
export const HEADER_LIMIT_HOLD: u32 = 48;
export const HEADER_LIMIT_VALUE: u32 = 52;
export const HEADER_LIMIT_DEPTH: u32 = 56;
export const HEADER_UNSUPPORTED: u32 = 60;
export const HEADER_RESPONSE_UNSUPPORTED: u32 = 62;
export const HEADER_LIMIT_BODY: u32 = 64;
export const HEADER_RULES: u32 = 72;
export const HEADER_SYMBOLS: u32 = 80;
export const HEADER_SYMBOL_COUNT: u32 = 88;
export const HEADER_SLOTS_LOG2: u32 = 92;
export const HEADER_SYMBOL_LENGTHS: u32 = 96;
export const HEADER_STATES: u32 = 104;
export const HEADER_REQUEST_ROOT: u32 = 112;
export const HEADER_REQUEST_FIELDS: u32 = 116;
export const HEADER_RESPONSE_ROOT: u32 = 124;
export const HEADER_RESPONSE_FIELDS: u32 = 128;
export const HEADER_SAFE_HEADERS: u32 = 136;
export const HEADER_DOMAINS: u32 = 144;
export const HEADER_EGRESS_CLUSTERS: u32 = 152;
export const HEADER_EGRESS_HOSTS: u32 = 160;
export const HEADER_SESSION: u32 = 168;
export const HEADER_METHODS: u32 = 176;
export const HEADER_MESSAGES: u32 = 184;
export const HEADER_DETECTOR_PROGRAM: u32 = 192;
export const HEADER_DETECTS: u32 = 200;
export const HEADER_PAIRS: u32 = 208;
export const HEADER_ENDINGS: u32 = 216;

export const INVALID_REFUSE: u32 = 0;
export const INVALID_IGNORE: u32 = 1;

export const KIND_INT32: u32 = 1;
export const KIND_INT64: u32 = 2;
export const KIND_UINT32: u32 = 3;
export const KIND_UINT64: u32 = 4;
export const KIND_SINT32: u32 = 5;
export const KIND_SINT64: u32 = 6;
export const KIND_FIXED32: u32 = 7;
export const KIND_FIXED64: u32 = 8;
export const KIND_SFIXED32: u32 = 9;
export const KIND_SFIXED64: u32 = 10;
export const KIND_FLOAT: u32 = 11;
export const KIND_DOUBLE: u32 = 12;
export const KIND_BOOL: u32 = 13;
export const KIND_ENUM: u32 = 14;
export const KIND_STRING: u32 = 15;
export const KIND_BYTES: u32 = 16;
export const KIND_MESSAGE: u32 = 17;
export const KIND_MAP: u32 = 18;
export const KIND_GROUP: u32 = 19;

export const LEEWAY: u32 = 60;
export const LOCATION_HEADER: u32 = 1;
export const LOCATION_COOKIE: u32 = 2;
export const LOCATION_QUERY: u32 = 3;
export const LOCATION_HEADER_TEXT: u32 = 4;
export const LOCATION_COOKIE_TEXT: u32 = 5;
export const LOCATION_QUERY_TEXT: u32 = 6;
export const LOCATION_FORM: u32 = 7;
export const LOCATION_FORM_JSON: u32 = 8;
export const LOCATION_FORM_TEXT: u32 = 9;
export const LOCATION_MULTIPART: u32 = 10;
export const LOCATION_MULTIPART_JSON: u32 = 11;
export const LOCATION_MULTIPART_TEXT: u32 = 12;
export const LOCATION_MULTIPART_FILENAME: u32 = 13;
export const LOCATION_PATH: u32 = 14;
export const LOCATION_XML: u32 = 15;
export const LOCATION_TEXT: u32 = 16;
export const LOCATION_ANY: u32 = 17;
export const LOCATION_PATH_TEXT: u32 = 18;

export const LUHN_VALID: u32 = 0;
export const LUHN_INVALID: u32 = 1;
export const LUHN_ANY: u32 = 2;

export const MAGIC: u32 = 0x42504746;
export const MAX_STATES: u32 = 65535;
export const MAX_MESSAGES: u32 = 65534;
export const MAX_SYMBOLS: u32 = 65534;
export const MAX_TRANSITIONS: u32 = 0x3d0900;
export const MAX_RULES: u32 = 65534;
export const MAX_PERIOD: u32 = 4096;
export const MAX_DEPTH: u32 = 1024;
export const MAX_DECODERS: u32 = 4;
export const MAX_HOLD: u32 = 0x1000000;
export const MAX_VALUE: u32 = 0x100000;
export const MAX_POLICY: u32 = 0x1000000;
export const MAX_ROOTS: u32 = 8;
export const MAX_DOMAINS: u32 = 256;
export const MAX_DETECTS: u32 = 64;
export const MAX_KEY_ID: u32 = 12;
export const MAX_TWEAK: u32 = 32;
export const MAX_SESSION_AGE: u32 = 3600;
export const MAX_SESSION_TOKEN: u32 = 4096;
export const MAX_SESSION_ID: u32 = 64;

export const MEMBER_NUMBER: u32 = 0;
export const MEMBER_KIND: u32 = 4;
export const MEMBER_FLAGS: u32 = 5;
export const MEMBER_RULE: u32 = 6;
export const MEMBER_TARGET: u32 = 8;
export const MEMBER_DETECTS: u32 = 12;

export const MEMBER_FLAG_REPEATED: u32 = 1;
export const MEMBER_FLAG_ONCE: u32 = 2;
export const MEMBER_FLAG_NAMING: u32 = 4;
export const MEMBER_FLAG_HOLDING: u32 = 8;

export const MESSAGE_MEMBERS: u32 = 0;
export const MESSAGE_TYPES: u32 = 4;
export const MESSAGE_MEMBER_COUNT: u32 = 8;
export const MESSAGE_TYPE_COUNT: u32 = 10;
export const MESSAGE_FLAGS: u32 = 12;
export const MESSAGE_UNKNOWN: u32 = 13;
export const MESSAGE_KEYS: u32 = 14;

export const MESSAGE_FLAG_LIVE: u32 = 1;
export const MESSAGE_FLAG_ANY: u32 = 2;
export const MESSAGE_FLAG_ENTRY: u32 = 4;
export const MESSAGE_FLAG_VALUE: u32 = 8;
export const MESSAGE_FLAG_PAIR: u32 = 16;

export const MESSAGE_TYPE_NAME: u32 = 0;
export const MESSAGE_TYPE_TARGET: u32 = 8;

export const METHOD_PATH: u32 = 0;
export const METHOD_REQUEST: u32 = 8;
export const METHOD_RESPONSE: u32 = 10;
export const METHOD_FLAGS: u32 = 12;

export const METHOD_FLAG_GLOB: u32 = 1;
export const METHOD_FLAG_CLIENT_STREAMS: u32 = 2;
export const METHOD_FLAG_SERVER_STREAMS: u32 = 4;
export const METHOD_FLAG_TYPED_REQUEST: u32 = 8;
export const METHOD_FLAG_TYPED_RESPONSE: u32 = 16;

export const MIN_HMAC_KEY: u32 = 32;
export const MIN_RSA_BITS: u32 = 2048;

export const NO_MESSAGE: u32 = 65535;
export const NO_RULE: u32 = 65535;
export const PAIR_NAME: u32 = 1;
export const PAIR_VALUE: u32 = 2;

export const RANGE_FROM: u32 = 0;
export const RANGE_PERIOD: u32 = 4;
export const RANGE_TARGETS: u32 = 8;

export const REVEAL_FLAG_ANYWHERE: u32 = 1;

export const ROOT_VARIABLE: u32 = 0;
export const ROOT_ID: u32 = 8;
export const ROOT_UNTIL: u32 = 16;

export const RULE_ACTION: u32 = 0;
export const RULE_FLAGS: u32 = 1;
export const RULE_DETECTS: u32 = 2;
export const RULE_NAME: u32 = 4;
export const RULE_P0: u32 = 12;
export const RULE_P1: u32 = 16;
export const RULE_P2: u32 = 20;
export const RULE_P3: u32 = 24;
export const RULE_P4: u32 = 28;

export const RULE_FLAG_DETECT: u32 = 1;
export const RULE_FLAG_WHOLE: u32 = 2;
export const RULE_FLAG_KEEP_STRUCTURE: u32 = 4;

export const SESSION_ALGORITHM: u32 = 0;
export const SESSION_SOURCE: u32 = 1;
export const SESSION_INVALID: u32 = 2;
export const SESSION_MAX_AGE: u32 = 4;
export const SESSION_KEY: u32 = 8;
export const SESSION_AUDIENCE: u32 = 16;
export const SESSION_SCOPE: u32 = 24;
export const SESSION_HEADER: u32 = 32;
export const SESSION_METADATA: u32 = 40;

export const SIZE_HEADER: u32 = 224;
export const SIZE_REF: u32 = 8;
export const SIZE_ROOT: u32 = 24;
export const SIZE_TOKEN: u32 = 20;
export const SIZE_SESSION: u32 = 48;
export const SIZE_RULE: u32 = 32;
export const SIZE_STATE: u32 = 48;
export const SIZE_TRANSITION: u32 = 4;
export const SIZE_RANGE: u32 = 12;
export const SIZE_FIELD: u32 = 16;
export const SIZE_METHOD: u32 = 16;
export const SIZE_MESSAGE: u32 = 16;
export const SIZE_MEMBER: u32 = 20;
export const SIZE_MESSAGE_TYPE: u32 = 12;
export const SIZE_DETECT: u32 = 28;

export const SLOTS_MIN_LOG2: u32 = 4;
export const SLOTS_MAX_LOG2: u32 = 18;

export const SOURCE_HEADER: u32 = 0;
export const SOURCE_METADATA: u32 = 1;

export const STATE_RULE: u32 = 0;
export const STATE_FLAGS: u32 = 2;
export const STATE_OTHER: u32 = 4;
export const STATE_COUNT: u32 = 6;
export const STATE_TRANSITIONS: u32 = 8;
export const STATE_RANGES: u32 = 12;
export const STATE_BASE: u32 = 16;
export const STATE_NAME_RULE: u32 = 18;
export const STATE_DETECTS: u32 = 20;
export const STATE_NAME_DETECTS: u32 = 28;
export const STATE_DECODER: u32 = 36;
export const STATE_DECODED: u32 = 38;
export const STATE_FIRST: u32 = 40;
export const STATE_HELD: u32 = 42;
export const STATE_PAIRS: u32 = 44;

export const STATE_FLAG_LIVE: u32 = 1;
export const STATE_FLAG_ACTS: u32 = 2;
export const STATE_FLAG_NAMED: u32 = 4;

export const STYLE_SMALL: u32 = 0;
export const STYLE_CAPITAL: u32 = 1;
export const STYLE_CAPITALS: u32 = 2;
export const STYLE_LOUD: u32 = 3;

export const SYMBOL_END: u32 = 255;
export const SYMBOL_CLASS_END: u32 = 254;
export const SYMBOL_WORDS: u32 = 253;
export const SYMBOL_ENDING: u32 = 252;

export const TOKEN_FORMAT: u32 = 0;
export const TOKEN_LUHN: u32 = 1;
export const TOKEN_KEEP_FIRST: u32 = 2;
export const TOKEN_KEEP_LAST: u32 = 4;
export const TOKEN_FALLBACK: u32 = 6;
export const TOKEN_DOMAIN: u32 = 8;
export const TOKEN_TWEAK: u32 = 12;

export const TOKEN_FORMAT_PAN: u32 = 1;
export const TOKEN_FORMAT_DIGITS: u32 = 2;
export const TOKEN_FORMAT_ALPHANUMERIC: u32 = 3;
export const TOKEN_FORMAT_EMAIL: u32 = 4;
export const TOKEN_FORMAT_PHONE: u32 = 5;
export const TOKEN_FORMAT_IBAN: u32 = 6;
export const TOKEN_FORMAT_DATE: u32 = 7;
export const TOKEN_FORMAT_UUID: u32 = 8;
export const TOKEN_FORMAT_NAME: u32 = 9;
export const TOKEN_FORMAT_OPAQUE: u32 = 10;

export const TRANSITION_CLASS: u32 = 0;
export const TRANSITION_TARGET: u32 = 2;

export const UNKNOWN_BLOCK: u32 = 0;
export const UNKNOWN_STRIP: u32 = 1;
export const UNKNOWN_PASS: u32 = 2;

export const UNSUPPORTED_BLOCK: u32 = 0;
export const UNSUPPORTED_EMPTY: u32 = 1;
export const UNSUPPORTED_PASS: u32 = 2;

export const VERSION: u32 = 13;
