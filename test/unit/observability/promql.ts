// PromQL as tests need it: read by Prometheus's own grammar, with the metrics and labels that an expression names.
import { parser } from "@prometheus-io/lezer-promql";

export interface Selector {
  metric: string;
  matchers: { label: string; operator: string; value: string }[];
}

export interface Expression {
  /** Where the grammar does not fit; empty for a good expression. */
  errors: string[];
  selectors: Selector[];
  /** Labels in by, on, ignoring and the like. */
  grouped: string[];
}

export function readPromql(text: string): Expression {
  const result: Expression = { errors: [], selectors: [], grouped: [] };
  const of = (node: { from: number; to: number }) => text.slice(node.from, node.to);
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) result.errors.push(`at ${node.from}: ${text.slice(node.from, node.from + 20)}`);
      if (node.name === "VectorSelector") {
        const metric = node.node.getChild("Identifier");
        result.selectors.push({ metric: metric ? of(metric) : "", matchers: [] });
      }
      if (node.name === "UnquotedLabelMatcher") {
        const [label, operator, value] = ["LabelName", "MatchOp", "StringLiteral"].map((name) => {
          const child = node.node.getChild(name);
          return child ? of(child) : "";
        });
        const matcher = { label: label!, operator: operator!, value: value!.slice(1, -1) };
        result.selectors.at(-1)?.matchers.push(matcher);
      }
      if (node.name === "GroupingLabels") {
        result.grouped.push(...node.node.getChildren("LabelName").map(of));
      }
    },
  });
  return result;
}
