// Types of a selected value and verdicts of an action: what the filter and the actions tell each other.
// Invariants: a kind below OBJECT is a scalar that `transform` takes; all of them but TEXT are kinds `redactedJson` takes.

/** The decoded text of a JSON string, UTF-8; a lone surrogate is three bytes, as in WTF-8. */
export const STRING: u32 = 0;
/** A JSON number as it is spelled. */
export const NUMBER: u32 = 1;
export const BOOLEAN: u32 = 2;
/** The decoded value of a header, cookie or query parameter: any bytes. */
export const TEXT: u32 = 3;
export const OBJECT: u32 = 4;
export const ARRAY: u32 = 5;

/** The output holds the replacement: unescaped text for STRING and TEXT, the spelling for NUMBER. */
export const DONE: u32 = 0;
/** The value stays as it is. */
export const UNCHANGED: u32 = 1;
/** The action does not fit the value: the caller redacts it. */
export const REDACT: u32 = 2;
/** Memory ran out: the caller refuses. */
export const FAILED: u32 = 3;
/** The rule refuses the message because of this value. */
export const BLOCKED: u32 = 4;
