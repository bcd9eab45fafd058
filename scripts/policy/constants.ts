// Every number that the toolchain and the wasm share, drawn in docs/internals.md ("The binary policy, version 12").
// Invariant: this is the only source; assembly/policy/format.gen.ts is written from these objects by generate.ts.

/** "FGPB" as a little-endian u32. */
export const MAGIC = 0x42504746;
export const VERSION = 13;

/** Byte offsets in the header. A ref is `u32 offset, u32 length`, a table `u32 offset, u32 count`. */
export const HEADER = {
  MAGIC: 0,
  VERSION: 4,
  FLAGS: 6,
  BYTES: 8,
  CRC: 12,
  /** The checksum covers the bytes from here to the end. */
  CRC_FROM: 16,
  NAME: 16,
  ACTIVATION_HEADER: 24,
  CLUSTERS: 32,
  /** Root keys, the current one first. */
  ROOTS: 40,
  LIMIT_HOLD: 48,
  LIMIT_VALUE: 52,
  LIMIT_DEPTH: 56,
  UNSUPPORTED: 60,
  RESPONSE_UNSUPPORTED: 62,
  LIMIT_BODY: 64,
  RULES: 72,
  /** The names that states list, and how many they are. */
  SYMBOLS: 80,
  SYMBOL_COUNT: 88,
  /** Of the index in which the filter looks names up. */
  SLOTS_LOG2: 92,
  SYMBOL_LENGTHS: 96,
  STATES: 104,
  REQUEST_ROOT: 112,
  REQUEST_FIELDS: 116,
  RESPONSE_ROOT: 124,
  RESPONSE_FIELDS: 128,
  SAFE_HEADERS: 136,
  /** Names of the domains of tokens: one key each. */
  DOMAINS: 144,
  EGRESS_CLUSTERS: 152,
  EGRESS_HOSTS: 160,
  /** How session tokens are checked: one record, or none where presence is enough. */
  SESSION: 168,
  /** Paths whose bodies are protobuf, the message states that their readers are in, and the number of those states. */
  METHODS: 176,
  MESSAGES: 184,
  /** The detector program of all rules that detect (docs/detectors.md), empty when there is none. */
  DETECTOR_PROGRAM: 192,
  /** Rules that detect, in the order of the rules: one record each. */
  DETECTS: 200,
  /** What members are in a pair of a name and a value, by the class of their names: a byte each. */
  PAIRS: 208,
  /** How many of the names are endings, spelled. */
  ENDINGS: 216,
} as const;

/** Bytes of one record; `HEADER` is the header itself, `REF` also a cluster and a safe header. */
export const SIZE = {
  HEADER: 224,
  REF: 8,
  ROOT: 24,
  TOKEN: 20,
  SESSION: 48,
  RULE: 32,
  STATE: 48,
  TRANSITION: 4,
  RANGE: 12,
  FIELD: 16,
  METHOD: 16,
  MESSAGE: 16,
  MEMBER: 20,
  MESSAGE_TYPE: 12,
  DETECT: 28,
} as const;

/** DETECTS: how many rules before this one detect, which for one that does is the number of its record. */
export const RULE = { ACTION: 0, FLAGS: 1, DETECTS: 2, NAME: 4, P0: 12, P1: 16, P2: 20, P3: 24, P4: 28 } as const;
export const STATE = {
  RULE: 0,
  FLAGS: 2,
  OTHER: 4,
  COUNT: 6,
  TRANSITIONS: 8,
  RANGES: 12,
  BASE: 16,
  NAME_RULE: 18,
  /** Rules that detect in the value, and in its name, before the rule above: a bit for each record. */
  DETECTS: 20,
  NAME_DETECTS: 28,
  /** How a text here is decoded, the state of what it spells, and the first rule that can act in that. */
  DECODER: 36,
  DECODED: 38,
  FIRST: 40,
  /** Behind the key of an entry of a protobuf map: the state of the message or text that it holds, 0 for that of the field. */
  HELD: 42,
  /** Of an object: the state in which names that stand in values are looked up, or 0. */
  PAIRS: 44,
} as const;
/** What a member is in an object that tells a name as a text: the one with the name, or one with what it names. */
export const PAIR = { NAME: 1, VALUE: 2 } as const;
/** Decoders of texts; 0 is none. */
export const DECODER = { json: 1, base64: 2, base64url: 3, jwt: 4, graphql: 5 } as const;
/** Beside the decoder: only a text that begins so is decoded. */
export const DECODER_SOFT = 8;
/** A rule that detects. WANTED: a byte for each type of the program; CONTEXT and EXCEPT: tables of refs. */
export const DETECT = { RULE: 0, THRESHOLD: 2, WANTED: 4, CONTEXT: 12, EXCEPT: 20 } as const;
/**
 * DETECT: acts on what detectors find in a value; WHOLE: on the whole value in which they find something. KEEP_STRUCTURE: a
 * redact acts on the scalars in an object or array, as a mask does.
 */
export const RULE_FLAG = { DETECT: 1, WHOLE: 2, KEEP_STRUCTURE: 4 } as const;
export const TRANSITION = { CLASS: 0, TARGET: 2 } as const;

/**
 * What stands behind a name, behind the last one of a class, before words for all their spellings, and before all of an ending:
 * never in UTF-8.
 */
export const SYMBOL = { END: 0xff, CLASS_END: 0xfe, WORDS: 0xfd, ENDING: 0xfc } as const;
/** How a word is spelled; LOUD: in capitals when it is an acronym, else with a first capital. */
export const STYLE = { SMALL: 0, CAPITAL: 1, CAPITALS: 2, LOUD: 3 } as const;
/** Of which words there is a form: several, with an acronym behind the first, or among several. */
export const CONDITION = { ALWAYS: 0, SEVERAL: 1, LOUD_BEHIND: 2, LOUD_OF_SEVERAL: 3 } as const;
/** The spellings of words: separator (8 bits), style of the first word and of the others (2 bits each), condition. */
export const FORMS = {
  CAMEL: form("", STYLE.SMALL, STYLE.CAPITAL, CONDITION.ALWAYS),
  SNAKE: form("_", STYLE.SMALL, STYLE.SMALL, CONDITION.SEVERAL),
  KEBAB: form("-", STYLE.SMALL, STYLE.SMALL, CONDITION.SEVERAL),
  PASCAL: form("", STYLE.CAPITAL, STYLE.CAPITAL, CONDITION.ALWAYS),
  CONSTANT: form("_", STYLE.CAPITALS, STYLE.CAPITALS, CONDITION.ALWAYS),
  JOINED: form("", STYLE.SMALL, STYLE.SMALL, CONDITION.SEVERAL),
  // Name-value interfaces of gateways, and hosts: CARDNO.
  JOINED_CAPITALS: form("", STYLE.CAPITALS, STYLE.CAPITALS, CONDITION.SEVERAL),
  // Columns of exports: First_Name.
  CAPITAL_SNAKE: form("_", STYLE.CAPITAL, STYLE.CAPITAL, CONDITION.SEVERAL),
  LOUD_CAMEL: form("", STYLE.SMALL, STYLE.LOUD, CONDITION.LOUD_BEHIND),
  LOUD_PASCAL: form("", STYLE.LOUD, STYLE.LOUD, CONDITION.LOUD_OF_SEVERAL),
  // Headings of spreadsheets, and of what is made of them: Card Number, Tax ID.
  HEADING: form(" ", STYLE.LOUD, STYLE.LOUD, CONDITION.SEVERAL),
  BLANK: form(" ", STYLE.SMALL, STYLE.SMALL, CONDITION.SEVERAL),
} as const;

function form(separator: string, first: number, others: number, condition: number): number {
  return (separator === "" ? 0 : separator.charCodeAt(0)) | (first << 8) | (others << 10) | (condition << 12);
}

export const RANGE = { FROM: 0, PERIOD: 4, TARGETS: 8 } as const;
export const FIELD = { RULE: 0, LOCATION: 2, FLAGS: 3, PATTERN: 4 } as const;

/** A path whose bodies are protobuf: the message state of each direction. */
export const METHOD = { PATH: 0, REQUEST: 8, RESPONSE: 10, FLAGS: 12 } as const;
/** TYPED_REQUEST, TYPED_RESPONSE: selectors of protobuf alone select in such messages, and would miss them in JSON. */
export const METHOD_FLAG = {
  GLOB: 1,
  CLIENT_STREAMS: 2,
  SERVER_STREAMS: 4,
  TYPED_REQUEST: 8,
  TYPED_RESPONSE: 16,
} as const;
/** The message state of a direction whose type is not known. */
export const NO_MESSAGE = 0xffff;
/** A message state: a message type, and the selectors that can still match in it. */
export const MESSAGE = {
  MEMBERS: 0,
  TYPES: 4,
  MEMBER_COUNT: 8,
  TYPE_COUNT: 10,
  FLAGS: 12,
  UNKNOWN: 13,
  /** Of an entry whose key is a name to rules by name, and of a pair: the automaton state in which names are looked up, or 0. */
  KEYS: 14,
} as const;
/** VALUE: `google.protobuf.Value`, which must hold something. PAIR: it may tell a name as a text, and hold what that names. */
export const MESSAGE_FLAG = { LIVE: 1, ANY: 2, ENTRY: 4, VALUE: 8, PAIR: 16 } as const;
/** A field of a message state. */
export const MEMBER = { NUMBER: 0, KIND: 4, FLAGS: 5, RULE: 6, TARGET: 8, DETECTS: 12 } as const;
/**
 * ONCE: of two, which receivers merge, an Any in there could have its type from one and its value from the other, and so could
 * a pair its name. NAMING, HOLDING: in a pair, the text that tells the name, and what has it.
 */
export const MEMBER_FLAG = { REPEATED: 1, ONCE: 2, NAMING: 4, HOLDING: 8 } as const;
/** A type that an Any of the state may hold. */
export const MESSAGE_TYPE = { NAME: 0, TARGET: 8 } as const;
/** Types of protobuf fields. Up to `enum` they are numbers; `map` is a field of entries, a `group` a message between two tags. */
export const KIND = {
  int32: 1,
  int64: 2,
  uint32: 3,
  uint64: 4,
  sint32: 5,
  sint64: 6,
  fixed32: 7,
  fixed64: 8,
  sfixed32: 9,
  sfixed64: 10,
  float: 11,
  double: 12,
  bool: 13,
  enum: 14,
  string: 15,
  bytes: 16,
  message: 17,
  map: 18,
  group: 19,
} as const;
/** What becomes of fields that the descriptor set does not know. */
export const UNKNOWN = { block: 0, strip: 1, pass: 2 } as const;

export const ROOT = { VARIABLE: 0, ID: 8, UNTIL: 16 } as const;
/** What a tokenize rule says, and what undoes it. */
export const TOKEN = {
  FORMAT: 0,
  LUHN: 1,
  KEEP_FIRST: 2,
  KEEP_LAST: 4,
  FALLBACK: 6,
  DOMAIN: 8,
  TWEAK: 12,
} as const;

/** What a session token must be. KEY: an environment variable (HS256), or a public key (DER, SubjectPublicKeyInfo). */
export const SESSION = {
  ALGORITHM: 0,
  SOURCE: 1,
  INVALID: 2,
  MAX_AGE: 4,
  KEY: 8,
  AUDIENCE: 16,
  SCOPE: 24,
  HEADER: 32,
  METADATA: 40,
} as const;

/** DECODE: gzip and deflate bodies are decoded. EGRESS: the filter stands where the hotfix calls out. EGRESS_BLOCK: only to the allowed destinations. */
export const FLAG = { ALWAYS: 1, HEADER: 2, KEEP_HEADER: 4, EGRESS: 8, EGRESS_BLOCK: 16, DECODE: 32 } as const;
/** LIVE: a rule can select below. ACTS: something is about the value itself, NAMED: about its name. */
export const STATE_FLAG = { LIVE: 1, ACTS: 2, NAMED: 4 } as const;
/**
 * EXEMPT: not for the transport headers (the table of safe headers). NAMES: all plain names of the location; the number is
 * the automaton state in which they are looked up. PATHS: the same for names that are paths, step by step.
 */
export const FIELD_FLAG = { GLOB: 1, EXEMPT: 2, NAMES: 4, PATHS: 8 } as const;

/** The own rule of a state that has none. */
export const NO_RULE = 0xffff;

export const ACTION = {
  pass: 0,
  block: 1,
  strip: 2,
  redact: 3,
  mask: 4,
  hash: 5,
  truncate: 6,
  generalize: 7,
  tokenize: 8,
  reveal: 9,
} as const;
export const GENERALIZE = { year: 1, month: 2, zip: 3, age: 4, ip: 5, number: 6, geo: 7, aged: 8 } as const;
export const TOKEN_FORMAT = {
  pan: 1,
  digits: 2,
  alphanumeric: 3,
  email: 4,
  phone: 5,
  iban: 6,
  date: 7,
  uuid: 8,
  name: 9,
  opaque: 10,
} as const;
export const LUHN = { valid: 0, invalid: 1, any: 2 } as const;
export const FALLBACK = { redact: 0, opaque: 1, block: 2 } as const;
export const REVEAL_FLAG = { ANYWHERE: 1 } as const;
export const ENCODING = { hex: 0, base64url: 1 } as const;
/**
 * Locations that are looked up by name. Of a `-json` record the u16 is the automaton state of the document in the value,
 * of a `-text` record that of the value itself, which is decoded; that of `xml`, which has no name, is the state of XML
 * bodies. The locations of form and multipart bodies each stand together.
 */
export const LOCATION = {
  header: 1,
  cookie: 2,
  query: 3,
  header_text: 4,
  cookie_text: 5,
  query_text: 6,
  form: 7,
  form_json: 8,
  form_text: 9,
  multipart: 10,
  multipart_json: 11,
  multipart_text: 12,
  multipart_filename: 13,
  path: 14,
  xml: 15,
  text: 16,
  any: 17,
  path_text: 18,
} as const;
/** The pattern of a path of which every segment is selected. */
export const EVERY_SEGMENT = "/{**}";
/** What a body is written in, by its media type; 0 is none of them. */
export const FORMAT = {
  JSON: 1,
  FORM: 2,
  LINES: 3,
  EVENTS: 4,
  XML: 5,
  MULTIPART: 6,
  GRPC: 7,
  PROTOBUF: 8,
  TEXT: 9,
  GRPC_WEB: 10,
  GRPC_WEB_TEXT: 11,
  SEQUENCE: 12,
  GRAPHQL: 13,
  PARTS: 14,
} as const;
export const ALGORITHM = { none: 0, HS256: 1, ES256: 2, RS256: 3 } as const;
export const SOURCE = { header: 0, metadata: 1 } as const;
export const INVALID = { refuse: 0, ignore: 1 } as const;
export const UNSUPPORTED = { block: 0, empty: 1, pass: 2 } as const;

/** Slots of the index of names: at least twice as many as names, so that a search ends. */
export const SLOTS = { MIN_LOG2: 4, MAX_LOG2: 18 } as const;

/** What the compiler accepts at most. The record fields bound symbols, states and rules; the rest bounds memory. */
export const MAX = {
  STATES: 65535,
  MESSAGES: 65534,
  SYMBOLS: 65534,
  TRANSITIONS: 4_000_000,
  RULES: 65534,
  PERIOD: 4096,
  DEPTH: 1024,
  /** Decoders behind one another in a selector. */
  DECODERS: 4,
  HOLD: 16 * 1024 * 1024,
  VALUE: 1024 * 1024,
  /** Bytes of a policy. */
  POLICY: 16 * 1024 * 1024,
  ROOTS: 8,
  DOMAINS: 256,
  /** Bits of a mask. */
  DETECTS: 64,
  KEY_ID: 12,
  TWEAK: 32,
  /** Seconds that a session lives, its claim `exp` notwithstanding. */
  SESSION_AGE: 3600,
  /** Bytes of a token, and of a session id (visible ASCII). */
  SESSION_TOKEN: 4096,
  SESSION_ID: 64,
} as const;

/** RFC 7518, sections 3.2 and 3.3: the least strength of a key, in bytes (HS256) and bits (RS256). */
export const MIN = { HMAC_KEY: 32, RSA_BITS: 2048 } as const;

/** Seconds by which the clock that issued a token may be ahead of the gateway's (iat, nbf); exp gets none. */
export const LEEWAY = 60;
