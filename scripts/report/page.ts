/**
 * The frame of every HTML report: no script, nothing fetched, light or dark as the reader has it.
 *
 * Invariant: the content security policy forbids all but the page's own style; callers escape what they put in.
 */
import { escapeMarkup } from "./summary.ts";

const style = `
:root { color-scheme: light dark; --line: light-dark(#d9dee5, #343a44); --dim: light-dark(#5a6472, #9aa4b2);
  --ground: light-dark(#ffffff, #14171c); --text: light-dark(#1a1f27, #e4e8ee); --raised: light-dark(#f5f7f9, #1c2027);
  --good: light-dark(#0b6b35, #5fd08d); --bad: light-dark(#b3121f, #ff8088); --warn: light-dark(#7d5200, #e8b85a); }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1.25rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; margin: 0 0 1.25rem; }
dt { color: var(--dim); }
dd { margin: 0; overflow-wrap: anywhere; }
.summary { border-left: 4px solid; padding: .6rem .9rem; background: var(--raised); }
.frame { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .45rem .9rem .45rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; }
code { font: .92em ui-monospace, monospace; }
small { color: var(--dim); display: block; }
.ok { color: var(--good); } .LEAK, .FAIL { color: var(--bad); } .warn { color: var(--warn); }
`;

/** `body` and `more` (style of this report alone) are markup; `title` is text. */
export function page(title: string, more: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>${style}${more}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
