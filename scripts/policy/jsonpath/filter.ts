// The grammar and the type system of filters: RFC 9535, 2.3.5 and 2.4.
// Invariant: accepts exactly the well-typed expressions. Only their types are kept, since no filter can be streamed.

import { isSingular, type Selector } from "./ast.ts";
import type { Lexer } from "./lexer.ts";
import { parseSegments } from "./parser.ts";

type Type = "value" | "logical" | "nodes";

/** What an expression is: a literal, a query that yields one node or many, a call by its result, or a logical term. */
type Expression = { kind: "literal" | "singular" | "query" | "logical" } | { kind: "call"; name: string; result: Type };

/** The functions of RFC 9535, 2.4.4 to 2.4.8. */
const functions: Record<string, { parameters: Type[]; result: Type }> = {
  length: { parameters: ["value"], result: "value" },
  count: { parameters: ["nodes"], result: "value" },
  match: { parameters: ["value", "value"], result: "logical" },
  search: { parameters: ["value", "value"], result: "logical" },
  value: { parameters: ["nodes"], result: "value" },
};

const numberLiteral = /(?:-?0|-?[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/** filter-selector = "?" S logical-expr, read up to its "?". */
export function filterSelector(lexer: Lexer, at: number): Selector {
  lexer.blanks();
  test(lexer, lexer.at, disjunction(lexer));
  return { kind: "filter", at };
}

/** logical-or-expr; a lone operand comes back as it is, for the caller to judge. */
function disjunction(lexer: Lexer): Expression {
  return chain(lexer, "||", () => chain(lexer, "&&", () => basic(lexer)));
}

function chain(lexer: Lexer, operator: string, operand: () => Expression): Expression {
  let from = lexer.at;
  let expression = operand();
  for (;;) {
    const end = lexer.at;
    lexer.blanks();
    if (!lexer.take(operator)) {
      lexer.at = end;
      return expression;
    }
    test(lexer, from, expression);
    lexer.blanks();
    from = lexer.at;
    test(lexer, from, operand());
    expression = { kind: "logical" };
  }
}

/** basic-expr = paren-expr / comparison-expr / test-expr */
function basic(lexer: Lexer): Expression {
  const from = lexer.at;
  if (lexer.take("!")) {
    lexer.blanks();
    const inner = lexer.at;
    test(lexer, inner, lexer.peek("(") ? parenthesized(lexer) : operand(lexer));
    return { kind: "logical" };
  }
  if (lexer.peek("(")) return parenthesized(lexer);
  const left = operand(lexer);
  const end = lexer.at;
  lexer.blanks();
  if (lexer.match(/[=!]=|[<>]=?/y) === undefined) {
    lexer.at = end;
    return left;
  }
  comparable(lexer, from, left);
  lexer.blanks();
  const right = lexer.at;
  comparable(lexer, right, operand(lexer));
  return { kind: "logical" };
}

function parenthesized(lexer: Lexer): Expression {
  lexer.expect("(", "before an expression");
  lexer.blanks();
  test(lexer, lexer.at, disjunction(lexer));
  lexer.blanks();
  lexer.expect(")", "after the expression");
  return { kind: "logical" };
}

/** literal / filter-query / function-expr */
function operand(lexer: Lexer): Expression {
  if (lexer.take("@") || lexer.take("$")) {
    return { kind: isSingular({ segments: parseSegments(lexer) }) ? "singular" : "query" };
  }
  if (lexer.string() !== undefined || lexer.match(numberLiteral) !== undefined) return { kind: "literal" };
  const from = lexer.at;
  const word = lexer.match(/[a-z][a-z0-9_]*/y);
  if (word === undefined) lexer.fail(`expected an expression, found ${lexer.found}`, "write @, $, a literal or a call");
  if (lexer.peek("(")) return call(lexer, word, from);
  if (word === "true" || word === "false" || word === "null") return { kind: "literal" };
  return lexer.fail(`${word} is neither a literal nor a call`, "quote strings, and start paths with @ or $", from);
}

/** function-expr = function-name "(" S [argument *(S "," S argument)] S ")" */
function call(lexer: Lexer, name: string, from: number): Expression {
  const signature = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!signature) lexer.fail(`there is no function ${name}`, `use one of ${Object.keys(functions).join(", ")}`, from);
  lexer.expect("(", "before arguments");
  lexer.blanks();
  let count = 0;
  if (!lexer.peek(")")) {
    do {
      lexer.blanks();
      argument(lexer, name, signature.parameters[count++]);
      lexer.blanks();
    } while (lexer.take(","));
  }
  lexer.expect(")", "after the arguments");
  if (count !== signature.parameters.length) {
    lexer.fail(`${name} has ${count} arguments`, `give it ${signature.parameters.length}`, from);
  }
  return { kind: "call", name, result: signature.result };
}

/** RFC 9535, 2.4.3: well-typedness of arguments. */
function argument(lexer: Lexer, name: string, type: Type | undefined): void {
  const from = lexer.at;
  const { kind, ...rest } = disjunction(lexer);
  const result = "result" in rest ? rest.result : undefined;
  const isValue = kind === "literal" || kind === "singular" || result === "value";
  const isNodes = kind === "singular" || kind === "query" || result === "nodes";
  if (type === "value" && !isValue) lexer.fail(`${name} needs a value here`, "give a literal or a singular path", from);
  if (type === "nodes" && !isNodes) lexer.fail(`${name} needs nodes here`, "give a path", from);
}

/** RFC 9535, 2.3.5.2: a term of a logical expression is an existence test, a logical call, or a logical expression. */
function test(lexer: Lexer, from: number, expression: Expression): void {
  if (expression.kind === "literal") lexer.fail("a literal alone is no test", "compare it with something", from);
  if (expression.kind === "call" && expression.result === "value") {
    lexer.fail(`${expression.name}() alone is no test`, "compare its result with something", from);
  }
}

/** comparable = literal / singular-query / function-expr with a value */
function comparable(lexer: Lexer, from: number, expression: Expression): void {
  const { kind } = expression;
  if (kind === "query") lexer.fail("this path can yield several nodes", "compare a path of names and indexes", from);
  if (kind === "logical" || (kind === "call" && expression.result !== "value")) {
    lexer.fail("a logical result cannot be compared", "use it as a test of its own", from);
  }
}
