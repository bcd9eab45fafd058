/** Cluster names as the filter matches them: `*` is any run of characters, all else itself (assembly/filter/activation.ts). */
export function globMatches(glob: string, text: string): boolean {
  const pattern = glob.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`, "s").test(text);
}
