// How to reach a person or a machine: addresses of mail, networks, devices and places on the web, telephone numbers.

import type { Detector } from "../detector.ts";
import { TOP_LEVEL_DOMAINS } from "./domains.ts";
import { PHONE_WORDS } from "./phone-words.ts";

/** Letters beyond ASCII, roughly: without signs, spaces and punctuation. */
const WIDE = "\\u00c0-\\u1fff\\u2c00-\\u2fef\\u3040-\\ud7ff\\uf900-\\uffef\\u{10000}-\\u{1ffff}";
const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|0\\d\\d|[1-9]?\\d)";
const V4 = `(?:${OCTET}\\.){3}${OCTET}`;
const HEX = "[0-9a-f]{1,4}";
const V6 = `(?:(?:${HEX}:){7}${HEX}|${Array.from({ length: 7 }, (_, left) => `(?:${HEX}:){${left + 1}}${left === 6 ? ":" : `(?::${HEX}){1,${6 - left}}`}`).join("|")}|(?:${HEX}:){1,6}:|:(?::${HEX}){1,7}|(?:${HEX}:){1,5}:(?:${HEX}:){0,4}${V4}|(?:${HEX}:){6}${V4}|::(?:ffff(?::0{1,4})?:)?${V4})(?:%[0-9a-z.]{1,16})?(?:/(?:12[0-8]|1[01]\\d|\\d{1,2}))?`;
const TLD = `(?:${TOP_LEVEL_DOMAINS.join("|")})`;
const DOMAIN = `(?:[a-z0-9${WIDE}-]+\\.)+[a-z${WIDE}][a-z0-9${WIDE}-]+`;

/** What follows the host of an address of the web. */
const TAIL = `[/?#][\\w${WIDE}!#$%&*+,./:;=?@~()-]*[\\w${WIDE}#$%&*+/=@~-]`;

export const contact: readonly Detector[] = [
  {
    type: "EMAIL_ADDRESS",
    // Without "=": in front of an address it ends a name ("email=ann@example.org") far more often than it stands in one.
    lead: { run: `\\w.!#$%&'*+\\/?^\`{\\|}~${WIDE}-`, max: 64, pivot: "@" },
    left: "\\w",
    right: "\\w@",
    pattern: `[\\w!#$%&*+~${WIDE}][\\w.!#$%&'*+\\/?^\`{|}~${WIDE}-]*@${DOMAIN}`,
    max: 320,
    check: "email",
    score: 0.95,
    examples: {
      finds: [
        "mail [[jane.doe+shop@example.co.uk]] now",
        "<[[x@x.au]]>",
        "Zoë: [[zoë@exämple.org]].",
        "mailto:[[a_b-c@mail.example.com]],",
        "[[info@presidio.site]]",
        "email=[[jane@example.com]]&x=1",
      ],
      ignores: ["@example.com", "jane@localhost", "a..b@example.com", "jane@example..com", "x@-example.com"],
    },
  },
  {
    // An address inside the local part of another one, as lists write the receiver of a message into its return path.
    type: "EMAIL_ADDRESS",
    lead: { run: "\\w.+-", max: 64, pivot: "=" },
    left: "\\w",
    right: "\\w@",
    pattern: `\\w[\\w.-]*\\+[\\w.+-]*=(?:[a-z0-9-]+\\.)+[a-z]{2,}@${DOMAIN}`,
    max: 320,
    check: "email",
    score: 0.95,
    examples: {
      finds: ["from [[bounce+jane=example.com@lists.example.org]]"],
      ignores: ["bounce+jane=example@", "a+b=c"],
    },
  },
  {
    type: "URL",
    pattern: `(?:https?|ftps?|wss?)://(?:[\\w${WIDE}%~-]*[.:@][\\w${WIDE}.:@%~-]*(?:${TAIL})?[/?=]?|[\\w${WIDE}%~-]+(?:${TAIL}[/?=]?|[/?]))`,
    max: 2048,
    right: "",
    left: "\\w",
    score: 0.85,
    examples: {
      finds: [
        "see [[https://www.example.com/a/b?c=d#e]].",
        "([[http://presidio.site]])",
        "'[[https://example.org/]]'",
        "[[ftp://files.example.net/x]]",
        "[[http://localhost:8080]] or [[http://intranet/]]",
      ],
      ignores: ["http://intranet", "http:/example", "https://", "xhttp://a.b"],
    },
  },
  {
    type: "URL",
    lead: { run: "a-z0-9-", max: 63, pivot: "." },
    // Behind www no word is meant, whatever the domain.
    pattern: `(?:[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.${TLD}|www(?:\\.[a-z0-9-]+)+\\.[a-z]{2,18})(?:/[\\w!#$%&*+,./:;=?@~()-]*[\\w#$%&*+/=@~-])?`,
    max: 1024,
    left: "\\w.@\\/+=&%#~-",
    right: "\\w@-",
    score: 0.55,
    examples: {
      finds: ["visit [[example.com]] or", "[[www.example.co.uk/path]].", "[[microsoft.com]]", "[[www.ferrovie.it]]"],
      ignores: ["www.microsoft", "end.Then", "jane@example.com", "file.txt", "version 1.2.3"],
    },
  },
  {
    type: "URL_WITH_CREDENTIALS",
    lead: { run: "a-z0-9+.-", max: 20, pivot: ":" },
    pattern: "[a-z][a-z0-9+.-]*://[^\\s:/@]*:[^\\s/@]+@[\\w.-]+(?::\\d{1,5})?",
    max: 600,
    right: "\\w",
    score: 0.95,
    examples: {
      finds: ["[[postgres://admin:s3cr3t@db.internal:5432]]/prod", "[[https://bob:pw@example.com]]"],
      ignores: ["https://example.com:8080/x", "postgres://db.internal/prod"],
    },
  },
  {
    type: "IP_ADDRESS",
    pattern: `${V4}(?:/(?:3[0-2]|[0-2]?\\d))?`,
    left: "\\w.",
    right: "\\w",
    score: 0.8,
    examples: {
      finds: ["from [[192.168.0.1]]", "[[10.0.0.0/8]] net", "ip=[[8.8.8.8]]."],
      ignores: ["256.1.1.1", "1.2.3", "999.168.0.1", "v1.2.3.4"],
    },
  },
  {
    type: "IP_ADDRESS",
    pattern: V6,
    left: "\\w:",
    right: "\\w:%",
    notDecimal: true,
    score: 0.85,
    examples: {
      finds: [
        "[[2001:db8::8a2e:370:7334]]",
        "[[::1]] is home",
        "[[fe80::1ff:fe23:4567:890a%eth2]]",
        "[[::ffff:192.0.2.1]]",
        "[[2001:0db8:85a3:0000:0000:8a2e:0370:7334]]",
      ],
      ignores: ["12:34:56", "a::b::c", "::"],
    },
  },
  {
    // Behind a name and a colon, which could be a part of it.
    type: "IP_ADDRESS",
    pattern: `(?:ip|ipv6|ip6|addr|address|host|peer|src|dst|from):${V6}`,
    assigned: true,
    left: "",
    right: "\\w:%",
    notDecimal: true,
    score: 0.85,
    examples: {
      finds: ["client_ip:[[2001:db8::8a2e:370:7334]]", "ip:[[3c98:b4fd:eeed:3d10:5319:863d:f083:4dfd]]"],
      ignores: ["ip:12:34:56", "ip:none"],
    },
  },
  {
    type: "IP_ADDRESS",
    pattern: "::(?:/\\d{1,3})?",
    left: "\\w:",
    right: "\\w:.",
    score: 0.2,
    contextScore: 0.6,
    context: ["ip", "ipv6", "address", "src", "dst", "listen", "bind"],
    examples: { finds: ["listen on [[::]] now"], ignores: ["std::vector", "x :: y"] },
  },
  {
    type: "MAC_ADDRESS",
    pattern:
      "(?:[0-9a-f]{2}(?:(?::[0-9a-f]{2}){5}(?:(?::[0-9a-f]{2}){2})?|(?:-[0-9a-f]{2}){5}(?:(?:-[0-9a-f]{2}){2})?)|[0-9a-f]{4}\\.[0-9a-f]{4}\\.[0-9a-f]{4})",
    left: "\\w:.-",
    right: "\\w:-",
    check: "mac",
    score: 0.85,
    examples: {
      finds: [
        "mac [[00:1A:2B:3C:4D:5E]]",
        "[[00-1a-2b-3c-4d-5e]]",
        "[[001A.2B3C.4D5E]]",
        "EUI-64 [[00:1A:2B:FF:FE:3C:4D:5E]]",
      ],
      ignores: [
        "00:1A-2B:3C-4D:5E",
        "00:1A:2B:3C:4D",
        "00:1A:2B:3C:4D:5E:6F",
        "ff:ff:ff:ff:ff:ff",
        "00-00-00-00-00-00",
      ],
    },
  },
  {
    type: "MAC_ADDRESS",
    pattern: "[0-9a-f]{2}(?: [0-9a-f]{2}){5}(?:(?: [0-9a-f]{2}){2})?",
    check: "mac",
    score: 0.2,
    contextScore: 0.8,
    context: ["mac", "ethernet", "wlan", "hwaddr", "hardware address", "bssid", "physical address"],
    examples: {
      finds: ["MAC [[00 1A 2B 3C 4D 5E]]", "bssid: [[a9 c5 d4 9f eb d3 b6 65]]"],
      ignores: ["00 1A 2B 3C 4D 5E", "mac 00 1A 2B"],
    },
  },
  {
    type: "PHONE_NUMBER",
    pattern: "(?:\\(?\\+\\(?|00|011[ -]?)[1-9][\\d ./()-]{5,}\\d(?:(?: ?x| ?ext\\.? ?|;ext=)\\d{1,5})?",
    max: 36,
    left: "\\w+",
    check: "phone",
    score: 0.75,
    contextScore: 0.9,
    context: PHONE_WORDS,
    examples: {
      finds: [
        "call [[+49 (0)30 1234-5678]]",
        "[[+14155550132]]",
        "[[001-518-640-0854]]",
        "[[+1-903-140-4508x769]]",
        "[[+55 11 98456 5666]]",
        "call [[(+30) 6920 547620]]",
        "ref: [[+(370) 66506827]]",
      ],
      ignores: ["+1 2", "+12345", "+0 1234 5678"],
    },
  },
  {
    type: "PHONE_NUMBER",
    pattern:
      "(?:1[ .-]?)?(?:\\([2-9]\\d{2}\\) ?\\d{3}[ .-]?|[2-9]\\d{2}[ ./-]\\d{3}[ .-])\\d{4}(?:(?: ?x| ?ext\\.? ?)\\d{1,5})?",
    left: "\\w.+-",
    right: "\\w",
    notDecimal: true,
    score: 0.7,
    contextScore: 0.9,
    context: PHONE_WORDS,
    examples: {
      finds: [
        "[[541-714-1388]]",
        "US [[(415) 555-0132]], ok",
        "[[259.735.7502x459]]",
        "[[(579)888-3058]]",
        "[[(415) 5550132]]",
        "[[415/555-0132]]",
      ],
      ignores: ["141-555-0132", "415-555-013", "115 555 0132"],
    },
  },
  {
    type: "PHONE_NUMBER",
    pattern: "\\(?0\\d[\\d ./()-]*\\d",
    min: 9,
    max: 20,
    left: "\\w.+/-",
    right: "\\w/",
    check: "national-phone",
    notDecimal: true,
    score: 0.55,
    contextScore: 0.85,
    context: PHONE_WORDS,
    examples: {
      finds: [
        "[[030 1234567]] bitte",
        "[[0490 75 40 81]]",
        "[[03.93.92.16.85]]",
        "[[079 0442 1744]]",
        "[[056 590 36 33]]",
      ],
      ignores: ["01.02.2024", "0 12", "012/05/2024", "000000001", "00071015523"],
    },
  },
  // Forms of one country or a few, which nothing else is written in.
  {
    type: "PHONE_NUMBER",
    pattern:
      "(?:(?:0\\d )?\\([1-9]\\d\\) ?9?\\d{4}[ -]\\d{4}|8 ?\\(\\d{3}\\) ?\\d{3}[ -]\\d{2}[ -]\\d{2}|0 \\d{2,3} \\d{3} \\d{2} \\d{2}|0[1-9]\\d{1,3}/\\d{6,8})",
    left: "\\w.+/-",
    right: "\\w/",
    notDecimal: true,
    score: 0.6,
    contextScore: 0.85,
    context: PHONE_WORDS,
    examples: {
      finds: [
        "[[(11) 96123-4567]] ou por escrito",
        "[[(33) 3461 2234]] and [[01 (33) 3461 2234]]",
        "([[8 (918) 065-86-74]])",
        "value=[[0 32 343 62 08]]",
        "[[04790/67982703]]",
      ],
      ignores: ["(11) 2019-20", "0 32 343 62"],
    },
  },
  {
    type: "PHONE_NUMBER",
    pattern: "\\(?\\d[\\d ./()-]*\\d",
    min: 7,
    max: 20,
    left: "\\w.+/-",
    right: "\\w/",
    check: "local-phone",
    notDecimal: true,
    score: 0,
    // Below what finds its own word: "licence number" is no word of telephones alone.
    contextScore: 0.55,
    context: PHONE_WORDS,
    examples: {
      finds: [
        "My CN number is [[13812345678]]",
        "phone [[9472 7916]]",
        "celular: [[(11) 96123-4567]]",
        "我的手机号是[[131 2345 6789]]",
        "тел.: [[8 (912) 345-67-89]]",
        "call [[(99) 645-791]]",
        "tel [[450 0840]]",
        "they are not answering at [[(37) 788-063]]",
        "no messages to [[655 437 108]]",
      ],
      ignores: ["9472 7916", "pieces 450 0840", "phone 12 34", "order number 0000012345", "number is 853-37-1694"],
    },
  },
  {
    type: "TR_PHONE_NUMBER",
    pattern: "(?:\\+90[ -]?|0[ -]?)?\\(?[2-5][\\d .()-]*\\d",
    min: 10,
    max: 22,
    check: "tr-phone",
    left: "\\w+",
    score: 0.3,
    contextScore: 0.85,
    context: ["telefon", "cep", "gsm", "phone", "numara"],
    examples: {
      finds: ["cep no [[0532 123 45 67]]", "telefon [[+90 532 123 45 67]]"],
      ignores: ["5321234567", "cep 532 123 45"],
    },
  },
  {
    type: "PH_MOBILE_NUMBER",
    pattern: "(?:\\+?63[ -]?|0[ -]?)\\(?9[\\d ()-]*\\d",
    min: 11,
    max: 22,
    check: "ph-mobile",
    left: "\\w+",
    score: 0.45,
    contextScore: 0.85,
    context: ["mobile", "cell", "cp", "globe", "smart", "phone", "number"],
    examples: {
      finds: ["mobile [[+63 917 123 4567]]", "cell: [[09171234567]]"],
      ignores: ["917 123 4567", "cell 0917 123"],
    },
  },
];
