// How services spell a name of several words: the forms that presets select and `discover` recognises.
// Invariant: a form is plain ASCII, so that it is its own spelling in JSON, forms, queries and headers.

/** Words that are spelled in capitals within a name, by some at least: shopperIP, IPAddress, TaxID, cardCVV. */
const acronyms: ReadonlySet<string> = new Set(
  "aba,abn,api,aws,bic,bsn,cpf,csc,csrf,cvc,cvc2,cvn,cvv,cvv2,dea,dl,dob,iban,id,ip,jwt,mac,mbi,mfa,mrn,nhs,npi,otp,pan,pgp,pin,saml,ssh,ssn,tin,url,vat,vin,xsrf,zip".split(
    ",",
  ),
);

/** "card number" -> cardNumber, card_number, card-number, CardNumber, CARD_NUMBER, cardnumber. */
export function spellings(words: string): string[] {
  const parts = words.split(" ");
  const capital = parts.map((part) => part[0]!.toUpperCase() + part.slice(1));
  const camel = [parts[0], ...capital.slice(1)].join("");
  const upper = parts.map((part) => part.toUpperCase());
  // CARDNO, FIRSTNAME: name-value interfaces of gateways know short names alone.
  const run = parts.length === 2 ? [upper.join("")] : [];
  const joined = [parts.join("_"), parts.join("-"), capital.join(""), upper.join("_"), parts.join(""), ...run];
  const loud = capital.map((part, index) => (acronyms.has(parts[index]!) ? upper[index]! : part));
  return [...new Set([camel, ...joined, [parts[0], ...loud.slice(1)].join(""), loud.join("")])];
}

/** One form for all spellings: lower case, letters and digits only. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
