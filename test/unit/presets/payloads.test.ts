// Presets over payloads in the shapes of large APIs: what is sensitive goes, and its lookalikes stay, name by name.
import { beforeAll, describe, expect, test } from "vitest";
import type { Plugin } from "../../../scripts/host/index.ts";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { PRESETS } from "../../../scripts/presets/presets.ts";
import { bodyOf, machine, send } from "../filter/support.ts";
import { gone, payloads, stay } from "./payloads.ts";

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** Paths of the texts that are this one. */
function pathsOf(value: Json, text: string, path = ""): string[] {
  if (typeof value !== "object" || value === null) return value === text ? [path] : [];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, text, `${path}.${name}`));
}

describe.each(PRESETS.map(({ name }) => name))("%s", (preset) => {
  let plugin: Plugin;
  beforeAll(() => {
    const settings = { activation: { always: true }, keys: { root: { env: "FROSTGLASS_KEY" } } };
    const text = JSON.stringify({ name: "payloads", extends: [preset], ...settings });
    plugin = machine().vm.plugin("payloads", compilePolicy({ path: "payloads.json", text }).compiled!.binary);
  });

  test.each(payloads.filter((one) => one.preset === preset).map((one) => [one.title, one.value] as const))(
    "%s",
    (_, value) => {
      const left = JSON.parse(bodyOf(send(plugin, { body: JSON.stringify(value) })) || "null") as Json;
      expect(pathsOf(left, gone)).toEqual([]);
      expect(pathsOf(left, stay)).toEqual(pathsOf(value as Json, stay));
    },
  );
});
