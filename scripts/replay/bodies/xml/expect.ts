/**
 * What must leave of an XML document: the text that stays, and between it holes for what rules make of values.
 */

import { PAIR } from "../../../policy/constants.ts";
import { pairKind } from "../../../policy/pairs.ts";
import { emptying, found } from "../../detection.ts";
import type { Secret } from "../../needles.ts";
import { judgeText, type Looking, readingView, undecided } from "../../nested.ts";
import type { RuleView } from "../../oracle.ts";
import type { OnName } from "../../pairs.ts";
import { hidesValues, takesWhole } from "../../replacement.ts";
import { mayBeginAsJson } from "../../soft.ts";
import { isReading } from "../../verdict.ts";
import {
  type Attribute,
  attributeValue,
  type Content,
  type Element,
  type Leaf,
  refersFrom,
  textOf,
  withoutHost,
} from "./document.ts";
import type { Cover, Place, XmlRules } from "./rules.ts";
import { isNamespace, toldBy, toldIn } from "./told.ts";

export interface Hole {
  readonly rule: RuleView;
  readonly location: string;
  /** What stood there, decoded, and how the place ends: at a quote, or at a tag for a text. */
  readonly value: string;
  readonly quote: string;
  /** White space behind a text; it goes where the text is redacted. */
  readonly space: string;
  /** Elements stood there, and it becomes empty, or what the rule says. */
  readonly isEmptied: boolean;
}

export type Piece = string | Hole;

export interface Expectation {
  readonly pieces: readonly Piece[];
  readonly secrets: readonly Secret[];
}

/** White space and empty sections alone are no value. */
const isBlank = (raw: string) => /^[ \t\r\n]*$/.test(raw.replaceAll("<![CDATA[]]>", ""));
/** Where a text stays whose comments went, it may be spelled in another way. */
const passing: RuleView = { name: "", action: { kind: "pass" }, directions: [], selectors: [] };
/** Of an element with others in it, where a text would be decoded. */
const refusal: RuleView = { name: "unsupported", action: { kind: "block" }, directions: [], selectors: [] };

/** What acts on each text between two tags. */
interface Acting {
  readonly rule: RuleView | undefined;
  readonly detecting: readonly RuleView[];
  /** It is decoded where it begins as JSON, `exempt` from `unmatched` or not. */
  readonly soft?: { readonly exempt: boolean } | undefined;
}

/** What is known of a text that is decoded before the rule `acting` is on the whole of it. */
interface Opening {
  readonly looking: readonly Looking[];
  readonly detecting: readonly RuleView[];
  readonly acting: RuleView | undefined;
  readonly isExempt: boolean;
}

const isMarkup = ({ kind }: Content): boolean => kind === "markup";

function withoutLeadingMarkup(children: readonly Content[]): Content[] {
  const first = children.findIndex(({ kind }) => kind === "element");
  return children.filter((child, index) => index >= first || !isMarkup(child));
}

/**
 * Of a text on which nothing acts unless it begins as JSON: what stays, comments in front of it among them, and what is to be
 * judged. Comments go until it has told that it does not begin so; then all else stays.
 */
function dividedOf(leaves: readonly Leaf[]): { staying: readonly Leaf[]; rest: readonly Leaf[] } {
  let from = 0;
  for (const [index, { kind }] of leaves.entries()) {
    if (kind !== "markup") continue;
    const texts = leaves.slice(from, index).filter((leaf) => leaf.kind === "text");
    const raw = texts.map((leaf) => leaf.raw).join("");
    if (isBlank(raw)) from = index + 1;
    else if (!mayBeginAsJson(textOf(raw))) {
      return { staying: [...leaves.slice(0, from), ...texts, ...leaves.slice(index)], rest: [] };
    }
  }
  return { staying: leaves.slice(0, from), rest: leaves.slice(from) };
}

export function expectXml(rules: XmlRules, content: readonly Content[], isPart: boolean): Expectation {
  return new Walk(rules, isPart).run(content);
}

class Walk {
  private readonly pieces: Piece[] = [];
  private readonly secrets: Secret[] = [];
  private readonly rules: XmlRules;
  private readonly isPart: boolean;

  constructor(rules: XmlRules, isPart: boolean) {
    this.rules = rules;
    this.isPart = isPart;
  }

  run(content: readonly Content[]): Expectation {
    let rest = content;
    const [first, ...others] = content;
    if (first?.kind === "text" && first.raw.startsWith("\ufeff")) {
      // A byte order mark is no text.
      this.pieces.push("\ufeff");
      rest = [{ ...first, raw: first.raw.slice(1) }, ...others];
    }
    const declaration = rest.find(({ kind }) => kind !== "text");
    if (declaration?.kind === "markup" && /^<\?xml\s/.test(declaration.raw)) {
      this.pieces.push(declaration.raw);
      rest = rest.slice(rest.indexOf(declaration) + 1);
    }
    const { cover, rule } = this.rules.around;
    this.content(rest, "", this.rules.begin(), cover, { rule, detecting: this.rules.everywhere });
    return { pieces: this.pieces, secrets: this.secrets };
  }

  private content(
    children: readonly Content[],
    path: string,
    places: readonly Place[],
    cover: Cover,
    acting: Acting,
  ): void {
    let run: Content[] = [];
    let told: OnName | undefined;
    const close = (): void => {
      this.text(run, path, acting);
      run = [];
    };
    for (const child of children) {
      if (child.kind === "element") {
        close();
        const named = pairKind(child.local) === PAIR.VALUE ? told : undefined;
        this.element(child, `${path}/${child.local}`, this.rules.step(places, child.local), cover, named);
        told = toldBy(this.rules, child) ?? told;
      } else if (child.kind === "markup" && acting.rule?.action.kind === "reveal") {
        close();
        this.pieces.push(child.raw);
      } else {
        run.push(child);
      }
    }
    close();
  }

  private text(run: readonly Content[], path: string, { rule: acting, detecting, soft }: Acting): void {
    let leaves: readonly Leaf[] = run.flatMap((each) => (each.kind === "element" ? [] : [each]));
    if (acting === undefined && detecting.length === 0) {
      const { staying, rest } = soft && this.rules.isSoft ? dividedOf(leaves) : { staying: leaves, rest: [] };
      this.pieces.push(staying.map(({ raw }) => raw).join(""));
      leaves = rest;
    }
    if (acting?.action.kind === "block" && leaves.some(({ kind }) => kind === "markup")) {
      this.hole(acting, path, "", "<");
      return;
    }
    const raw = leaves.flatMap((leaf) => (leaf.kind === "text" ? [leaf.raw] : [])).join("");
    if (isBlank(raw)) {
      this.pieces.push(raw);
      return;
    }
    const [, before, inner, space] = /^([ \t\r\n]*)([\s\S]*?)([ \t\r\n]*)$/.exec(raw)!;
    this.pieces.push(before!);
    const value = textOf(inner!);
    const softly = soft && this.rules.judgeSoftly(value, detecting, soft.exempt);
    const view = softly ?? found(detecting, value, false, inner!) ?? acting ?? passing;
    if (view === passing && !leaves.some(isMarkup)) {
      this.pieces.push(inner!, space!);
      return;
    }
    this.secret(view, path, value);
    if (view.finds || view.action.kind !== "strip") this.hole(view, path, value, "<", space!);
  }

  private element(
    element: Element,
    path: string,
    places: readonly Place[],
    cover: Cover,
    named: OnName | undefined,
  ): void {
    const ofTag = named === undefined ? toldIn(this.rules, element) : undefined;
    const before = this.rules.acting(places, cover, named);
    const taking = before === undefined ? undefined : this.rules.view(before);
    const isOpenedFirst = this.rules.lookingInto(places, before) !== undefined;
    const isTaken = taking !== undefined && takesWhole(taking) && !isOpenedFirst;
    const holding = isTaken ? named : (named ?? ofTag?.on);
    const acting = this.rules.acting(places, cover, holding);
    const isBehind = acting !== before;
    const view = acting === undefined ? this.unmatchedUnder(cover) : this.rules.view(acting);
    const kind = view?.action.kind ?? "pass";
    const isWhole = view !== undefined && takesWhole(view) && (acting !== undefined || !this.rules.isLive(places));
    const isRoot = !path.slice(1).includes("/");
    const looking = this.rules.lookingInto(places, acting);
    const isOpened = looking !== undefined && !element.children.some((child) => child.kind === "element");
    // A rule takes what it holds, and that stands in another part.
    const isElsewhere = this.isPart && acting !== undefined && view && hidesValues(view) && refersFrom(element);
    const isUndecided = looking !== undefined && !isOpened && this.isUndecided(view, places, acting);
    const isRefused = isElsewhere || isUndecided;
    if (isRefused) {
      this.hole(refusal, path, "", "<");
      return;
    }
    if (isWhole && kind === "block" && !isOpened) {
      this.hole(view, path, "", "<");
      return;
    }
    if (isWhole && kind === "strip" && !isRoot && looking === undefined && !isBehind) {
      this.inside(element, path, view);
      for (const { raw, quote, local } of element.attributes)
        this.secret(view, `${path}/@${local}`, attributeValue(raw, quote));
      return;
    }
    this.pieces.push(element.head);
    for (const [at, each] of element.attributes.entries()) {
      const isHeld = pairKind(each.local) === PAIR.VALUE;
      this.attribute(
        each,
        path,
        places,
        cover,
        isHeld ? (named ?? (ofTag && ofTag.at < at ? ofTag.on : undefined)) : undefined,
      );
    }
    this.pieces.push(element.tail);
    const detecting = this.rules.detecting(places, acting, holding);
    const isExempt = acting === undefined ? cover.exempt : cover.exempt || kind === "pass";
    // What may have been a text has lost its comments when an element shows that it is none.
    const children = looking && kind !== "block" ? withoutLeadingMarkup(element.children) : element.children;
    const isSearched = (holding?.detecting.length ?? 0) > 0;
    const isUnruled = acting === undefined && view === undefined && looking === undefined && !isSearched;
    const inside = { rule: view, detecting, soft: isUnruled ? { exempt: cover.exempt } : undefined };
    if (isOpened) this.opened(element.children, path, { looking, detecting, acting: view, isExempt });
    else if (isWhole && kind === "strip" && !isRoot) this.emptied(element, path, view);
    else if (isWhole) this.whole(element, path, view);
    else if (acting === undefined) this.content(children, path, places, cover, inside);
    else if (kind === "pass") {
      this.content(children, path, places, { rule: undefined, exempt: true }, { ...inside, rule: undefined });
    } else this.content(children, path, places, { ...cover, rule: acting }, inside);
    this.pieces.push(element.end);
  }

  /** Whether no rule says anything of an element that would be decoded, and is no text. */
  private isUndecided(view: RuleView | undefined, places: readonly Place[], acting: number | undefined): boolean {
    const isFound = this.rules.detecting(places, acting).length > 0;
    return view === undefined && !isFound && this.rules.setting.unsupported !== "pass";
  }

  /** A text that is decoded; where that cannot be, `acting` is on its content, and the element stays. */
  private opened(children: readonly Content[], path: string, opening: Opening): void {
    const { acting } = opening;
    if (acting === this.rules.unmatched && acting?.action.kind === "block" && children.some(isMarkup)) {
      this.hole(acting, path, "", "<");
      return;
    }
    const raw = children.map((child) => (child.kind === "text" ? child.raw : "")).join("");
    if (isBlank(raw)) {
      this.pieces.push(raw);
      return;
    }
    const [, before, inner, space] = /^([ \t\r\n]*)([\s\S]*?)([ \t\r\n]*)$/.exec(raw)!;
    this.pieces.push(before!);
    const value = textOf(inner!);
    const view = this.viewOf(value, opening);
    this.secret(view, path, value);
    if (!view.finds && view.action.kind === "strip") this.pieces.push(space!);
    else this.hole(view, path, value, "<", space!);
  }

  private viewOf(value: string, { looking, detecting, acting, isExempt }: Opening): RuleView {
    const verdict = judgeText(Buffer.from(value), looking, this.rules.setting, isExempt);
    if (isReading(verdict)) return readingView(looking[0]!.view, verdict);
    const view = found(detecting, value) ?? acting;
    if (view !== undefined || detecting.length > 0) return view ?? passing;
    return undecided(this.rules.setting) ?? passing;
  }

  private unmatchedUnder({ exempt }: Cover): RuleView | undefined {
    return exempt ? undefined : this.rules.unmatched;
  }

  /** Content that is redacted as a whole. */
  private whole(element: Element, path: string, view: RuleView): void {
    this.inside(element, path, view);
    const isNested = element.children.some(({ kind }) => kind === "element");
    const hasMarkup = element.children.some(({ kind }) => kind === "markup");
    const raw = element.children.map((child) => (child.kind === "text" ? child.raw : "")).join("");
    if (isNested) this.hole(view, path, "", "<", "", true);
    else if (!isBlank(raw)) this.hole(view, path, textOf(raw), "<");
    else if (!hasMarkup) this.pieces.push(raw);
  }

  /** Content that is left out, whose element stays: white space that is all of it does, too. */
  private emptied(element: Element, path: string, view: RuleView): void {
    this.inside(element, path, view);
    const raw = element.children.map((child) => (child.kind === "text" ? child.raw : "<")).join("");
    if (isBlank(raw)) this.pieces.push(raw);
  }

  /** All values in the content. */
  private inside(element: Element, path: string, view: RuleView): void {
    const raw = element.children.map((child) => (child.kind === "text" ? child.raw : "")).join("");
    this.secret(view, path, textOf(raw).trim());
    for (const child of element.children) {
      if (child.kind !== "element") continue;
      const below = `${path}/${child.local}`;
      for (const { raw, quote, local } of child.attributes)
        this.secret(view, `${below}/@${local}`, attributeValue(raw, quote));
      this.inside(child, below, view);
    }
  }

  private attribute(
    attribute: Attribute,
    path: string,
    places: readonly Place[],
    cover: Cover,
    named: OnName | undefined,
  ): void {
    const { lead, local, quote, raw } = attribute;
    const location = `${path}/@${local}`;
    const isDeclaring = isNamespace(attribute);
    const inside = this.rules.step(places, `@${local}`);
    const acting = isDeclaring ? undefined : this.rules.acting(inside, cover, named);
    const plain = acting === undefined ? this.unmatchedUnder(cover) : this.rules.view(acting);
    const detecting = this.rules.detecting(inside, acting, named);
    const value = attributeValue(raw, quote);
    const looking = isDeclaring ? undefined : this.rules.lookingInto(inside, acting);
    if (looking !== undefined) {
      const isExempt = cover.exempt || plain?.action.kind === "pass";
      const opening = { looking, detecting, acting: plain, isExempt };
      const opened = value === "" ? plain : emptying(this.viewOf(value, opening), value);
      this.pieces.push(lead);
      if (opened) this.secret(opened, location, value);
      if (opened && (value !== "" || opened.action.kind === "block")) this.hole(opened, location, value, quote);
      else this.pieces.push(raw);
      this.pieces.push(quote);
      return;
    }
    const isUnruled = !isDeclaring && plain === undefined && (named?.detecting.length ?? 0) === 0;
    const softly = isUnruled ? this.rules.judgeSoftly(value, detecting, cover.exempt) : undefined;
    const later = plain && detecting.length > 0 ? emptying(plain, value) : plain;
    const searched = this.isPart && /^cid:/i.test(value) ? withoutHost(value) : value;
    const view = softly ?? found(detecting, searched, false, raw) ?? later;
    const kind = view?.finds ? "redact" : view?.action.kind;
    if (isDeclaring || view === undefined || (kind === "pass" && !view.reading)) {
      this.pieces.push(lead, raw, quote);
      return;
    }
    this.secret(view, location, value);
    if (kind === "strip") return;
    this.pieces.push(lead);
    if (value === "" && kind !== "block") this.pieces.push(raw);
    else this.hole(view, location, value, quote);
    this.pieces.push(quote);
  }

  private hole(rule: RuleView, location: string, value: string, quote: string, space = "", isEmptied = false): void {
    this.pieces.push({ rule, location, value, quote, space, isEmptied });
  }

  private secret(rule: RuleView, location: string, value: string): void {
    const inside = rule.reading?.secrets ?? [];
    this.secrets.push(...inside.map((secret) => ({ ...secret, location: location + secret.location })));
    if (hidesValues(rule) && value !== "") this.secrets.push({ rule, location, value });
  }
}
