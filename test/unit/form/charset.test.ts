import { describe, expect, it } from "vitest";
import { Filter } from "../../support/engine-filter.ts";
import { binaryOf } from "../../support/engine-policy.ts";

/** Fields of which the rest of the body says in what charset it is (WHATWG HTML, 4.10.21.4), under rules by name and everywhere. */
const byName = { name: "x", select: ["form:x", "multipart:x"], action: "redact" } as const;
const everywhere = { name: "any", select: "any:", detect: ["CREDIT_CARD"], action: "redact" } as const;
const policies = { "by name": [byName], everywhere: [byName, everywhere] };

const part = (name: string, value: string): string =>
  `--X\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--X--\r\n`;
const types = {
  form: "application/x-www-form-urlencoded",
  parts: "multipart/form-data; boundary=X",
};

describe.each(Object.entries(policies))("_charset_ under rules %s", (_, rules) => {
  const filter = new Filter();
  filter.use(binaryOf({ rules: [...rules] }));
  const outcome = (body: string, type: string, chunk?: number) =>
    filter.rewrite(Buffer.from(body), chunk, type).error ?? "forwarded";

  it.each([undefined, 1, 7])("that contains ASCII passes, any other is refused (in pieces of %s)", (chunk) => {
    for (const charset of ["utf-8", "UTF-8", "iso-8859-1", ""]) {
      expect(outcome(`_charset_=${charset}&a=1`, types.form, chunk), charset).toBe("forwarded");
      expect(outcome(part("_charset_", charset), types.parts, chunk), charset).toBe("forwarded");
    }
    for (const charset of ["utf-16", "utf-7", "ibm037", "4111111111111111"]) {
      expect(outcome(`_charset_=${charset}&a=1`, types.form, chunk), charset).toBe("unsupported_charset");
      expect(outcome(part("_charset_", charset), types.parts, chunk), charset).toBe("unsupported_charset");
    }
  });

  it.each(["%5Fcharset_", "+_charset_", "%20_charset_"])("however its name is spelled: %s", (name) => {
    expect(outcome(`${name}=utf-16&a=1`, types.form)).toMatch(/^(unsupported_charset|form_name)$/);
    expect(outcome(`${name}=utf-8&a=1`, types.form)).toBe("forwarded");
  });

  it("a part's name with an escape is one of two", () => {
    expect(outcome(part("%5Fcharset_", "utf-16"), types.parts)).toBe("unsupported_charset");
  });
});
