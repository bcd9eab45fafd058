/**
 * The cases of the folder http-abuse that have a body, as requests. Attack strings without a request of their own are put
 * where the corpus says they go: into a query, a form, a part, a member of JSON, an element of XML or SOAP.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { corpora, corpus } from "../../support/corpora.ts";
import type { Payload } from "./payloads.ts";

const folder = "http-abuse";

function linesOf(file: string) {
  if (!corpus(folder)) return [];
  const text = readFileSync(join(corpora, folder, file), "utf8").trim();
  return text.split("\n").map((line) => JSON.parse(line));
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const contentType = (type: string): [string, string][] => [["content-type", type]];

/** Requests as they were recorded; the content-type is what parsers are told, the other headers are noise. */
const recorded = (file: string): Payload[] =>
  linesOf(file).flatMap(({ headers, data_b64, body_b64 }, index) => {
    const data = data_b64 ?? body_b64;
    const type = headers?.["Content-Type"];
    if (!data) return [];
    const told = typeof type === "string" ? contentType(type) : [];
    return [{ name: String(index), headers: told, body: new Uint8Array(Buffer.from(data, "base64")) }];
  });

const own = (): Payload[] =>
  linesOf("own_wire_cases.jsonl").map(({ name, headers, body_b64 }) => ({
    name,
    headers,
    body: new Uint8Array(Buffer.from(body_b64, "base64")),
  }));

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const soap = (inside: string) =>
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><a>${inside}</a></s:Body></s:Envelope>`;

/** What an attack string becomes where the corpus puts it; places without a body are headers and paths. */
const places: Record<string, (text: string) => [type: string, body: string]> = {
  HTMLForm: (text) => ["application/x-www-form-urlencoded", `a=${encodeURIComponent(text)}`],
  HTMLMultipartForm: (text) => [
    "multipart/form-data; boundary=x",
    `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text}\r\n--x--\r\n`,
  ],
  JSONRequest: (text) => ["application/json", JSON.stringify({ a: text })],
  GraphQL: (text) => ["application/json", text],
  SOAPBody: (text) => ["application/soap+xml", soap(escaped(text))],
  XMLBody: (text) => ["text/xml", text],
};

const attacks = (): Payload[] =>
  linesOf("gotestwaf_payloads.jsonl").flatMap(({ payload, encoders, placeholders, template }, index) =>
    (placeholders as string[]).flatMap((place) => {
      const text: string = encoders[0] === "Base64Flat" ? Buffer.from(payload).toString("base64") : payload;
      if (place === "RawRequest") {
        const told = Object.entries<string>(template.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
        const body = bytes(String(template.body).replaceAll("{{payload}}", payload));
        return [{ name: `${index} ${place}`, headers: told as [string, string][], body }];
      }
      const rendered = places[place]?.(text);
      if (rendered === undefined) return [];
      return [{ name: `${index} ${place}`, headers: contentType(rendered[0]), body: bytes(rendered[1]) }];
    }),
  );

export const abuse: Record<string, () => Payload[]> = {
  "own_wire_cases.jsonl": own,
  "crs_body_cases.jsonl": () => recorded("crs_body_cases.jsonl"),
  "modsecurity_body_cases.jsonl": () => recorded("modsecurity_body_cases.jsonl"),
  "gotestwaf_payloads.jsonl": attacks,
};
