// The XPath of `xml:` selectors: absolute location paths of abbreviated steps (XPath 1.0, 2.5) that a stream can follow:
// NAME, *, @NAME and @* behind / or //. Names are local names in any namespace, since the prefix is the sender's choice.
// Invariant: an accepted path selects what XPath says it does; an attribute is always the last step.

import { spellingIn } from "./endings.ts";
import { JsonPathError, type Query, type Segment } from "./jsonpath/ast.ts";
import { spellingsOrWhy } from "./spelling.ts";

/** Names of Namespaces in XML 1.0 without a colon; the ranges are those of XML 1.0, fifth edition, productions [4], [4a]. */
const start =
  "A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}" +
  "\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}";
const localName = new RegExp(`[${start}][${start}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]*`, "uy");

/**
 * Whether it may stand in a list of names: the local name of an element, or one with blanks. That no element has, but in XML as
 * elsewhere it then leads where the other names of its list do, and the words for all their spellings (symbols.ts) stay one.
 */
export const isListedName = (text: string): boolean => {
  const name = spellingIn(text);
  localName.lastIndex = 0;
  return localName.exec(name.replaceAll(" ", "_"))?.[0]?.length === name.length;
};

/** One of several names, as `named:` and presets write them: (Card|Payment|~card number), the last in each spelling. */
const oneOf = /\(([^()]*)\)/y;

function namesOf(choice: string): string[] | undefined {
  const names = choice.split("|").flatMap((one) => {
    const found = one.startsWith("~") ? spellingsOrWhy(one.slice(1)) : [one];
    return "message" in found ? [""] : found;
  });
  return names.every(isListedName) ? names : undefined;
}

const remedy = "write steps as in /Document/Pan, //Pan, //Card/@number, /Order/*";

/** An accepted path with the spellings of its words written out. */
export const withSpellings = (expression: string): string =>
  expression.replaceAll(/\(([^()]*)\)/g, (_, choice: string) => `(${namesOf(choice)!.join("|")})`);

export function parseXPath(expression: string): Query {
  const segments: Segment[] = [];
  let at = 0;
  const fail = (message: string, how = remedy): never => {
    throw new JsonPathError(at, message, how, "invalid-xpath");
  };
  if (!expression.startsWith("/")) fail("the path does not begin at the document");
  while (at < expression.length) {
    if (expression[at] !== "/") fail(...misfit(expression.slice(at)));
    const descendant = expression[at + 1] === "/";
    at += descendant ? 2 : 1;
    const isAttribute = expression[at] === "@";
    if (isAttribute) {
      segments.push({ descendant, selectors: [{ kind: "attributes", at }], xml: true });
      at++;
    }
    const step = { descendant: descendant && !isAttribute, xml: true as const };
    oneOf.lastIndex = at;
    const choice = oneOf.exec(expression);
    const names = choice && namesOf(choice[1]!);
    localName.lastIndex = at;
    const name = localName.exec(expression)?.[0];
    if (names) {
      segments.push({ ...step, selectors: names.map((one) => ({ kind: "name", at, name: one })) });
      at += choice[0].length;
    } else if (expression[at] === "*") {
      segments.push({ ...step, selectors: [{ kind: "element", at }] });
      at++;
    } else if (name !== undefined) {
      segments.push({ ...step, selectors: [{ kind: "name", at, name }] });
      at += name.length;
    } else {
      fail(...misfit(expression.slice(at)));
    }
    if (isAttribute && expression[at] === "/") fail("nothing is below an attribute");
  }
  return { segments };
}

/** Cause and remedy for what stands where a step, or the end of one, should. */
function misfit(rest: string): [message: string, remedy: string] {
  if (rest === "") return ["the path ends before its last step", remedy];
  if (rest.startsWith("[")) {
    return ["predicates are not enforced by this version", "select all elements of the name, or by a longer path"];
  }
  if (rest.startsWith("::") || rest.startsWith("..") || rest.startsWith(".")) {
    return ["axes other than child, descendant (//) and attribute (@) cannot be followed in a stream", remedy];
  }
  if (rest.startsWith(":")) {
    return ["a prefix is the sender's choice", "write the local name alone: it matches in any namespace"];
  }
  if (rest.startsWith("(")) {
    return ["functions and node tests are not part of these paths", "select the element: rules act on its text"];
  }
  if (rest.startsWith("|")) return ["several paths in one", 'list the selectors: ["xml://A", "xml://B"]'];
  return ["no step begins so", remedy];
}
