// How services spell a name of several words: the forms that presets select and `discover` recognises.
// Invariant: a form is plain ASCII, so that it is its own spelling in JSON, forms, queries and headers.

/** "card number" -> cardNumber, card_number, card-number, CardNumber, CARD_NUMBER, cardnumber. */
export function spellings(words: string): string[] {
  const parts = words.split(" ");
  const capital = parts.map((part) => part[0]!.toUpperCase() + part.slice(1));
  const camel = [parts[0], ...capital.slice(1)].join("");
  const upper = parts.map((part) => part.toUpperCase());
  return [...new Set([camel, parts.join("_"), parts.join("-"), capital.join(""), upper.join("_"), parts.join("")])];
}

/** One form for all spellings: lower case, letters and digits only. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
