// A parser for the XML that a report writes: elements, attributes in double quotes, the five entities as text. All else
// is refused, so that what it reads every parser reads alike.

export interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  text: string;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const token =
  /<\/(?<end>[a-z-]+)>|<(?<name>[a-z-]+)(?<attributes>(?: [a-zA-Z]+="[^<>"]*")*)(?<empty>\/?)>|(?<text>[^<>]+)/y;
const entities: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };

function textOf(raw: string): string {
  return raw.replace(/&(?:[^;]*;)?/g, (entity) => {
    const character = entities[entity];
    if (character === undefined) throw new Error(`${entity} is no entity`);
    return character;
  });
}

export function parseXml(source: string): Element {
  const text = source.startsWith(declaration) ? source.slice(declaration.length) : source;
  // XML 1.0, production 2.
  if (!/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u.test(text)) throw new Error("no XML character");
  const outside: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [outside];
  for (token.lastIndex = 0; token.lastIndex < text.length; ) {
    const at = token.lastIndex;
    const groups = token.exec(text)?.groups;
    const parent = open.at(-1)!;
    if (groups === undefined) throw new Error(`not well-formed at ${at}`);
    if (groups.text !== undefined) parent.text += textOf(groups.text);
    else if (groups.end !== undefined) {
      if (open.length === 1 || open.pop()!.name !== groups.end) throw new Error(`</${groups.end}> ends nothing`);
    } else {
      const attributes: Record<string, string> = {};
      for (const [, name, value] of groups.attributes!.matchAll(/ ([a-zA-Z]+)="([^"]*)"/g)) {
        if (name! in attributes) throw new Error(`${name} stands twice`);
        attributes[name!] = textOf(value!);
      }
      const element: Element = { name: groups.name!, attributes, children: [], text: "" };
      parent.children.push(element);
      if (groups.empty === "") open.push(element);
    }
  }
  const [root, ...others] = outside.children;
  if (open.length !== 1 || root === undefined || others.length > 0 || outside.text.trim() !== "")
    throw new Error("not one element");
  return root;
}

/** All elements of a name below another. */
export const elements = (root: Element, name: string): Element[] =>
  root.children.flatMap((child) => [...(child.name === name ? [child] : []), ...elements(child, name)]);
