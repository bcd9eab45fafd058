// Generated from policies/policy.schema.json by scripts/policy/generate.ts. Do not edit.

/**
 * Names a root in opaque tokens: 1 to 12 characters of a-z and 0-9. It says nothing about the key; give each root another one.
 */
export type KeyId = string;
/**
 * Names a root in opaque tokens: 1 to 12 characters of a-z and 0-9. It says nothing about the key; give each root another one.
 */
export type KeyId1 = string;
/**
 * Bodies up to this size are held until their end, so that a refusal is clean and content-length exact; larger ones stream. At most 16MiB; "0" holds nothing.
 */
export type Size = number | string;
/**
 * The longest value that an action works on: a longer one is redacted; a longer member name refuses the body. At most 1MiB.
 */
export type Size1 = number | string;
/**
 * The largest body.
 */
export type Size2 = number | string;
/**
 * What happens to a body that no tokenizer can read.
 */
export type Unsupported = "block" | "empty" | "pass";
/**
 * What happens to a body that no tokenizer can read.
 */
export type Unsupported1 = "block" | "empty" | "pass";
/**
 * What happens to a body that no tokenizer can read.
 */
export type Unsupported2 = "block" | "empty" | "pass";
/**
 * Which half of which exchange: `request` enters the tunnel, `response` comes back from it; `egress-request` leaves the hotfix for another service, `egress-response` comes back to it.
 */
export type Direction = "request" | "response" | "egress-request" | "egress-response";
/**
 * `location:expression`. Supported: `json:` with an RFC 9535 JSONPath that can be streamed (no filter, no negative index); `header:NAME`, `cookie:NAME`, `query:NAME`, `form:NAME`, where `*` in NAME matches any run of characters; `multipart:NAME` and `multipart-filename:NAME`, the value and the file name of a part; `xml:` with an XPath of the steps NAME, `*`, `@NAME`, `@*` behind `/` or `//`, where a name is a local name in any namespace; `json-key:` with a JSONPath, the names of the members; `named:NAME`, members, parameters, fields, parts, elements, attributes and protobuf fields of the name, wherever they stand, names of fields with brackets, dots, colons, dollar signs, slashes and indices between hyphens being paths (`card[number]`, `form-0-number`), and in JSON, XML and protobuf values beside a text that tells the name (`{"name": "number", "value": ...}`); `named:['card','pan']`, any of the names; `named:['card']['number']`, a name right below another one; `named:~'card number'`, and `~'card number'` in such lists, the name in every spelling that services use (cardNumber, card_number, CARD_NUMBER, ...); `~'* card number'` every name that ends so (billing_card_number); `path:` with a template; `json:` also selects in each line of NDJSON and in the data of each server-sent event. `grpc:SERVICE/METHOD:FIELD.FIELD` and `proto:MESSAGE:FIELD.FIELD` with the names of the descriptor set, where `*` is any field, `**` any fields on the way, and `[MESSAGE]` what an Any holds. For rules that `detect` also `text:`, bodies of text/plain and text/html, and `any:`, whatever the other locations can select. Behind `|` a value is decoded and selected in: `|json:` with a JSONPath, `|jwt:` with a JSONPath into the claims of a token, `|base64` and `|base64url`; at most four in a row, behind `json:`, `json-key:`, `xml:`, `grpc:`, `proto:`, `header:`, `cookie:`, `query:`, `path:`, `form:` and `multipart:`. `graphql:variables.NAME` selects variables of GraphQL over HTTP, `graphql:arguments.NAME` literals in the text of its query, where `|graphql:` with a JSONPath does so by fields as well.
 */
export type SelectorText = string;
/**
 * What happens to a selected value: a name, or an object with the name as its only key and the parameters below it. null and "" stay as they are under redact, mask, hash, truncate and generalize.
 */
export type Action = PlainAction | ActionWithParameters;
/**
 * An action without parameters, or with their defaults.
 */
export type PlainAction = "pass" | "block" | "strip" | "redact" | "mask" | "hash";
/**
 * Characters that stay at the start; separators do not count.
 */
export type Count = number;
/**
 * Characters that stay at the end; separators do not count.
 */
export type Count1 = number;
/**
 * Keeps only the ends of a text. An integer is short for `length`.
 */
export type Truncate =
  | number
  | {
      length?: Count2;
      keepFirst?: Count3;
      keepLast?: Count4;
    };
/**
 * Another name of `keepFirst`.
 */
export type Count2 = number;
/**
 * Characters that stay at the start.
 */
export type Count3 = number;
/**
 * Characters that stay at the end.
 */
export type Count4 = number;
/**
 * pan, digits, alphanumeric: characters that stay at the start; separators do not count.
 */
export type Count5 = number;
/**
 * pan, digits, alphanumeric: characters that stay at the end; separators do not count.
 */
export type Count6 = number;
/**
 * Turns tokens of the named rule back into their originals, where those are due: on responses, and on `egress-request`. What is no token of this session stays as it is.
 */
export type Reveal =
  | string
  | {
      /**
       * The tokenize rule to undo.
       */
      rule: string;
      /**
       * Also opaque tokens inside a longer text.
       */
      anywhere?: boolean;
    };

/**
 * What frostglass does to traffic that enters an emergency tunnel: which values are replaced, and how. The first rule that selects a value decides; own rules come before those of `extends`.
 */
export interface Policy {
  /**
   * Path of this schema, for editors.
   */
  $schema?: string;
  /**
   * Names the policy in metrics, logs and refusals: 1 to 63 characters of a-z, 0-9 and hyphen.
   */
  name: string;
  /**
   * For people. It reaches neither the binary policy nor any log.
   */
  description?: string;
  /**
   * Policies whose rules follow the own rules, in this order: presets by name (policies/presets/NAME.json), or files relative to this one. A setting that this policy leaves out comes from the first of them that has it.
   */
  extends?: string[];
  activation?: Activation;
  /**
   * Where keys come from. Needed as soon as a rule hashes or tokenizes.
   */
  keys?: {
    root?: RootKey;
    /**
     * Roots that were current before, newest first. Opaque tokens name their root; a session whose token was issued before `until` keeps that root to its end.
     *
     * @maxItems 7
     */
    previous?:
      | []
      | [PreviousKey]
      | [PreviousKey, PreviousKey]
      | [PreviousKey, PreviousKey, PreviousKey]
      | [PreviousKey, PreviousKey, PreviousKey, PreviousKey]
      | [PreviousKey, PreviousKey, PreviousKey, PreviousKey, PreviousKey]
      | [PreviousKey, PreviousKey, PreviousKey, PreviousKey, PreviousKey, PreviousKey]
      | [PreviousKey, PreviousKey, PreviousKey, PreviousKey, PreviousKey, PreviousKey, PreviousKey];
  };
  limits?: Limits;
  egress?: Egress;
  /**
   * What happens to a request value that no rule names. `pass` lets it through; the others deny by default: an allow-listed leaf (`pass`) keeps its path.
   */
  unmatched?: "pass" | "redact" | "strip" | "block";
  /**
   * What happens to a body that no tokenizer can read: `block` refuses the message, `empty` forwards it without a body, `pass` forwards it as it is (lint warns). For each direction apart as {"request": ..., "response": ...}.
   */
  unsupported?: Unsupported | UnsupportedByDirection;
  /**
   * What happens to a compressed body that the policy looks into: `block` refuses the message, `decode` decodes gzip and deflate and forwards the body without a coding. Other codings are refused.
   */
  compressed?: "block" | "decode";
  protobuf?: Protobuf;
  /**
   * Detectors of the policy's own, beside the built-in ones. They count in files that extend this one too.
   *
   * @maxItems 128
   */
  detectors?: OwnDetector[];
  /**
   * The rules, in order: the first that selects a value decides.
   */
  rules?: Rule[];
}
/**
 * When the filter acts at all. Any of the ways is enough; traffic that is not active passes untouched.
 */
export interface Activation {
  /**
   * The emergency header. It never reaches the service behind the tunnel.
   */
  header?: string;
  /**
   * How the header's value is proven: `presence` accepts any value, `jwt` demands a session token (`jwt` says which). Left out, presence is enough: more traffic is anonymized, never less.
   */
  verify?: "jwt" | "presence";
  /**
   * With `jwt`: what happens to a request whose token is no proof. `refuse` answers 403; `ignore` takes the header off and treats the request as inactive, unless `clusters` or `always` make it active: then it is refused all the same.
   */
  invalid?: "refuse" | "ignore";
  /**
   * With `jwt`: a header that the filter takes off every request, and sets to the id of the session where a token has proven one, for routes and clusters behind it.
   */
  sessionHeader?: string;
  /**
   * Leaves the emergency header in place, because a route or a cluster behind this filter still reads it. An upstream attachment of the filter must then remove it.
   */
  keepHeader?: boolean;
  jwt?: SessionToken;
  /**
   * Destination clusters that are always treated as active. `*` matches any run of characters.
   */
  clusters?: string[];
  /**
   * Treats every request as active.
   */
  always?: boolean;
}
/**
 * How session tokens (JWT, RFC 7519) are checked: algorithm, signature, exp, nbf, iat, aud, jti (the session), and scope, which names the policy as `frostglass:NAME`.
 */
export interface SessionToken {
  /**
   * The one algorithm that is accepted, whatever a token says of itself.
   */
  algorithm?: "HS256" | "ES256" | "RS256";
  key?: Variable;
  /**
   * The public key of ES256 (P-256) or RS256 (2048 bits or more), as PEM.
   */
  publicKey?: string;
  /**
   * The value that the claim `aud` must hold.
   */
  audience: string;
  /**
   * The longest life of a token, from its claim `iat`, whatever its claim `exp` says; at most 60m.
   */
  maxAge?: string;
  /**
   * Where the claims come from: the token in the emergency header (default), or Envoy's own JWT filter (envoy.filters.http.jwt_authn), which has verified a token and left its payload in dynamic metadata under a key (`payload_in_metadata`).
   */
  source?: "header" | TokenMetadata;
}
/**
 * The shared secret of HS256: at least 32 bytes as base64url or hex text (`npx frostglass keygen --type hmac`).
 */
export interface Variable {
  /**
   * The name of the variable.
   */
  env: string;
}
/**
 * Dynamic metadata that envoy.filters.http.jwt_authn writes.
 */
export interface TokenMetadata {
  /**
   * The value of `payload_in_metadata` of the JWT filter's provider.
   */
  metadata: string;
}
/**
 * The root key: 32 bytes as base64url or hex text (`npx frostglass keygen`). Without it, FROSTGLASS_KEY is read.
 */
export interface RootKey {
  /**
   * The name of the variable.
   */
  env: string;
  id?: KeyId;
}
/**
 * A root key that was current before.
 */
export interface PreviousKey {
  /**
   * The name of the variable.
   */
  env: string;
  id: KeyId1;
  /**
   * When the next root took over, in UTC. Sessions whose token was issued before keep this one.
   */
  until: string;
}
/**
 * Bounds of memory and work. What exceeds one is refused or redacted, never passed.
 */
export interface Limits {
  hold?: Size;
  value?: Size1;
  /**
   * The deepest nesting of a body.
   */
  depth?: number;
  body?: Size2;
}
/**
 * What the hotfix may call through the gateway (`--role egress`). To an allowed destination the tokenize rules are undone and `egress-request` rules act; its responses are anonymized again by the request rules and `egress-response` rules. Where both lists are given, both must match.
 */
export interface Egress {
  /**
   * Allowed destination clusters. `*` matches any run of characters.
   */
  clusters?: string[];
  /**
   * Allowed hosts, without port. `*` matches any run of characters.
   */
  hosts?: string[];
  /**
   * What happens to requests to any other destination: `keep` sends them on with their tokens, `block` refuses them.
   */
  otherwise?: "keep" | "block";
}
/**
 * By where a body goes: into the tunnel, or out of it.
 */
export interface UnsupportedByDirection {
  request?: Unsupported1;
  response?: Unsupported2;
}
/**
 * What the filter knows of gRPC and protobuf bodies. Without it they are bodies that no tokenizer can read.
 */
export interface Protobuf {
  /**
   * The descriptor set that tells the types, as `buf build -o shop.binpb` or `protoc --include_imports -o shop.binpb` writes it: a file beside the policy, or several.
   */
  descriptors: string | [string, ...string[]];
  /**
   * What becomes, on its way into the tunnel, of a field that the descriptor set does not know: `strip` leaves it out, `block` refuses the message, `pass` lets it through.
   */
  unknown?: "strip" | "block" | "pass";
  /**
   * Message types of bodies that no method of the descriptor set tells, by path: of `application/x-protobuf` bodies, and of services that are not in the set.
   */
  bodies?: ProtobufBody[];
}
/**
 * The message types of one path.
 */
export interface ProtobufBody {
  /**
   * The path without its query. `*` matches any run of characters.
   */
  path: string;
  /**
   * The full name of the request's message type.
   */
  request?: string;
  /**
   * The full name of the response's message type.
   */
  response?: string;
}
/**
 * What a detector looks for. Its examples are checked whenever the policy is compiled.
 */
export interface OwnDetector {
  /**
   * The type of its finds. No built-in detector has it.
   */
  name: string;
  /**
   * A regular expression of JavaScript that can be matched in linear time: literals, classes, groups, alternatives, repeats. No look-around, no back-references, no anchors.
   */
  pattern: string;
  /**
   * ASCII letters match in either case.
   */
  ignoreCase?: boolean;
  /**
   * ASCII characters, as the inside of a class, that must not stand before a find. Letters, digits and _ if not given.
   */
  left?: string;
  /**
   * The same behind a find.
   */
  right?: string;
  /**
   * The greatest length of a find in bytes; needed when the pattern has none.
   */
  max?: number;
  /**
   * A check function that a find must pass, as of the built-in detectors (`npx frostglass detect --list`).
   */
  check?: string;
  /**
   * How sure a find is by itself, 0 to 1.
   */
  score: number;
  /**
   * How sure a find is behind one of the words of `context`.
   */
  contextScore?: number;
  /**
   * Words that raise the score of a find when one of them stands in the 80 bytes before it.
   *
   * @minItems 1
   */
  context?: [string, ...string[]];
  /**
   * Texts that prove it.
   */
  examples?: {
    /**
     * Texts whose only find is marked by [[ and ]].
     */
    finds?: string[];
    /**
     * Texts in which nothing is found.
     */
    ignores?: string[];
  };
}
/**
 * One rule: which values, and what happens to them.
 */
export interface Rule {
  /**
   * Names the rule in metrics, refusals and reports; unique in the policy and its presets. `unmatched` is reserved.
   */
  name: string;
  /**
   * For people.
   */
  description?: string;
  /**
   * The direction in which the rule acts.
   */
  on?: Direction | [Direction, ...Direction[]];
  /**
   * The values that the rule acts on: one selector `location:expression`, or a list.
   */
  select: SelectorText | [SelectorText, ...SelectorText[]];
  /**
   * Detectors by type, built-in ones (`npx frostglass detect --list`) and the policy's own; `*` matches any run of characters. The action then applies to each span that they find in the selected text, and a value in which nothing is found goes on to the next rule. Numbers count as text, and are acted on as a whole.
   *
   * @minItems 1
   */
  detect?: [string, ...string[]];
  /**
   * With `detect`: the action applies to the whole value in which something was found.
   */
  whole?: boolean;
  /**
   * With `detect`: the least score of a find, 0 to 1.
   */
  threshold?: number;
  /**
   * With `detect`: only finds with one of these words in the 80 bytes before them in the same value, in whatever case.
   *
   * @minItems 1
   */
  context?: [string, ...string[]];
  /**
   * With `detect`: finds that are none, as they are written; `*` matches any run of characters. Never a customer's value: the policy is no place for one.
   *
   * @minItems 1
   */
  except?: [string, ...string[]];
  action: Action;
}
/**
 * An action with parameters.
 */
export interface ActionWithParameters {
  pass?: NoParameters;
  block?: NoParameters1;
  strip?: NoParameters2;
  redact?: Redact;
  mask?: Mask;
  hash?: Hash;
  truncate?: Truncate;
  generalize?: Generalize;
  tokenize?: Tokenize;
  reveal?: Reveal;
}
/**
 * Leaves the value as it is.
 */
export interface NoParameters {}
/**
 * Refuses the whole message.
 */
export interface NoParameters1 {}
/**
 * Removes the member, element, header, cookie or parameter together with its separator.
 */
export interface NoParameters2 {}
/**
 * Replaces the value by one of the same JSON type: "[redacted]", 0, false, {}, []. null and "" stay.
 */
export interface Redact {
  /**
   * Any JSON value that replaces the original, whatever its type. In headers, cookies and query parameters a text stands as it is, null as nothing, anything else as its JSON.
   */
  with?: {
    [k: string]: unknown;
  };
  /**
   * Of an object or array, an XML element or a protobuf message structure and names stay, and each scalar in it is redacted, as `mask` acts on each. Without it the whole is replaced.
   */
  keepStructure?: boolean;
}
/**
 * Replaces each character, but keeps the ends and the separators. A number stays a valid number: masked digits become 0, a leading one 1.
 */
export interface Mask {
  keepFirst?: Count;
  keepLast?: Count1;
  /**
   * The one character that stands for a masked one.
   */
  char?: string;
  /**
   * Separators that stay where they are: a text whose characters are meant one by one, or a list of single characters.
   */
  skip?: string | string[];
}
/**
 * Replaces the value by its HMAC-SHA-256 under the root key.
 */
export interface Hash {
  /**
   * Characters of the encoded hash that are kept, at most 64 of hex and 43 of base64url. Without it, all.
   */
  length?: number;
  /**
   * How the hash is written.
   */
  encoding?: "hex" | "base64url";
}
/**
 * Replaces the value by a coarser one. Exactly one kind. A value that does not fit is redacted.
 */
export interface Generalize {
  /**
   * Cuts an ISO 8601 date to its year or month. With `age`, years in which somebody was born who is that old become one.
   */
  date?:
    | ("year" | "month")
    | {
        /**
         * What stays.
         */
        to: "year";
        /**
         * Earlier years become the one that lies so many years before the current one.
         */
        age: number;
      };
  /**
   * Keeps this many leading digits of a US ZIP code; areas with few people become 0.
   */
  zip?: number;
  /**
   * Ages from here on become this one.
   */
  age?: number;
  /**
   * Keeps the leading bits of an IP address.
   */
  ip?: {
    /**
     * Bits of an IPv4 address.
     */
    v4?: number;
    /**
     * Bits of an IPv6 address.
     */
    v6?: number;
  };
  /**
   * Rounds a number down to a multiple of this.
   */
  number?: number;
  /**
   * Decimals that a coordinate keeps.
   */
  geo?: number;
}
/**
 * Replaces the value by a reversible token of the same format. Same value, same domain and same session give the same token. What does not fit the format takes `fallback`.
 */
export interface Tokenize {
  /**
   * The format that value and token share. `opaque` takes any text and says so: fg1.KEYID.CODE.
   */
  format: "pan" | "digits" | "alphanumeric" | "email" | "phone" | "iban" | "date" | "uuid" | "name" | "opaque";
  keepFirst?: Count5;
  keepLast?: Count6;
  /**
   * digits, alphanumeric: how many characters the values have, so that the compiler can tell whether there are enough of them.
   */
  length?: number;
  /**
   * pan: `valid` keeps what the Luhn check says of the value, `invalid` makes tokens that no card can have, `any` does not care.
   */
  luhn?: "valid" | "invalid" | "any";
  /**
   * Same value and same domain give the same token in every field. The name of the format, when left out.
   */
  domain?: string;
  /**
   * What becomes of a value that does not fit the format: `redact`, an `opaque` token, or `block` for the whole message. It never passes.
   */
  fallback?: "redact" | "opaque" | "block";
}
