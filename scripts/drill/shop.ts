/**
 * The demo service of a drill: a checkout in two versions, one with the bug of the founding incident.
 *
 * Production reads the postal code of every address and trips over `null`; the hotfix knows that an address abroad may
 * have none.
 */

export type Version = "production" | "hotfix";

export const versions: readonly Version[] = ["production", "hotfix"];

interface Order {
  shipping?: { address?: { postalCode?: string | null } };
}

export interface Outcome {
  status: number;
  body: object;
}

/** Shipping zones by the first digit of a postal code; without one, the zone abroad. */
export function checkout(text: string, version: Version): Outcome {
  try {
    const { shipping } = JSON.parse(text) as Order;
    const postalCode = shipping?.address?.postalCode as string;
    const zone = version === "hotfix" ? (postalCode?.trim().charAt(0) ?? "abroad") : postalCode.trim().charAt(0);
    return { status: 201, body: { status: "accepted", zone } };
  } catch (error) {
    const detail = error instanceof TypeError ? error.message : "not a JSON document";
    return { status: 500, body: { title: "Checkout failed", status: 500, detail } };
  }
}
