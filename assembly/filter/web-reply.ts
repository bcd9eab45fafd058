// A refusal as a gRPC-Web client understands it: an answer of trailers alone, in its body, where also a browser that may not
// see foreign headers finds the status (PROTOCOL-WEB of gRPC).

import { ascii, decimal } from "../abi/text";
import { Buffer, newBuffer } from "../bytes/buffer";
import { encode } from "../nested/base64";

const trailers: Buffer = newBuffer();
const frame: Buffer = newBuffer();

/** Makes `body`, which holds the message of the status, the body of the answer. */
export function writeWebReply(status: u32, isText: bool, body: Buffer): void {
  trailers.clear();
  ascii(trailers, "grpc-status:");
  decimal(trailers, status);
  ascii(trailers, "\r\ngrpc-message:");
  for (let i: u32 = 0; i < body.length; i++) {
    const byte = <u32>load<u8>(body.at + i);
    trailers.byte(byte);
    // A percent sign begins an escape there.
    if (byte == 0x25) ascii(trailers, "25");
  }
  ascii(trailers, "\r\n");
  frame.clear();
  frame.byte(0x80);
  for (let shift = 24; shift >= 0; shift -= 8) frame.byte((trailers.length >> shift) & 0xff);
  frame.append(trailers.at, trailers.length);
  body.clear();
  if (isText) encode(frame.at, frame.length, false, true, body);
  else body.append(frame.at, frame.length);
}
