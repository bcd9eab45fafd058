// Check characters of ISO/IEC 7064: mod 97-10 (IBAN, LEI), mod 11,10 (German tax, Croatian numbers), mod 11-2 (China).

import { at, digits, symbols, uniform, value } from "./digits";

/** Remainder of collected characters from `from` to `to`, letters as two digits, going on from `start`. */
function remainder97(from: u32, to: u32, start: u32): u32 {
  let rest = start;
  for (let i = from; i < to; i++) {
    const part = value(i);
    rest = (part > 9 ? rest * 100 + part : rest * 10 + part) % 97;
  }
  return rest;
}

// Country codes and lengths of the SWIFT registry of IBANs; behind them those of countries that write IBANs without being in
// it, and of the French territories, which write their own code in front of French accounts.
const IBAN_LENGTHS =
  "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30AO25BF28BJ28BL27CF27CG27CI28CM27CV25DZ26GA27GF27GP27GQ27GW25IR26KM27MA28MF27MG27ML28MQ27MZ25NC27NE28PF27PM27RE27SN28TD27TF27TG28WF27YT27";

// What the same registry says of the characters behind country and check digits: how many digits (n), letters (a), or either
// (c, with what is left). Countries that are not here have accounts of digits and letters anywhere.
const IBAN_STRUCTURES =
  "AD8nAE19nAL8nAT16nAZ4aBA16nBE12nBG4a6nBH4aBI23nBR23n1aBY4c4nCH5nCR18nCY8nCZ20nDE18nDJ23nDK14nDO4c20nEE16nEG25nES20nFI14nFK2a12nFO14nFR10n11c2nGB4a14nGE2a16nGI4aGL14nGR7nHN4a20nHR17nHU24nIE4a14nIL19nIQ4a15nIS22nIT1a10nJO4a4nKW4aKZ3nLB4nLC4aLI5nLT16nLU3nLV4aLY21nMC10n11c2nME18nMK3n10c2nMN16nMR23nMT4a5nMU4a19n3aNI4a20nNL4a10nNO11nOM3nPK4aPL24nPS4aPT21nQA4aRO4aRS18nRU14nSA2nSC4a20n3aSD14nSE20nSI15nSK20nSM1a10nSO19nST21nSV4a20nTL19nTN20nTR6nUA6nVA18nVG4a16nXK16nYE4a4n";

/** Whether letters and digits stand where the country of a collected IBAN has them. */
function isStructured(): bool {
  let next: i32 = 0;
  while (next < IBAN_STRUCTURES.length) {
    const isCountry = letter(next) == at(0) && letter(next + 1) == at(1);
    next += 2;
    let place: u32 = 4;
    while (next < IBAN_STRUCTURES.length && letter(next) - 0x30 < 10) {
      let many = letter(next++) - 0x30;
      if (letter(next) - 0x30 < 10) many = many * 10 + letter(next++) - 0x30;
      const kind = letter(next++);
      for (; isCountry && many > 0; many--, place++) {
        const isDigit = at(place) < 0x41;
        if (kind == 0x6e ? !isDigit : kind == 0x61 && isDigit) return false;
      }
    }
    if (isCountry) return true;
  }
  return true;
}

@inline
function letter(index: i32): u32 {
  return <u32>IBAN_STRUCTURES.charCodeAt(index);
}

/** A small letter in front of a capital: nobody writes an IBAN so, and words run together do. */
function hasHump(text: usize, length: u32): bool {
  for (let i: u32 = 1; i < length; i++) {
    if (<u32>load<u8>(text + i - 1) - 0x61 < 26 && <u32>load<u8>(text + i) - 0x41 < 26) return true;
  }
  return false;
}

export function iban(text: usize, length: u32): bool {
  const count = symbols(text, length);
  if (count < 15 || hasHump(text, length)) return false;
  for (let i = 0; i < IBAN_LENGTHS.length; i += 4) {
    if (<u32>IBAN_LENGTHS.charCodeAt(i) != at(0) || <u32>IBAN_LENGTHS.charCodeAt(i + 1) != at(1)) continue;
    const expected = (<u32>IBAN_LENGTHS.charCodeAt(i + 2) - 0x30) * 10 + <u32>IBAN_LENGTHS.charCodeAt(i + 3) - 0x30;
    return count == expected && remainder97(0, 4, remainder97(4, count, 0)) == 1 && isStructured();
  }
  return false;
}

export function lei(text: usize, length: u32): bool {
  return symbols(text, length) == 20 && remainder97(0, 20, 0) == 1;
}

/** Mod 11,10 over `count` collected digits, the last of them the check digit. */
export function mod1110(count: u32): bool {
  let product: u32 = 10;
  for (let i: u32 = 0; i + 1 < count; i++) {
    let sum = (at(i) + product) % 10;
    if (sum == 0) sum = 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 == at(count - 1);
}

export function iso7064Mod1110(text: usize, length: u32): bool {
  const count = digits(text, length);
  return count > 2 && !uniform(count) && mod1110(count);
}

/** Mod 11-2 over 17 collected digits and a check character, which may be X. */
export function mod112(): bool {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < 17; i++) sum = ((sum + at(i)) * 2) % 11;
  const check = (12 - sum) % 11;
  return check == 10 ? at(17) == 0x58 - 0x30 : at(17) == check;
}
