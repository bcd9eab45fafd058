// What `--help` says of each command and subcommand, without a process for each.

import { Command } from "commander";
import { readPage } from "./pages.ts";

export interface Help {
  /** `token mint`. */
  name: string;
  text: string;
  /** Long names of options, with their dashes. */
  options: readonly string[];
}

/** The commands of the README's table, in its order. */
export const documented: readonly string[] = [
  ...new Set([...readPage("README.md").text.matchAll(/^\| `(\w+)[^|]*\| .* \| 0/gm)].map(([, name]) => name!)),
];

const program = new Command("frostglass");
for (const name of documented) {
  const { register } = (await import(`../../../scripts/${name}.ts`)) as { register(program: Command): void };
  register(program);
}

/** Those that the help of a command lists, but for `help` itself. */
const shownIn = (command: Command): readonly Command[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== "help");

function helpOf(command: Command, above: string): Help[] {
  const name = `${above} ${command.name()}`.trim();
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  const options = ["--help", ...command.options.flatMap(({ long }) => long ?? [])];
  return [{ name, text, options }, ...shownIn(command).flatMap((child) => helpOf(child, name))];
}

export const helps: readonly Help[] = shownIn(program).flatMap((command) => helpOf(command, ""));
