/**
 * Which rule must act on which value of a JSON document: the sentences of docs/internals.md, computed with json-p3.
 *
 * This is what the filter is measured against, so it shares nothing with it: no automaton, no stack of states. Rules
 * are asked one by one where they select, and the answers are combined node by node.
 */
import type { ResolvedAction } from "../policy/action.ts";
import type { Inside } from "../policy/decoders.ts";
import type { Query } from "../policy/jsonpath/ast.ts";
import { type DetectView, type Find, found } from "./detection.ts";
import { isOpened, judgeSoftly, judgeText, type Looking, readingView, type Setting, softLooking } from "./nested.ts";
import { namedValues } from "./pairs.ts";
import { DocumentQuery } from "./queries.ts";
import { type Place, Reach } from "./reach.ts";
import { takesWhole } from "./replacement.ts";
import { looksSoftly, queryMembers, type SoftDecoder } from "./soft.ts";
import { type Document, isContainer, parseDocument, rawText, type TreeNode } from "./tree.ts";
import { variants } from "./variants.ts";
import { isReading, type TextReading } from "./verdict.ts";

/** A rule as far as a proof needs it: what it selects, and what becomes of it. Nothing that was compiled. */
export interface RuleView {
  readonly name: string;
  readonly action: ResolvedAction;
  readonly directions: readonly string[];
  readonly selectors: readonly {
    readonly location: string;
    readonly expression: string;
    readonly nested?: string;
    /** Of names that are paths. */
    readonly query?: Query;
    /** It selects in texts of GraphQL requests too. */
    readonly isNamed?: true;
    /** It selects in a text only where that begins as its first decoder says. */
    readonly isSoft?: true;
    readonly inside?: readonly Inside[];
  }[];
  /** `limits.value`: within so many bytes behind the name of a member names are read that stand in values. */
  readonly reach?: number;
  /** It acts on what is found in the selected values. */
  readonly detect?: DetectView;
  /** Where in a value rules act that have found something there; the view then stands for them (detection.ts). */
  readonly finds?: readonly Find[];
  /** What the value spells, where that is what the rules are about; the view then stands for all of them. */
  readonly reading?: TextReading;
}

/** `unmatched` as the rule it acts as; undefined when it lets everything through. */
export function unmatchedRule(unmatched: Unmatched, direction: Direction): RuleView | undefined {
  if (direction === "response" || unmatched === "pass") return undefined;
  return { name: "unmatched", action: { kind: unmatched }, directions: [direction], selectors: [] };
}

export type Unmatched = "pass" | "redact" | "strip" | "block";
export type Direction = "request" | "response";

/** Nodes on which a rule acts; an object or array among them is acted on as a whole. All others stay as they are. */
export type Decisions = Map<TreeNode, RuleView>;

/** The node and those below it that are texts. */
const textsIn = (node: TreeNode): TreeNode[] =>
  node.kind === "string" ? [node] : node.children.flatMap(({ node: child }) => textsIn(child));

/** The JSON rules of one direction, ready to be asked about any number of documents. */
export class Oracle {
  private readonly rules: {
    view: RuleView;
    queries: DocumentQuery[];
    names: DocumentQuery[];
    chains: Chain[];
  }[];
  private readonly views: readonly RuleView[];
  private readonly setting: Setting;
  private readonly unmatched: RuleView | undefined;
  /** It is about requests of GraphQL, where they may be. */
  private readonly isRequest: boolean;

  constructor(
    rules: readonly RuleView[],
    unmatched: Unmatched,
    direction: Direction,
    unsupported: Setting["unsupported"] = "block",
    isRequest = true,
    depth = 0,
  ) {
    this.isRequest = isRequest;
    this.setting = { unmatched, direction, unsupported, depth };
    this.rules = rules
      .filter((rule) => rule.directions.includes(direction))
      .map((view) => ({
        view,
        queries: queriesOf(view, "json"),
        names: queriesOf(view, "json-key"),
        chains: chainsOf(view),
      }));
    this.views = this.rules.map(({ view }) => view);
    this.unmatched = unmatchedRule(unmatched, direction);
  }

  /** Whether a rule of this direction looks into bodies. */
  get hasJsonRules(): boolean {
    return this.rules.some((rule) => rule.queries.length + rule.names.length + rule.chains.length > 0);
  }

  /** The rule that acts on all of a document, if one does. */
  ruleOnAll(body: Uint8Array): RuleView | undefined {
    const document = parseDocument(body);
    return document && this.decide(document).get(document.root);
  }

  /** Whether a rule is about a member of this name, or about the whole of a document in which it stands. */
  looksAt(name: string): boolean {
    const document = parseDocument(Buffer.from(JSON.stringify({ [name]: "x" })))!;
    const nodes = [document.root, document.root.children[0]!.node];
    const { own, detecting } = this.select(document, (rule) => rule.queries);
    const { chained, soft } = this.chained(document);
    return nodes.some(
      (node) => own.has(node) || detecting.has(node) || chained.has(node) || soft.get(node) === "graphql",
    );
  }

  /** The rules on the names of members, by the node that stands under the name. */
  decideNames(document: Document): Decisions {
    const { own, detecting } = this.select(document, (rule) => rule.names);
    const decisions: Decisions = new Map([...own].map(([node, index]) => [node, this.rules[index]!.view]));
    const visit = (node: TreeNode): void => {
      for (const { key, node: child } of node.children) {
        const view = this.found(detecting.get(child), own.get(child), String(key), false);
        if (view !== undefined) decisions.set(child, view);
        visit(child);
      }
    };
    visit(document.root);
    return decisions;
  }

  /** What the rules that detect, up to the one that decides otherwise, make of a text. */
  private found(
    detecting: readonly number[] | undefined,
    before: number | undefined,
    text: string,
    isNumber: boolean,
    spelled: string = text,
  ): RuleView | undefined {
    const rules = (detecting ?? []).filter((index) => before === undefined || index < before);
    return found(
      rules.map((index) => this.rules[index]!.view),
      text,
      isNumber,
      spelled,
    );
  }

  /**
   * `isExempt`: something that passes holds the document, so that `unmatched` does not act in it; `isMeant`: its query is
   * said to be one, however it begins. `texts` gets those of which JSON is read (`textsOfJson`).
   */
  decide(document: Document, isExempt = false, isMeant = false, texts?: Map<TreeNode, "soft" | "told">): Decisions {
    const { own, detecting } = this.select(document, (rule) => rule.queries);
    const decisions: Decisions = new Map();
    const { chained, soft, softly } = this.chained(document);
    for (const [node, named] of namedValues(this.views, document)) {
      const first = Math.min(own.get(node) ?? Number.POSITIVE_INFINITY, named.own ?? Number.POSITIVE_INFINITY);
      if (Number.isFinite(first)) own.set(node, first);
      if (named.detecting.length === 0) continue;
      const all = new Set([...(detecting.get(node) ?? []), ...named.detecting]);
      detecting.set(
        node,
        [...all].sort((a, b) => a - b),
      );
      // What looks into it by its name looks into it as it stands.
      soft.delete(node);
    }
    // Nothing but `unmatched` asks.
    const reach = new Reach(
      this.unmatched === undefined
        ? []
        : this.rules.flatMap((rule) => [...rule.queries, ...rule.names, ...rule.chains.map(({ query }) => query)]),
    );
    const visit = (node: TreeNode, cover: number | undefined, exempt: boolean, places: readonly Place[]): void => {
      const ownRule = own.get(node);
      let acting = ownRule;
      if (cover !== undefined && (ownRule === undefined || cover < ownRule)) acting = cover;
      const chains = chained.get(node);
      if (chains !== undefined && isOpened(this.views, chains, acting, detecting.get(node) ?? [])) {
        const isDecided = ownRule !== undefined || (this.unmatched !== undefined && !exempt);
        if (chains[0]!.chain[0]!.decoder === "json" && !isDecided) texts?.set(node, "told");
        const around = acting === undefined ? exempt : exempt || this.rules[acting]!.view.action.kind === "pass";
        const view = this.openedView(document, node, chains, acting, detecting.get(node), around);
        if (view !== undefined) {
          decisions.set(node, view);
          return;
        }
      }
      const decoder = soft.get(node);
      const passing = acting !== undefined && acting === cover && this.rules[acting]!.view.action.kind === "pass";
      const isUnmatched = acting === undefined && this.unmatched !== undefined && !exempt;
      if (decoder !== undefined && node.kind === "string" && (passing || (acting === undefined && !isUnmatched))) {
        if (decoder === "json") texts?.set(node, "soft");
        const text = Buffer.from(JSON.parse(rawText(document, node)) as string);
        const verdict = judgeSoftly(text, decoder, this.views, this.setting, {
          isExempt: exempt || passing,
          isMeant: isMeant && decoder === "graphql",
          detecting: [...this.lookingWhole(detecting.get(node)), ...(softly.get(node) ?? [])],
        });
        if (verdict !== "plain") {
          decisions.set(node, isReading(verdict) ? readingView(this.views[0]!, verdict) : verdict);
          return;
        }
      }
      if (node.kind === "string" || node.kind === "number") {
        const raw = rawText(document, node);
        const isNumber = node.kind === "number";
        const text: string = isNumber ? raw : JSON.parse(raw);
        // A body of GraphQL is no member, and is spelled without quotes.
        const view = this.found(detecting.get(node), acting, text, isNumber, isMeant ? text : raw);
        if (view !== undefined) {
          if (view.action.kind !== "pass") decisions.set(node, view);
          return;
        }
      }
      if (acting === undefined) {
        if (this.unmatched !== undefined && !exempt && (!isContainer(node) || !reach.isLive(places))) {
          decisions.set(node, this.unmatched);
          return;
        }
        descend(node, undefined, exempt, places);
        return;
      }
      const view = this.rules[acting]!.view;
      if (view.action.kind === "pass") descend(node, undefined, true, places);
      else if (!isContainer(node) || takesWhole(view)) decisions.set(node, view);
      else descend(node, acting, exempt, places);
    };
    const descend = (node: TreeNode, cover: number | undefined, exempt: boolean, places: readonly Place[]): void => {
      for (const child of node.children) visit(child.node, cover, exempt, reach.step(places, child.key));
    };
    visit(document.root, undefined, isExempt, reach.start());
    return decisions;
  }

  /** The texts on which no rule acts, and which are JSON: where they begin so, or by the word of a selector. */
  textsOfJson(document: Document): ReadonlyMap<TreeNode, "soft" | "told"> {
    const texts = new Map<TreeNode, "soft" | "told">();
    this.decide(document, false, false, texts);
    return texts;
  }

  /** Of each node the rules that look into what it spells, and how texts are read that no selector decodes. */
  private chained(document: Document): {
    chained: Map<TreeNode, Looking[]>;
    soft: Map<TreeNode, SoftDecoder>;
    /** The rules that look into one that is read softly, but for those by name. */
    softly: Map<TreeNode, Looking[]>;
  } {
    const chained = new Map<TreeNode, Looking[]>();
    const softly = new Map<TreeNode, Looking[]>();
    const soft = new Map<TreeNode, SoftDecoder>();
    const isSoft = looksSoftly(this.views, this.setting.direction);
    if (!isSoft && this.rules.every(({ chains }) => chains.length === 0)) return { chained, soft, softly };
    if (isSoft) for (const node of textsIn(document.root)) soft.set(node, "json");
    const queries = isSoft && this.isRequest && this.setting.direction === "request" ? queryMembers : [];
    for (const variant of variants(document)) {
      for (const path of queries) {
        for (const location of DocumentQuery.of(path).locations(variant.value, variant.names)) {
          soft.set(variant.find(location), "graphql");
        }
      }
      this.rules.forEach(({ view, chains }, index) => {
        for (const { query, inside, ofNames, isSoft: isTold } of chains) {
          for (const location of query.locations(variant.value, variant.names)) {
            const node = variant.find(location);
            const lists = isTold ? softly : chained;
            const list = lists.get(node) ?? [];
            if (!list.some((one) => one.index === index && one.chain === inside)) {
              list.push({ view, index, chain: inside, ofNames });
            }
            lists.set(node, list);
            if (isTold && !soft.has(node)) soft.set(node, "json");
          }
        }
      });
    }
    // A decoder that is told comes before a soft one, and has what that looks for where it is the same.
    for (const [node, list] of chained) {
      const decoder = soft.get(node);
      if (decoder !== undefined && list[0]!.chain[0]!.decoder === decoder)
        list.push(...softLooking(this.views, decoder), ...(softly.get(node) ?? []));
      soft.delete(node);
    }
    return { chained, soft, softly };
  }

  /** The rules that detect in a text, as they look into all that it spells. */
  private lookingWhole(detecting: readonly number[] = []): Looking[] {
    return detecting.map((index) => ({ view: this.rules[index]!.view, index, chain: [] }));
  }

  /** The view for what a value spells, or for one that spells nothing and about which no rule says anything. */
  private openedView(
    document: Document,
    node: TreeNode,
    chains: readonly Looking[],
    acting: number | undefined,
    detecting: readonly number[] = [],
    isExempt: boolean,
  ): RuleView | undefined {
    if (node.kind === "null" || rawText(document, node) === '""') return undefined;
    const isDecided = acting !== undefined || (this.unmatched !== undefined && !isExempt) || detecting.length > 0;
    const looking = [...chains, ...this.lookingWhole(detecting)];
    const verdict =
      node.kind === "string"
        ? judgeText(Buffer.from(JSON.parse(rawText(document, node)) as string), looking, this.setting, isExempt)
        : undefined;
    if (isReading(verdict)) return readingView(chains[0]!.view, verdict);
    if (isDecided || this.setting.unsupported === "pass") return undefined;
    const isEmptied = node.kind === "string" && this.setting.unsupported === "empty";
    const action = isEmptied ? { kind: "redact" as const, with: "" } : { kind: "block" as const };
    return { name: "unsupported", action, directions: [this.setting.direction], selectors: [] };
  }

  /** Of each node the first rule that selects it and does not detect, and those that do, in order. */
  private select(
    document: Document,
    queries: (rule: Oracle["rules"][number]) => DocumentQuery[],
  ): { own: Map<TreeNode, number>; detecting: Map<TreeNode, number[]> } {
    const own = new Map<TreeNode, number>();
    const detecting = new Map<TreeNode, number[]>();
    for (const variant of variants(document)) {
      this.rules.forEach((rule, index) => {
        for (const query of queries(rule)) {
          for (const location of query.locations(variant.value, variant.names)) {
            const node = variant.find(location);
            if (rule.view.detect) {
              const list = detecting.get(node) ?? [];
              if (!list.includes(index))
                detecting.set(
                  node,
                  [...list, index].sort((a, b) => a - b),
                );
            } else if ((own.get(node) ?? Number.POSITIVE_INFINITY) > index) own.set(node, index);
          }
        }
      });
    }
    return { own, detecting };
  }
}

const queriesOf = (view: RuleView, location: "json" | "json-key"): DocumentQuery[] =>
  expressionsOf(view, location).map(DocumentQuery.of);

/** A rule that detects looks into every scalar in what it selects; "any:" selects every scalar, and every name. */
function expressionsOf({ selectors, detect }: RuleView, location: "json" | "json-key"): string[] {
  return selectors.flatMap((selector) => {
    if (selector.location === "any") return location === "json" ? ["$", "$..*"] : ["$..*"];
    if (selector.location !== location || selector.inside) return [];
    const { expression } = selector;
    // A document has no name.
    if (location === "json-key" && expression === "$") return [];
    return detect && location === "json" ? [expression, `${expression}..*`] : [expression];
  });
}

interface Chain {
  readonly query: DocumentQuery;
  readonly inside: readonly Inside[];
  readonly ofNames: boolean;
  readonly isSoft: true | undefined;
}

const chainsOf = ({ selectors }: RuleView): Chain[] =>
  selectors.flatMap(({ location, expression, inside, isSoft }) =>
    inside && (location === "json" || location === "json-key")
      ? [{ query: DocumentQuery.of(expression), inside, ofNames: location === "json-key", isSoft }]
      : [],
  );
