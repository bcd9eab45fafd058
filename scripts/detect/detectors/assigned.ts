// Secrets and passwords that only a name tells, a word, or a user in front of them: in configuration, code, logs, commands and sentences.

import type { Detector } from "../detector.ts";

/** What may stand around a name or a value: a quote, in JSON within a text an escaped one, in code one in brackets. */
export const QUOTE = "[\\[\\\\\\]]?[\"'`{|}]";
/** From a name to the sign that assigns: `"name":`, `name =`, `name =>`, `name :=`, `name ?=`, .... */
export const ASSIGN = `(?:${QUOTE})?[\\[\\\\\\]]? {0,3}(?:[?.+]?=>?|:{1,3}=?)`;
/** The same where the name is a value itself: `name="..." value=`, `"name": "...", "value":`. */
const PAIR = `(?:${QUOTE},?[\\t-\\r ]*|[\\t-\\r ]+)(?:${QUOTE})?value(?:${QUOTE})? ?[:=]`;
/** What is in front of `key` stands with its last letters alone, so that the first bytes of a match tell more. */
const SECRET_NAME =
  "(?:pass(?:wor[dt]|wd|phrase)|secret|token|credential|creds|auth[_-]?(?:token|key|secret)|(?:api|access|private|app|ient|ning|ption|ster)[_-]?key)[\\w-]*";
export const SECRET_CHARS = "A-Za-z0-9_.~+/%=\\-";
const PASSWORD_NAME =
  "(?:pass(?:word|wd|phrase)|pwd|passwort|contrase[\\u00c0-\\u1fff]a|mot de passe|_pass|kennwort|senha|wachtwoord|salasana|heslo)\\d?(?:[_-]?confirm(?:ation)?)?";
/** Of a password in a sentence: no blanks, no quotes, and nothing that stands between words or in paths. */
const PASSWORD_CHARS = "^\\s\"'`,:;<>(){}\\[\\]\\\\/|=";
/** One of at least so many characters, and another that a password may end with. */
const spoken = (least: number): string => `[${PASSWORD_CHARS}]{${least},}[A-Za-z0-9!#$%&*+@^~?-]`;
/** A password that a name is assigned, up to a blank, a quote or a separator. */
const ASSIGNED_PASSWORD = `(?:${ASSIGN}|${PAIR}) {0,3}(?:${QUOTE})?(?:[^\\s"',;&\\\\]|\\\\[^\\s"']){4,}`;
const PASSWORD_END = "^\\0\\s\"',;&\\\\";

export const assigned: readonly Detector[] = [
  {
    type: "GENERIC_SECRET",
    pattern: `${SECRET_NAME}(?:(?: string)?${ASSIGN}|>|${PAIR})[\\t-\\r ]*(?:${QUOTE})?[${SECRET_CHARS}]+`,
    assigned: true,
    min: 16,
    max: 512,
    left: "",
    right: SECRET_CHARS,
    check: "assigned-secret",
    score: 0.7,
    examples: {
      finds: [
        "api_key: '[[zaCELgL0imfnc8mVLWwsAawjYr4Rx]]'",
        "API_KEY=[[zaCELgL0imfnc8mVLWwsAawjYr4R==]]",
        "client_secret: [[Qw3rTy8UiOp2AsDf5Gh]]",
      ],
      ignores: ["zaCELgL0imfnc8mVLWwsAawjYr4Rx", "password: aaaaaaaaaaaaaaaaaaaa"],
    },
  },
  {
    type: "GENERIC_SECRET",
    pattern: `${SECRET_NAME}${QUOTE} ?, ?${QUOTE}[${SECRET_CHARS}]+`,
    value: SECRET_CHARS,
    min: 16,
    max: 512,
    left: "",
    right: SECRET_CHARS,
    check: "assigned-secret",
    score: 0.7,
    examples: {
      finds: ['System.setProperty("SHOP_TOKEN", "[[zaCELgL0imfnc8mVLWwsAawjYr4Rx]]")'],
      ignores: ['"token", "zaCELgL0imf"'],
    },
  },
  // Behind an option of a command, or in a sentence: digits between the letters, since names of things stand there too.
  {
    type: "GENERIC_SECRET",
    pattern: `${SECRET_NAME}(?: (?:is|was))? {1,2}(?:${QUOTE})?[${SECRET_CHARS}]{16,}`,
    value: SECRET_CHARS,
    max: 512,
    left: "",
    right: SECRET_CHARS,
    check: "random",
    score: 0.6,
    examples: {
      finds: [
        "tool --api-key [[8f14e45fceea167a5a36dedd4bea2543]] run",
        '--auth-token "[[8f14e45fceea167a5a36dedd4bea2543]]"',
        "the access token is [[zaCEL7gL0imfnc8mVLWwsAawjYr4Rx]], and",
      ],
      ignores: [
        "secret my-app-tls-2024-production created",
        "token endpoint: /v2/oauth2/token",
        "a token 2024-11-26T10:00:00Z",
        "secret kv/data/prod/db2/2024",
      ],
    },
  },
  {
    type: "PASSWORD",
    pattern: `${PASSWORD_NAME}>[^\\s<]{4,}`,
    assigned: true,
    max: 128,
    left: "",
    right: "^\\0<",
    check: "assigned-password",
    score: 0.75,
    examples: {
      finds: ["<dbPassword>[[hunter22]]</dbPassword>"],
      ignores: ["<password></password>", "password>4 letters"],
    },
  },
  {
    type: "PASSWORD",
    pattern: PASSWORD_NAME + ASSIGNED_PASSWORD,
    assigned: true,
    max: 128,
    left: "",
    right: PASSWORD_END,
    check: "assigned-password",
    score: 0.75,
    examples: {
      finds: [
        "password: [[hunter22]]",
        "password=[[a=b:c!]] next",
        "passwd => '[[hunter22]]'",
        "pwd: [[s3cret!]] next",
      ],
      ignores: ["password reset", "the password is gone"],
    },
  },
  // Names that words end with, or that mean something else as well.
  {
    type: "PASSWORD",
    pattern: `pw${ASSIGNED_PASSWORD}`,
    assigned: true,
    max: 128,
    left: "A-Za-z0-9",
    right: PASSWORD_END,
    check: "assigned-password",
    score: 0.7,
    examples: {
      finds: ['db_pw: "[[hunter22]]"', "pw=[[a=b:c!]] next", "root pw: [[hunter22]]"],
      ignores: ["stopw: word", "pw: null"],
    },
  },
  {
    type: "PASSWORD",
    pattern: `pass(?:${ASSIGN}|${PAIR}) {0,3}(?:${QUOTE})?${spoken(4)}`,
    value: PASSWORD_CHARS,
    max: 96,
    left: "A-Za-z0-9",
    right: "",
    check: "spoken-password",
    score: 0.6,
    examples: {
      finds: ["user=bob&pass=[[hunter2fish]]", '"user":"bob","pass":"[[W!nter2024]]"'],
      ignores: ["compass: north-1234", "pass: 12 of 14", "pass: yes", "pass=10,fail=2"],
    },
  },
  // The user in front of it, as curl has both: `-u shop:S3cret!pw`.
  {
    type: "PASSWORD",
    pattern: `(?:-u|--user)[ =]?["']?[A-Za-z0-9._@+-]{1,40}:${spoken(5)}`,
    value: PASSWORD_CHARS,
    max: 128,
    left: "\\w-",
    right: "",
    check: "spoken-password",
    score: 0.6,
    examples: {
      finds: ["curl -u bob:[[S3cret!pw]] https://x.example/", "curl --user 'bob:[[hunter2fish]]' x"],
      ignores: ["docker run -u 1000:100000 x", "chown -u app:staffgroup"],
    },
  },
  // In a sentence: "and her password Qr7!dke#39.", "with password 'Root2024$Secure'".
  {
    type: "PASSWORD",
    pattern: `(?:pass(?:word|code|phrase|wd)|pwd|passwort|contrase[\\u00c0-\\u1fff]a|mot de passe|kennwort|senha|wachtwoord)(?: (?:is|was|ist|war|est|es))? {1,2}["'\`{|}]?${spoken(5)}`,
    value: PASSWORD_CHARS,
    max: 96,
    right: "",
    check: "spoken-password",
    score: 0.6,
    examples: {
      finds: [
        "and her password [[Qr7!dke#39]].",
        "with password '[[Root2024$Secure]]' were",
        "the password was [[AtomicBomb9]], and",
        "user bob, password [[SecureLogin!]] .",
      ],
      ignores: [
        "password reset!",
        "password sha256",
        "password two-factor",
        "the password field1",
        "password re-entry/confirm",
        "your password must contain 8 characters",
        "password policy",
      ],
    },
  },
];
