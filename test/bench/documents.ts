/** Documents of the benchmark: orders of three sizes, as a shop sends them, and citm_catalog.json when it is there. */
import { readFileSync } from "node:fs";
import { corpus } from "../support/corpora.ts";

export interface BenchDocument {
  name: string;
  bytes: Uint8Array;
}

/** Compact JSON; the items repeat until the order has about this many bytes. The same bytes in every run. */
export function order(size: number): Uint8Array {
  const head = {
    id: "ord_1NvXgT2eZvKYlo2C",
    created: 1732361234,
    currency: "eur",
    total: 129.95,
    customer: { id: 4711, name: "Zoë Müller", email: "zoe.mueller@example.org", phone: null, vip: false },
    card: { brand: "visa", number: "4111111111111111", cvc: "123", exp: { month: 12, year: 2030 } },
    shipping: { name: "Zoë Müller", street: "Hauptstraße 5", city: "Bern", postal_code: null, country: "CH" },
    metadata: { campaign: "autumn", flags: ["gift", "express"], session: "c2Vzc2lvbi1pZC0wMDAx" },
  };
  const items: unknown[] = [];
  const whole = () => JSON.stringify({ ...head, items });
  const item = (index: number) => ({
    sku: `SKU-${100_000 + index}`,
    title: `Article number ${index}, of the usual quality`,
    quantity: 1 + (index % 3),
    price: 1.5 * ((index % 40) + 1),
    discount: index % 4 ? null : { code: "AUTUMN", percent: 10 },
    note: index % 5 ? "" : "please call 555-0100 before delivery",
    tags: ["a", "b", index],
  });
  for (let length = whole().length; length < size; ) {
    items.push(item(items.length));
    length += JSON.stringify(items.at(-1)).length + 1;
  }
  return Buffer.from(whole());
}

export function documents(): BenchDocument[] {
  const orders = [1, 16, 256].map((kilobytes) => ({ name: `order, ${kilobytes} KB`, bytes: order(kilobytes * 1024) }));
  const citm = corpus("json/documents/citm_catalog.json");
  return citm ? [...orders, { name: "citm_catalog.json", bytes: readFileSync(citm) }] : orders;
}
