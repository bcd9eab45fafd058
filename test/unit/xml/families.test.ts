// The payload families ISO 20022 and SOAP, each under a policy of its own: what it selects is gone, all else is as it was
// (an independent reader says so), however the body is cut; and under a policy that selects nothing in them each file goes
// through byte for byte.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { corpus, titleOf } from "../../support/corpora.ts";
import { Subject } from "./support.ts";

const quiet = new Subject({ rules: [{ name: "none", select: "xml://Frostglass", action: "redact" }] });

const iso20022 = {
  rules: [
    { name: "iban", select: "xml://IBAN", action: { tokenize: { format: "iban" } } },
    { name: "account", select: ["xml://Acct/Id/Othr/Id", "xml://Othr/Id"], action: { tokenize: { format: "opaque" } } },
    { name: "party", select: ["xml://Dbtr/Nm", "xml://Cdtr/Nm", "xml://Nm"], action: "redact" },
    { name: "address", select: "xml://PstlAdr", action: { mask: {} } },
    { name: "remittance", select: "xml://RmtInf", action: "strip" },
    { name: "amount", select: "xml://InstdAmt", action: { generalize: { number: 100 } } },
    { name: "currency", select: "xml://@Ccy", action: { truncate: { keepFirst: 1, keepLast: 0 } } },
    { name: "supplement", select: "xml://SplmtryData/*", action: "redact" },
  ],
};

const soap = {
  rules: [
    { name: "security", select: "xml:/Envelope/Header", action: { mask: {} } },
    { name: "names", select: ["xml://name", "xml://username", "xml://Name"], action: "redact" },
    { name: "leaves", select: "xml:/Envelope/Body/*/*", action: { hash: { length: 12 } } },
    { name: "types", select: "xml://@type", action: "strip" },
  ],
};

/** No XML, or not well-formed: refused by the filter and by the independent reader. */
const refused: Record<string, string> = {
  "Dummy__ref_element_should_have_correct_namespace.response.xml": "a multipart body, recorded without its headers",
  "getAttachments__should_handle_MTOM_response.response.xml": "a multipart body, recorded without its headers",
  "GET_DATA__should_work_with_more_deeply_nested_XML_messages_and_without_security.request.xml": "not well-formed",
  "addPets__force_namespaces.request.xml": "not well-formed",
};

const families: [folder: string, policy: object][] = [
  ["payloads/iso20022/moov", iso20022],
  ["payloads/iso20022/prowide", iso20022],
  ["payloads/soap", soap],
];

for (const [folder, policy] of families) {
  const path = corpus(folder);
  const files = path ? readdirSync(path).filter((name) => name.endsWith(".xml")) : [];
  describe.skipIf(!path)(titleOf(folder, folder), () => {
    const own = new Subject(policy);
    const denying = new Subject({ ...policy, unmatched: "redact" });
    test.each(files)("%s", (name) => {
      const bytes = readFileSync(join(path!, name));
      const untouched = quiet.run(bytes);
      expect(untouched.isRead).toBe(refused[name] === undefined);
      if (refused[name] !== undefined) {
        expect(untouched.error).toBe("xml_syntax");
        return;
      }
      expect(untouched.error).toBeUndefined();
      expect(Buffer.from(untouched.output).equals(bytes)).toBe(true);
      for (const subject of [own, denying]) {
        const whole = subject.run(bytes);
        expect(whole.error).toBeUndefined();
        expect(whole.faults).toEqual([]);
        for (const chunk of [1, 2, 7, 64, 1000]) {
          if (bytes.length / chunk > 20_000) continue;
          const cut = subject.run(bytes, chunk);
          expect(cut.error, String(chunk)).toBeUndefined();
          expect(Buffer.from(cut.output).equals(whole.output), String(chunk)).toBe(true);
        }
      }
    });
  });
}
