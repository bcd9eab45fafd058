// Numbers of Proxy-Wasm 0.2.1, named as in its specification.

export const STATUS_OK: u32 = 0;
export const STATUS_NOT_FOUND: u32 = 1;
export const STATUS_CAS_MISMATCH: u32 = 8;
export const STATUS_INTERNAL: u32 = 10;

export const LOG_INFO: u32 = 2;
export const LOG_WARN: u32 = 3;
export const LOG_ERROR: u32 = 4;

export const REQUEST_HEADERS: u32 = 0;
export const REQUEST_TRAILERS: u32 = 1;
export const RESPONSE_HEADERS: u32 = 2;
export const RESPONSE_TRAILERS: u32 = 3;

export const REQUEST_BODY: u32 = 0;
export const RESPONSE_BODY: u32 = 1;
export const CALL_RESPONSE_BODY: u32 = 4;
export const PLUGIN_CONFIGURATION: u32 = 7;

export const CONTINUE: u32 = 0;
/** From a header callback: no further filter until a body or trailer callback continues. */
export const STOP_ITERATION: u32 = 1;
/**
 * From a body callback: what the buffer holds now waits in the host, and can be written again, in the next body callback, which has
 * all of it, and when trailers come. Where it grows over the host's limit, the host answers 413.
 */
export const STOP_AND_BUFFER: u32 = 1;
/**
 * From a body callback: what the buffer holds now waits in the host, in front of what comes next, out of reach; the sender is
 * slowed down where the host's buffer is full.
 */
export const STOP_AND_WATERMARK: u32 = 2;
/** From a body callback: nothing waits. */
export const STOP_NO_BUFFER: u32 = 3;

export const COUNTER: u32 = 0;
export const GAUGE: u32 = 1;
export const HISTOGRAM: u32 = 2;
