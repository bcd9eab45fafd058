/** The policies of the benchmark. Descendant selectors make the engine compare every member name of every document. */
export const active = {
  rules: [
    { name: "pan", select: "json:$..card.number", action: { mask: { keepLast: 4 } } },
    { name: "cvc", select: "json:$..card.cvc", action: "strip" },
    { name: "mail", select: "json:$.customer.email", action: "redact" },
    { name: "note", select: "json:$.items[*].note", action: "redact" },
  ],
};

/** The same rules with each path written out: all else is skipped without a look at its names. */
export const activeByPath = {
  rules: active.rules.map((rule) => ({ ...rule, select: rule.select.replace("..", ".") })),
};

/** The baseline: every byte is read and checked, nothing can be selected. */
export const inactive = { rules: [{ name: "nothing", select: "json:$.selects.nothing", action: "strip" }] };
