/**
 * The payload families of the corpora as bodies on the wire: their files, with the media type they travel under.
 * Square has no payload beside its licence; gRPC has the tests of its wire in test/unit/protobuf.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { parseRecordings } from "../../../scripts/replay/recording.ts";
import { corpora, corpus } from "../../support/corpora.ts";
import { unzip } from "../../support/zip.ts";

export interface Payload {
  name: string;
  headers: [string, string][];
  body: Uint8Array;
}

const root = join(corpora, "payloads");

export const payload = (name: string, type: string, body: Uint8Array | string): Payload => ({
  name,
  headers: [["content-type", type]],
  body: new Uint8Array(Buffer.from(body)),
});

function filesOf(folder: string, pattern: RegExp): [name: string, bytes: Buffer][] {
  if (!corpus(`payloads/${folder}`)) return [];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => [name, readFileSync(join(root, folder, name))]);
}

const linesOf = (folder: string, file: string) =>
  filesOf(folder, new RegExp(`^${file}$`)).flatMap(([, bytes]) =>
    bytes
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );

const fromBase64 = (chunks: string[]) => Buffer.concat(chunks.map((chunk) => Buffer.from(chunk, "base64")));

const documents = (folder: string, pattern = /\.json$/): Payload[] =>
  filesOf(folder, pattern).map(([name, bytes]) => payload(name, "application/json", bytes));

const xml = (folder: string): Payload[] =>
  filesOf(folder, /\.xml$/).map(([name, bytes]) => payload(name, "text/xml; charset=utf-8", bytes));

const paypal = (): Payload[] =>
  linesOf("paypal", "examples.jsonl").map(({ name, content_type, body }, index) =>
    payload(`${index} ${name}`, content_type, JSON.stringify(body, null, 2)),
  );

const sse = (): Payload[] =>
  filesOf("sse", /\.sse(\.gz)?$/).map(([name, bytes]) =>
    payload(name, "text/event-stream; charset=utf-8", name.endsWith(".gz") ? gunzipSync(bytes) : bytes),
  );

const form = (): Payload[] => [
  ...linesOf("form", "wpt_urlencoded.jsonl").map(({ input }, index) =>
    payload(`wpt ${index}`, "application/x-www-form-urlencoded", input),
  ),
  ...linesOf("form", "busboy_urlencoded.jsonl").map(({ what, chunks_b64 }) =>
    payload(`busboy ${what}`, "application/x-www-form-urlencoded", fromBase64(chunks_b64)),
  ),
];

/** Recorded without their headers, or with them: the boundary is where the recording tells it. */
function multipart(): Payload[] {
  const busboy = linesOf("multipart", "busboy_multipart.jsonl").map(({ what, boundary, chunks_b64 }, index) =>
    payload(`busboy ${index} ${what}`, `multipart/form-data; boundary=${boundary}`, fromBase64(chunks_b64)),
  );
  const yaml = new Map(filesOf("multipart", /\.yaml$/).map(([name, bytes]) => [name, bytes.toString()]));
  const files = filesOf("multipart", /\.http$/).flatMap(([name, bytes]) => {
    const told = /^boundary: (.*)$/m.exec(yaml.get(name.replace(/\.http$/, ".yaml")) ?? "")?.[1];
    if (told !== undefined) return [payload(name, `multipart/form-data; boundary=${told}`, bytes)];
    const text = bytes.toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    const type = /^content-type: *(multipart\/.*?)\r?$/im.exec(text.slice(0, end))?.[1];
    if (type !== undefined) return [payload(name, type, bytes.subarray(end + 4))];
    const boundary = /^--(\S+)\r\n/.exec(text)?.[1];
    return boundary === undefined ? [] : [payload(name, `multipart/form-data; boundary=${boundary}`, bytes)];
  });
  return [...busboy, ...files];
}

/** The requests that the archives and taps recorded, as whoever replays them sends them. */
const recorded = (folder: string, pattern: RegExp): Payload[] =>
  filesOf(folder, pattern).flatMap(([name, bytes]) =>
    parseRecordings(bytes.toString(), name).flatMap(({ request }, index) =>
      request.body === undefined
        ? []
        : [
            {
              name: `${name} ${index}`,
              headers: request.headers.map(([key, value]) => [key, value]),
              body: request.body,
            },
          ],
    ),
  ) as Payload[];

const graphql = (): Payload[] =>
  linesOf("graphql", "spec_blocks.jsonl").flatMap(({ lang, text }, index) =>
    lang === "json" ? [payload(`block ${index}`, "application/json", text)] : [],
  );

const xmltest = (): Payload[] =>
  filesOf("xml", /xmltest\.zip$/)
    .flatMap(([, bytes]) => [...unzip(bytes)])
    .filter(({ name }) => name.endsWith(".xml") && !basename(name).startsWith("."))
    .map(({ name, bytes }) => payload(name, "application/xml", bytes));

/** Documents a line each, as exports and batch interfaces send them. */
export const lines = (name: string, payloads: Payload[]): Payload =>
  payload(
    name,
    "application/x-ndjson",
    payloads.map(({ body }) => JSON.stringify(JSON.parse(Buffer.from(body).toString()))).join("\n"),
  );

export const compressed = ({ name, headers, body }: Payload): Payload => ({
  name,
  headers: [...headers, ["content-encoding", "gzip"]],
  body: new Uint8Array(gzipSync(body)),
});

/** A reader for each folder, or the reason why there is none here. */
export const families: Record<string, (() => Payload[]) | string> = {
  adyen: () => documents("adyen"),
  "envoy-tap": "samples of a trace in prose, one chunk of text; test/unit/replay/recording.test.ts reads traces",
  "fhir-r4": () => documents("fhir-r4"),
  form,
  "github-webhooks": () => documents("github-webhooks"),
  graphql,
  grpc: "runs in test/unit/protobuf/corpora.test.ts, by its descriptor sets",
  har: () => [...documents("har"), ...recorded("har", /\.har\.json$/)],
  iso20022: () => xml("iso20022"),
  multipart,
  paypal,
  soap: () => xml("soap"),
  square: "a licence, no payload",
  sse: () => [...documents("sse", /request\.json$/), ...sse()],
  stripe: () => documents("stripe"),
  xml: xmltest,
};

export const payloadsOf = (family: string): Payload[] => {
  const read = families[family];
  return typeof read === "function" && corpus(`payloads/${family}`) ? read() : [];
};

export const foldersOf = (): string[] => (corpus("payloads") ? readdirSync(root).sort() : []);
