// Where requests of GraphQL over HTTP have variables, and the text of a query: the selectors that `graphql:` is short for.

/** `arguments` are literals in the text of the query, whatever field they are of; `tail` is the path behind it. */
export type GraphqlPart = "variables" | "arguments";

/** In the body, in each request of a batch, in the operations of a multipart request, in the query of a GET, and in a form. */
export function graphqlSelectors(part: GraphqlPart, tail: string): string[] {
  const literals = `query|graphql:$..${tail.replace(/^\.+/, "")}`;
  const member = part === "arguments" ? literals : `variables${tail}`;
  const field = part === "arguments" ? literals : `variables|json:$${tail}`;
  return [
    `json:$.${member}`,
    `json:$[*].${member}`,
    `multipart:operations|json:$.${member}`,
    `multipart:operations|json:$[*].${member}`,
    `query:${field}`,
    `form:${field}`,
  ];
}
