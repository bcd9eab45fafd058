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

export function iban(text: usize, length: u32): bool {
  const count = symbols(text, length);
  if (count < 15) return false;
  for (let i = 0; i < IBAN_LENGTHS.length; i += 4) {
    if (<u32>IBAN_LENGTHS.charCodeAt(i) != at(0) || <u32>IBAN_LENGTHS.charCodeAt(i + 1) != at(1)) continue;
    const expected = (<u32>IBAN_LENGTHS.charCodeAt(i + 2) - 0x30) * 10 + <u32>IBAN_LENGTHS.charCodeAt(i + 3) - 0x30;
    return count == expected && remainder97(0, 4, remainder97(4, count, 0)) == 1;
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
