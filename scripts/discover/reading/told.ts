/**
 * Names that stand in values (docs/internals.md): {"name": "cvv", "value": "737"} has a field `cvv`, selected by that name.
 *
 * Invariant: a text is told as a name only where the presets know it as one, so that no value becomes a name.
 */
import { LONGEST_TOLD, nameIn, nameTold, stepsOfName } from "../../policy/name-path.ts";
import { forms } from "../../policy/spelling.ts";
import { isTelling, kindOf } from "../evidence.ts";

/** What tells a field in place of where it stands. */
export interface ToldName {
  /** Behind `named:`. */
  readonly expression: string;
  readonly names: readonly string[];
}

/** The name that a text tells; undefined where it is none that says what it holds. */
export function toldName(text: string): ToldName | undefined {
  if (text.length > LONGEST_TOLD) return undefined;
  const name = nameTold(text);
  const steps = stepsOfName(name) ?? [nameIn(name)];
  const own = steps.at(-1);
  if (
    own === undefined ||
    kindOf({ direction: "request", place: "named", expression: "", names: steps }) === undefined
  ) {
    return undefined;
  }
  const parents = isTelling(own) ? [] : steps.slice(-2, -1);
  const written = [...parents, own].map(writtenName);
  const [only] = written;
  if (written.includes(undefined)) return undefined;
  return {
    expression: written.length === 1 && only!.startsWith("~") ? only! : written.map((one) => `[${one}]`).join(""),
    names: steps,
  };
}

/** The name in all its spellings, if it is one of them, else as it stands; undefined where no selector can say it. */
function writtenName(name: string): string | undefined {
  const parts = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  const words = parts.match(/[a-z0-9]+/g)?.join(" ") ?? "";
  const isSpelling =
    /^[a-z]/.test(words) &&
    [name, /[ -]/.test(name) ? name.toLowerCase() : name].some((one) => forms(words).includes(one));
  if (isSpelling) return `~'${words}'`;
  return /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name) ? `'${name}'` : undefined;
}
