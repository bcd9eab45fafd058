/**
 * A certificate authority as a program, for `--ca command:`: it reads one question, answers it, and keeps what it must
 * know for the next one in a folder. OpenSSL does the work.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const folder = process.argv[2]!;
const at = (name: string): string => join(folder, name);
const openssl = (...args: string[]): void => {
  execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
};
const read = (name: string): string => readFileSync(at(name), "utf8");
const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

if (!existsSync(at("root.pem"))) {
  openssl("req", "-x509", ...curve, "-keyout", "root.key", "-out", "root.pem", "-days", "2", "-subj", "/CN=own root");
  writeFileSync(at("index.txt"), "");
  writeFileSync(
    at("ca.cnf"),
    "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=1\npolicy=p\nnew_certs_dir=.\nrand_serial=yes\n[p]\ncommonName=supplied\n",
  );
}
const ca = ["ca", "-config", "ca.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-batch"];
const question = JSON.parse(await text(process.stdin));
switch (question.do) {
  case "issue": {
    const { side, commonName, uri } = question;
    const usage = side === "edge" ? "serverAuth" : "clientAuth";
    writeFileSync(at("ext.cnf"), `subjectAltName=URI:${uri},DNS:${commonName}\nextendedKeyUsage=${usage}\n`);
    openssl("req", ...curve, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", `/CN=${commonName}`);
    openssl(...ca, "-in", "leaf.csr", "-out", "leaf.pem", "-days", "1", "-extfile", "ext.cnf", "-notext");
    answer({ chain: read("leaf.pem"), key: read("leaf.key"), root: read("root.pem") });
    break;
  }
  case "revoke":
    for (const serial of question.serials) {
      openssl(...ca, "-revoke", `${String(serial).toUpperCase()}.pem`);
    }
    answer({ crl: list() });
    break;
  case "crl":
    answer({ crl: list() });
}

function list(): string {
  openssl(...ca, "-gencrl", "-out", "crl.pem");
  return read("crl.pem");
}

function answer(data: object): void {
  process.stdout.write(JSON.stringify(data));
}
