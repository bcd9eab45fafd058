// Where requests of GraphQL over HTTP have variables, and the text of a query: the selectors that `graphql:` is short for.

/** `arguments` are literals in the text of the query, whatever field they are of; `tail` is the path behind it. */
export type GraphqlPart = "variables" | "arguments";

/** Names of a member: servers in Go read it whatever the case, and clients in Go write it as the field of a struct. */
const namesOf = (member: string): string[] => [member, member[0]!.toUpperCase() + member.slice(1)];

/** Paths to a member of a request in JSON, or of each of a batch. */
const membersOf = (member: string, each: string): string[] =>
  namesOf(member).flatMap((name) => [`$.${name}`, `$${each}.${name}`]);

/** Where a request in JSON has the text of its query. */
export const queryMembers: readonly string[] = membersOf("query", "[:]");

/**
 * In the body, in each request of a batch, in the operations of a multipart request, in the query of a GET, and in a form,
 * which may be one of multipart.
 */
export function graphqlSelectors(part: GraphqlPart, tail: string): string[] {
  const literals = `|graphql:$..${tail.replace(/^\.+/, "")}`;
  const isText = part === "arguments";
  const paths = membersOf(isText ? "query" : part, "[*]").map((path) => path + (isText ? literals : tail));
  const field = isText ? `query${literals}` : `variables|json:$${tail}`;
  return [...everyBody(paths), ...["query", "form", "multipart"].map((location) => `${location}:${field}`)];
}

/** The same where variables are the text of a document, as some clients send them and most servers take them. */
export const textSelectors = (tail: string): string[] =>
  everyBody(membersOf("variables", "[*]").map((path) => `${path}|json:$${tail}`));

const everyBody = (paths: readonly string[]): string[] =>
  ["json:", "multipart:operations|json:"].flatMap((location) => paths.map((path) => location + path));
