/**
 * What RFC 8259 leaves open, and what frostglass does: the i_ files of JSONTestSuite, each with its outcome and reason.
 * The principle: what every receiver reads alike goes through untouched; what two of them could read differently, or
 * what is no text at all, is refused.
 */

const numbers = "a number is never read, only its grammar is checked: the receiver sees the sender's spelling";
const surrogates =
  "in a value an escape is five letters that stand as they are; rules match names, and those are refused";
const utf8 = "RFC 8259, 8.1: JSON travels as UTF-8; what is not would be repaired differently by each receiver";
const utf16 = "not UTF-8: a zero byte is no white space and starts no value";

type Decided = readonly [outcome: "forwarded" | "json_syntax" | "json_utf8" | "limit_depth", reason: string];

export const implementationDefined: Readonly<Record<string, Decided>> = {
  "i_number_double_huge_neg_exp.json": ["forwarded", numbers],
  "i_number_huge_exp.json": ["forwarded", numbers],
  "i_number_neg_int_huge_exp.json": ["forwarded", numbers],
  "i_number_pos_double_huge_exp.json": ["forwarded", numbers],
  "i_number_real_neg_overflow.json": ["forwarded", numbers],
  "i_number_real_pos_overflow.json": ["forwarded", numbers],
  "i_number_real_underflow.json": ["forwarded", numbers],
  "i_number_too_big_neg_int.json": ["forwarded", numbers],
  "i_number_too_big_pos_int.json": ["forwarded", numbers],
  "i_number_very_big_negative_int.json": ["forwarded", numbers],
  "i_object_key_lone_2nd_surrogate.json": [
    "forwarded",
    "no rule can act in this object, so its names are not compared",
  ],
  "i_string_1st_surrogate_but_2nd_missing.json": ["forwarded", surrogates],
  "i_string_1st_valid_surrogate_2nd_invalid.json": ["forwarded", surrogates],
  "i_string_incomplete_surrogate_and_escape_valid.json": ["forwarded", surrogates],
  "i_string_incomplete_surrogate_pair.json": ["forwarded", surrogates],
  "i_string_incomplete_surrogates_escape_valid.json": ["forwarded", surrogates],
  "i_string_invalid_lonely_surrogate.json": ["forwarded", surrogates],
  "i_string_invalid_surrogate.json": ["forwarded", surrogates],
  "i_string_inverted_surrogates_U+1D11E.json": ["forwarded", surrogates],
  "i_string_lone_second_surrogate.json": ["forwarded", surrogates],
  "i_string_UTF-16LE_with_BOM.json": ["json_syntax", utf16],
  "i_string_utf16BE_no_BOM.json": ["json_syntax", utf16],
  "i_string_utf16LE_no_BOM.json": ["json_syntax", utf16],
  "i_string_UTF-8_invalid_sequence.json": ["json_utf8", utf8],
  "i_string_UTF8_surrogate_U+D800.json": ["json_utf8", utf8],
  "i_string_invalid_utf-8.json": ["json_utf8", utf8],
  "i_string_iso_latin_1.json": ["json_utf8", utf8],
  "i_string_lone_utf8_continuation_byte.json": ["json_utf8", utf8],
  "i_string_not_in_unicode_range.json": ["json_utf8", utf8],
  "i_string_overlong_sequence_2_bytes.json": ["json_utf8", utf8],
  "i_string_overlong_sequence_6_bytes.json": ["json_utf8", utf8],
  "i_string_overlong_sequence_6_bytes_null.json": ["json_utf8", utf8],
  "i_string_truncated-utf-8.json": ["json_utf8", utf8],
  "i_structure_500_nested_arrays.json": ["limit_depth", "limits.depth of the policy: 128 unless it says otherwise"],
};
