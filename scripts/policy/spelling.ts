// How services spell a name of several words: the forms that presets select, that `discover` recognises, and that a policy
// carries as one entry, from which the filter spells them again (assembly/policy/spell.ts).
// Invariant: words are lower-case letters and digits, and a blank stands between two, so that a form is plain ASCII and its
// own spelling in JSON, forms, queries and headers.

import { CONDITION, FORMS, STYLE } from "./constants.ts";
import { canEnd, endingOf } from "./endings.ts";

/** Words that are spelled in capitals within a name, by some at least: shopperIP, IPAddress, TaxID, cardCVV. */
const acronyms: ReadonlySet<string> = new Set(
  "aba,abn,api,aws,bic,bsn,cc,cpf,csc,csrf,cvc,cvc2,cvn,cvv,cvv2,dea,dl,dob,iban,id,ip,jwt,mac,mbi,mfa,mrn,nhs,npi,otp,pan,pgp,pin,saml,ssh,ssn,tin,url,vat,vin,xsrf,zip".split(
    ",",
  ),
);

export const isLoud = (word: string): boolean => acronyms.has(word);

const capital = (word: string): string => word[0]!.toUpperCase() + word.slice(1);

const styled: Record<number, (word: string) => string> = {
  [STYLE.SMALL]: (word) => word,
  [STYLE.CAPITAL]: capital,
  [STYLE.CAPITALS]: (word) => word.toUpperCase(),
  [STYLE.LOUD]: (word) => (isLoud(word) ? word.toUpperCase() : capital(word)),
};

const applies: Record<number, (words: readonly string[]) => boolean> = {
  [CONDITION.ALWAYS]: () => true,
  [CONDITION.SEVERAL]: ({ length }) => length > 1,
  [CONDITION.LOUD_BEHIND]: (words) => words.slice(1).some(isLoud),
  [CONDITION.LOUD_OF_SEVERAL]: (words) => words.length > 1 && words.some(isLoud),
};

/** The name in each form that there is of so many words; words that are digits make some of them equal. */
export function forms(name: string): string[] {
  const words = name.split(" ");
  return Object.values(FORMS)
    .filter((form) => applies[form >> 12]!(words))
    .map((form) => {
      const first = styled[(form >> 8) & 3]!;
      const other = styled[(form >> 10) & 3]!;
      const separator = (form & 0xff) === 0 ? "" : String.fromCharCode(form & 0xff);
      return words.map((word, index) => (index === 0 ? first(word) : other(word))).join(separator);
    });
}

/** "card number" -> cardNumber, card_number, card-number, CardNumber, CARD_NUMBER, cardnumber, CARDNUMBER, Card_Number, Card Number, card number. */
export const spellings = (name: string): string[] => [...new Set(forms(name))];

/** The spellings of words that a policy gives, as endings behind `* `; or why they are no words. */
export function spellingsOrWhy(words: string): string[] | { message: string; remedy: string } {
  if (words.startsWith("* ")) return endingsOrWhy(words.slice("* ".length));
  if (/^[a-z][a-z0-9]*(?: [a-z0-9]+)*$/.test(words)) return spellings(words);
  const isEnding = words.startsWith("*");
  const parts =
    words
      .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  const meant = parts.join(" ");
  if (isEnding && !canEnd(meant)) return noEnding;
  const remedy =
    /[^\x20-\x7e]/.test(words) || !/^[a-z]/.test(meant)
      ? "list the spellings as names"
      : `write ~'${isEnding ? "* " : ""}${meant}'`;
  return { message: "~ takes the words of a name: small letters and digits, a blank between two", remedy };
}

const noEnding = {
  message: "what names end with takes three letters or more, and none but letters at its end",
  remedy: "write ~'* card number', which takes card_number_2 too, or list the names",
};

function endingsOrWhy(words: string): string[] | { message: string; remedy: string } {
  const names = spellingsOrWhy(words);
  if (!Array.isArray(names)) return { ...names, remedy: names.remedy.replace("~'", "~'* ") };
  return canEnd(words) ? names.map(endingOf) : noEnding;
}

/** One form for all spellings: lower case, letters and digits only. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
