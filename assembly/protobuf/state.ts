// The reader of protobuf bodies: the messages of a gRPC call, or one message that is the whole body.

import { Holder } from "../framing/held";

/** Bytes in front of a gRPC message: a flag and its length. */
export const FRAME: u32 = 5;

@unmanaged
export class ProtoState extends Holder {
  root: u32; // message state of the messages
  messageLimit: u32; // longest message
  depthLimit: u32;
  seen: u32; // bytes of the frame header that have been read
  size: u32; // length of the current message, as far as it is read
  left: u32; // bytes of it that are still to come
  coding: u32; // of compressed messages: GZIP, DEFLATE, or 0 when none can be read
  isCompressed: bool; // the current message
  compressed: u64; // bytes of compressed messages that have come
  decoded: u64; // what they have become
  isWeb: bool; // trailers may end the body
  isTrailers: bool; // the current message
  ended: bool; // by trailers
  bits: u32; // of the text form: what is left of four digits of base64
  digits: u32; // how many
  padding: u32; // how many of them are
}
