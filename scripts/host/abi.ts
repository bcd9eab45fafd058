/**
 * The numbers of Proxy-Wasm 0.2.1 that cross the boundary, under the names the specification gives them.
 *
 * Invariant: plain data. Nothing here decides anything.
 */

export const Status = {
  Ok: 0,
  NotFound: 1,
  BadArgument: 2,
  SerializationFailure: 3,
  ParseFailure: 4,
  InvalidMemoryAccess: 6,
  Empty: 7,
  CasMismatch: 8,
  InternalFailure: 10,
  BrokenConnection: 11,
  Unimplemented: 12,
} as const;

export const BufferType = {
  HttpRequestBody: 0,
  HttpResponseBody: 1,
  DownstreamData: 2,
  UpstreamData: 3,
  HttpCallResponseBody: 4,
  GrpcReceiveBuffer: 5,
  VmConfiguration: 6,
  PluginConfiguration: 7,
  CallData: 8,
  Max: 8,
} as const;

export const MapType = {
  RequestHeaders: 0,
  RequestTrailers: 1,
  ResponseHeaders: 2,
  ResponseTrailers: 3,
  HttpCallResponseHeaders: 6,
  HttpCallResponseTrailers: 7,
  Max: 7,
} as const;

export const StreamType = { Request: 0, Response: 1, Downstream: 2, Upstream: 3, Max: 3 } as const;

/** What a headers callback may answer. 2 is not defined and counts as Continue; anything above 4 as StopAll. */
export const HeadersStatus = { Continue: 0, StopIteration: 1, StopAllAndBuffer: 3, StopAllAndWatermark: 4 } as const;

/** What a body callback may answer. Anything above 3 counts as StopNoBuffer. */
export const DataStatus = { Continue: 0, StopAndBuffer: 1, StopAndWatermark: 2, StopNoBuffer: 3 } as const;

export const MetricType = { Counter: 0, Gauge: 1, Histogram: 2, Max: 2 } as const;

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "critical"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The errno values of WASI preview 1 that the host answers with. */
export const Errno = { Success: 0, BadFile: 8, Fault: 21, Invalid: 28, NotImplemented: 52, NotSupported: 58 } as const;
