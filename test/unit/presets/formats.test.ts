// The names of each preset in every format: whatever kind a rule is about, its names are known in JSON, lines, events, forms,
// parts, queries, XML, headers, variables and literals of GraphQL, plain, as steps of a path, and below a parent. Protobuf fields are in
// test/unit/protobuf/named.test.ts, what detectors find in test/unit/everywhere.
import { beforeAll, describe, expect, test } from "vitest";
import { type Plugin, runExchange } from "../../../scripts/host/index.ts";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { spellings } from "../../../scripts/policy/spelling.ts";
import { NAMES, type Named } from "../../../scripts/presets/names.ts";
import { PRESETS } from "../../../scripts/presets/presets.ts";
import { machine } from "../filter/support.ts";

/** A word that no detector knows. */
const value = "Zorblax";

interface Sent {
  path?: string;
  type?: string;
  headers?: [string, string][];
  body?: string;
}
type Format = (name: string) => Sent;

const json = (body: unknown, type = "application/json"): Sent => ({ type, body: JSON.stringify(body) });
const xml = (body: string, type = "application/xml"): Sent => ({ type, body });
const form = (body: string): Sent => ({ type: "application/x-www-form-urlencoded", body });
const part = (name: string, text = value): Sent => ({
  type: "multipart/form-data; boundary=b",
  body: `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n--b--\r\n`,
});
const mutation = (name: string): string => `mutation { x(input: {${name}: "${value}"}) }`;
const soap = "http://schemas.xmlsoap.org/soap/envelope/";

const formats: Readonly<Record<string, Format>> = {
  JSON: (name) => json({ a: [{ [name]: value }] }),
  "JSON of a kind": (name) => json({ [name]: value }, "application/vnd.shop.v2+json"),
  lines: (name) => ({ type: "application/x-ndjson", body: `{}\n{"${name}":"${value}"}\n` }),
  events: (name) => ({ type: "text/event-stream", body: `data: {"${name}":"${value}"}\n\n` }),
  "variables of GraphQL": (name) => json({ query: "query q { x }", variables: { input: { [name]: value } } }),
  "GraphQL, a literal": (name) => json({ query: mutation(name) }),
  "GraphQL, a default": (name) => json([{ query: `query q($${name}: T = "${value}") { x }` }]),
  "GraphQL, in a query": (name) => ({ path: `/a?query=${encodeURIComponent(`{ ${name}(x: "${value}") }`)}` }),
  "GraphQL, a variable in a query": (name) => ({
    path: `/a?variables=${encodeURIComponent(JSON.stringify({ x: [{ [name]: value }] }))}`,
  }),
  "GraphQL, in a form": (name) => form(`query=${encodeURIComponent(mutation(name))}`),
  "GraphQL, in an upload": (name) => part("operations", JSON.stringify({ query: mutation(name) })),
  "GraphQL, a body": (name) => ({ type: "application/graphql", body: mutation(name) }),
  form: (name) => form(`x=1&${name}=${value}`),
  "a form's path": (name) => form(`x[${name}]=${value}`),
  "a form's dots": (name) => form(`x.y.${name}=${value}`),
  part: (name) => part(name),
  "a part's path": (name) => part(`x[${name}]`),
  query: (name) => ({ path: `/a?x=1&${encodeURIComponent(name)}=${value}` }),
  "a query's path": (name) => ({ path: `/a?x[0][${encodeURIComponent(name)}]=${value}` }),
  XML: (name) => xml(`<a><${name}>${value}</${name}></a>`),
  "XML, in a namespace": (name) => xml(`<a xmlns:n="urn:x"><n:${name}>${value}</n:${name}></a>`),
  "XML, an attribute": (name) => xml(`<a ${name}="${value}"/>`),
  "XML, the attribute of FHIR": (name) => xml(`<a><${name} value="${value}"/></a>`, "application/fhir+xml"),
  SOAP: (name) =>
    xml(`<s:Envelope xmlns:s="${soap}"><s:Body><${name}>${value}</${name}></s:Body></s:Envelope>`, "text/xml"),
};

const nested: Readonly<Record<string, (parent: string, name: string) => Sent>> = {
  JSON: (parent, name) => json({ [parent]: { [name]: value } }),
  form: (parent, name) => form(`${parent}[${name}]=${value}`),
  part: (parent, name) => part(`${parent}.${name}`),
  query: (parent, name) => ({ path: `/a?${parent}[${name}]=${value}` }),
  XML: (parent, name) => xml(`<a><${parent}><${name}>${value}</${name}></${parent}></a>`),
  "XML, an attribute": (parent, name) => xml(`<a><${parent} ${name}="${value}"/></a>`),
  "XML, the attribute of FHIR": (parent, name) => xml(`<a><${parent}><${name} value="${value}"/></${parent}></a>`),
};

/** The first, the last and one between: each in a spelling of its own, so that all are met. */
const some = (list: readonly string[]): string[] => [
  ...new Set([list[0], list[list.length >> 1], list.at(-1)].filter((one) => one !== undefined)),
];
/** XML has no names with blanks. */
const spelled = (title: string, words: string, turn: number): string => {
  const all = spellings(words).filter((one) => !/XML|SOAP/.test(title) || !one.includes(" "));
  return all[turn % all.length]!;
};

describe.each(PRESETS.map((preset) => [preset.name, preset] as const))("%s", (name, { rules }) => {
  let plugin: Plugin;
  beforeAll(() => {
    const settings = { activation: { always: true }, keys: { root: { env: "FROSTGLASS_KEY" } } };
    const text = JSON.stringify({ name: "formats", extends: [name], ...settings });
    plugin = machine().vm.plugin("formats", compilePolicy({ path: "formats.json", text }).compiled!.binary);
  });

  const leaves = ({ path = "/", type, headers = [], body }: Sent): boolean => {
    const all: [string, string][] = [...headers, ...(type ? [["content-type", type] as [string, string]] : [])];
    const request = { method: "POST", path, headers: all, ...(body !== undefined && { body: Buffer.from(body) }) };
    const { outcome, request: left } = runExchange(plugin, { request });
    expect(outcome).toBe("forwarded");
    return `${JSON.stringify(left!.headers)}${Buffer.from(left!.body)}`.includes(value);
  };

  const kinds = new Set(
    rules
      .filter(({ on, action, detect }) => on === undefined && action !== "pass" && detect === undefined)
      .flatMap((rule) => rule.kinds ?? []),
  );
  const named = [...kinds].map((kind) => [kind, NAMES[kind] as Named] as const);

  test.each(Object.entries(formats))("%s", (title, format) => {
    expect(leaves(format("colour"))).toBe(true);
    // Where a name is a path, a dot in it is a step.
    const isPath = /path|dots/.test(title);
    const isGraphql = /^GraphQL/.test(title);
    const left = named.flatMap(([, { names, exact = [] }], turn) =>
      [...some(names).map((words, at) => spelled(title, words, turn + at)), ...some(exact)].filter(
        (one) => !(isPath && one.includes(".")) && !(isGraphql && /\W/.test(one)) && leaves(format(one)),
      ),
    );
    expect(left).toEqual([]);
  });

  test("headers", () => {
    const left = named.flatMap(([, { names }]) =>
      some(names.filter((words) => words.split(" ").length <= 2))
        .map((words) => `x-${words.replaceAll(" ", "-")}`)
        .filter((header) => leaves({ headers: [[header, value]] })),
    );
    expect(left).toEqual([]);
  });

  test.each(Object.entries(nested))("below a parent, %s", (title, format) => {
    const left = named.flatMap(([kind, { below = [] }], turn) =>
      below.flatMap(({ parents, names }) =>
        some(parents).flatMap((parent, at) =>
          some(names).flatMap((leaf, next) => {
            const pair = [spelled(title, parent, turn + at), spelled(title, leaf, turn + next)] as const;
            return leaves(format(...pair)) ? [`${kind}: ${pair}`] : [];
          }),
        ),
      ),
    );
    expect(left).toEqual([]);
  });
});
