/**
 * What stands in a Set-Cookie header, seen from outside: its cookie, the attributes that all receivers know, and what some of
 * them take for cookies, too (docs/internals.md, "Names as receivers read them").
 *
 * Invariant: the parts are all of the header but the signs between them.
 */

/** Rules that look everywhere look into a path. */
export interface Part {
  readonly kind: "cookie" | "attribute" | "path";
  readonly text: string;
}

const named = (names: string, value: RegExp, longest = Number.POSITIVE_INFINITY) => ({
  name: new RegExp(`^(${names})$`, "i"),
  isValue: (text: string) => text.length <= longest && value.test(text),
});

/** Digits of a day, a year and a time. */
const isDate = (text: string): boolean => /^\D*(\d\D*){8,12}$/.test(text);

const known = [
  named("secure|httponly|samesite|partitioned|priority|sameparty|discard", /^[a-z]*$/i, 8),
  named("max-age|version", /^-?\d*$/, 11),
  named("domain", /^[-a-z0-9.:]*$/i),
  named("path", /^(\/[^\0- ",=]*)?$/),
  {
    name: /^expires$/i,
    isValue: (text: string) =>
      /^(-?\d|\d\d|-)?$/.test(text) || (/^[a-z][-a-z0-9 ,:]{2,39}$/i.test(text) && isDate(text)),
  },
];

/** An attribute, or undefined: whatever else it is, somebody may take it for a cookie. */
function attributeIn(text: string): Part | undefined {
  const [, name = "", value = ""] = /^[ \t]*([^=]*?)[ \t]*(?:=[ \t]*(.*?))?[ \t]*$/s.exec(text) ?? [];
  if (name === "" && !text.includes("=")) return { kind: "attribute", text };
  if (!known.some((one) => one.name.test(name) && one.isValue(value))) return undefined;
  return { kind: /^path$/i.test(name) ? "path" : "attribute", text };
}

/** Behind such a comma another cookie begins; in a date none does. */
const joint = /,(?=[ \t]*[^ \t,=][^,=]*=)/;

export function partsOf(header: string): Part[] {
  const [first = "", ...others] = header.split(";");
  return [
    { kind: "cookie", text: first },
    ...others.flatMap((text): Part[] => {
      const comma = joint.exec(text)?.index ?? text.length;
      const attribute = attributeIn(text.slice(0, comma));
      if (attribute === undefined) return [{ kind: "cookie", text }];
      return comma === text.length ? [attribute] : [attribute, { kind: "cookie", text: text.slice(comma + 1) }];
    }),
  ];
}
