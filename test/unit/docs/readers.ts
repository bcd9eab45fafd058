/**
 * What a reader has who follows a page: the files that it names, of its own, in a folder.
 *
 * Absolute paths of a page are below that folder, and hosts that answer are on loopback; whatever else a page says is taken as
 * it stands.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AuditLog } from "../../../scripts/audit/log.ts";
import { SealKey } from "../../../scripts/audit/seal.ts";
import { packageRoot } from "../../../scripts/wasm.ts";
import { manifest, publicGateway } from "../../support/manifests.ts";
import { keyText, writeSession } from "../audit/support.ts";
import { descriptors } from "./descriptors.ts";
import { readPage } from "./pages.ts";
import type { Statement } from "./statements.ts";

const hex = "0f".repeat(32);
export const environment = { FROSTGLASS_KEY: hex, FROSTGLASS_TOKEN_KEY: hex, FROSTGLASS_AUDIT_KEY: keyText };

const order = { card: { number: "4111 1111 1111 1111", cvc: "737" }, customer: { email: "ann@shop.example" } };
const exchange = (body: object) =>
  `${JSON.stringify({ request: { method: "POST", path: "/orders", headers: [["content-type", "application/json"]], body: JSON.stringify(body) } })}\n`;
const har = {
  log: {
    version: "1.2",
    creator: { name: "reader", version: "1" },
    entries: [
      {
        request: {
          method: "POST",
          url: "https://shop.example/orders",
          headers: [{ name: "content-type", value: "application/json" }],
          postData: { mimeType: "application/json", text: JSON.stringify(order) },
        },
        response: { status: 204, headers: [], content: { size: 0 } },
      },
    ],
  },
};
const openapi = {
  openapi: "3.0.3",
  info: { title: "shop", version: "1" },
  paths: {
    "/orders": {
      post: {
        requestBody: {
          content: { "application/json": { schema: { type: "object", properties: { passport: { type: "string" } } } } },
        },
        responses: { 200: { description: "created" } },
      },
    },
  },
};
const access = {
  time: "2026-03-02T14:05:30.000Z",
  "http.response.status_code": 200,
  "frostglass.outcome": "forwarded",
};

const pan = { name: "pan", select: "json:$..card.number", action: { tokenize: { format: "pan", keepFirst: 6 } } };
const policyWith = (name: string, rest: object = {}) => ({
  name,
  activation: { verify: "jwt", jwt: { algorithm: "HS256", key: { env: "FROSTGLASS_TOKEN_KEY" }, audience: "edge" } },
  ...rest,
  rules: [pan],
});

/** What a page calls `policy.json` or says of an activation, in the block of JSON on it. */
const fragmentOf = (page: string) =>
  JSON.parse(`{${readPage(page).blocks.find(({ language }) => language === "json")!.text}}`) as object;

/** A recording of gRPC as the page shows it, whose dots stand for an empty message. */
const call = () =>
  readPage("docs/grpc.md")
    .blocks.find(({ text }) => text.startsWith('{"request"'))!
    .text.replaceAll(/\n */g, " ")
    .replace('"..."', '"AAAAAAA="');

const number = Buffer.from("4111111111111111");
/** A shop.Payment with a card, the second field, that has a number, the first. */
const paid = Buffer.concat([Buffer.from([0, 0, 0, 0, 20, 0x12, 18, 0x0a, 16]), number]);

type Files = Record<string, string | object | Uint8Array>;

const recordings = { "recordings/day.ndjson": exchange(order) };
const discovered = { ...recordings, "policies/orders.json": policyWith("orders"), "openapi.yaml": openapi };

/** The files of each page's reader, by the names that the page says. */
export const filesOf: Record<string, () => Files> = {
  "README.md": () => ({
    ...discovered,
    "deploy/frostglass.yaml": manifest(policyWith("orders"), "--target", "istio-envoyfilter", "--attach", "gateway"),
  }),
  "docs/audit.md": () => ({
    "checkout.json": policyWith("checkout"),
    "var/log/envoy/frostglass.json": `${JSON.stringify({ ...access, "frostglass.policy": "checkout" })}\n`,
  }),
  "docs/break-glass.md": () => ({ "checkout.json": policyWith("checkout") }),
  "docs/detectors.md": () => ({}),
  "docs/discover.md": () => ({ ...discovered, "new.ndjson": exchange({ ...order, passport: "C01X00T47" }) }),
  "docs/grpc.md": () => ({ "shop.binpb": descriptors, "recordings/grpc.ndjson": call() }),
  "docs/istio.md": () => ({
    "policy.json": policyWith("orders", fragmentOf("docs/istio.md")),
    "gateway.yaml": publicGateway,
  }),
  "--help": () => ({
    ...discovered,
    "body.json": order,
    "p.json": policyWith("p"),
    "policy.json": policyWith("policy"),
    "traffic.har": har,
    "shop.binpb": descriptors,
    "recordings/grpc.ndjson": call(),
    "recordings/new.ndjson": exchange({ ...order, passport: "C01X00T47" }),
  }),
};

/** Writes them into a folder, with the sample policies and those folders that the reader's programs make. */
export function write(folder: string, files: Files): void {
  cpSync(join(packageRoot, "policies"), join(folder, "policies"), { recursive: true });
  mkdirSync(join(folder, "var/lib/frostglass"), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    const isText = typeof content === "string" || content instanceof Uint8Array;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, isText ? content : JSON.stringify(content));
  }
}

/** What has happened meanwhile, where a page tells of a later time: by the beginning of the command. */
export const meanwhile: Record<string, (folder: string) => unknown> = {
  "npx frostglass audit verify session.jsonl": (folder) =>
    writeSession(join(folder, "session.jsonl"), { session: "s-1" }),
  "npx frostglass audit close session.jsonl": (folder) => beginLog(join(folder, "session.jsonl")),
  "npx frostglass audit ingest": (folder) => rmSync(join(folder, "session.jsonl"), { force: true }),
  "npx frostglass audit verify --open": (folder) => beginLog(join(folder, "var/lib/frostglass/audit.ndjson")),
  // The service has got a card since, of which the policy does not know.
  "npx frostglass discover --policy shop.json": (folder) => {
    const policy = policyWith("shop", { protobuf: { descriptors: "./shop.binpb" } });
    writeFileSync(join(folder, "shop.json"), JSON.stringify(policy));
    writeFileSync(join(folder, "recordings/grpc.ndjson"), call().replace("AAAAAAQKAmEx", paid.toString("base64")));
  },
};

/** A log that still runs. */
async function beginLog(file: string): Promise<void> {
  rmSync(file, { force: true });
  const log = await AuditLog.open(file, { writer: "session", key: SealKey.parse(keyText) });
  await log.append("tunnel.refused", { code: "token_ended" });
  await log.close();
}

/** A command as this machine runs it. */
export const here = ({ exports, text }: Statement, folder: string, collector: string): string =>
  [...exports, text]
    .join("\n")
    .replaceAll("/var/", `${folder}/var/`)
    .replaceAll("https://collector:4318/v1/logs", collector)
    // "and so on": the options of the line above.
    .replace(
      " ... ",
      " --host orders.shop.svc.cluster.local --name orders --namespace shop --gateway istio-system/public ",
    );
