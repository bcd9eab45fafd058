/** Hexadecimal text and bytes. */
export const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");
export const hexOf = (value: Uint8Array): string => Buffer.from(value).toString("hex");
