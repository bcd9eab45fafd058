// The host calls of Proxy-Wasm 0.2.1 and WASI that the filter uses, exactly as the host declares them.
// Only the wrappers in this folder call them; each returns a status of abi/types.ts.

@external("env", "proxy_log")
export declare function proxy_log(level: u32, at: usize, length: u32): u32;
@external("env", "proxy_get_current_time_nanoseconds")
export declare function proxy_get_current_time_nanoseconds(out: usize): u32;
@external("env", "proxy_set_tick_period_milliseconds")
export declare function proxy_set_tick_period_milliseconds(period: u32): u32;
@external("env", "proxy_get_property")
export declare function proxy_get_property(path: usize, pathLength: u32, outAt: usize, outLength: usize): u32;
@external("env", "proxy_set_property")
export declare function proxy_set_property(path: usize, pathLength: u32, at: usize, length: u32): u32;
@external("env", "proxy_get_buffer_bytes")
export declare function proxy_get_buffer_bytes(type: u32, start: u32, length: u32, outAt: usize, outLength: usize): u32;
@external("env", "proxy_set_buffer_bytes")
export declare function proxy_set_buffer_bytes(type: u32, start: u32, length: u32, at: usize, size: u32): u32;
@external("env", "proxy_get_header_map_pairs")
export declare function proxy_get_header_map_pairs(map: u32, outAt: usize, outLength: usize): u32;
@external("env", "proxy_get_header_map_value")
export declare function proxy_get_header_map_value(
  map: u32, name: usize, nameLength: u32, outAt: usize, outLength: usize): u32;
@external("env", "proxy_add_header_map_value")
export declare function proxy_add_header_map_value(
  map: u32, name: usize, nameLength: u32, at: usize, length: u32): u32;
@external("env", "proxy_replace_header_map_value")
export declare function proxy_replace_header_map_value(
  map: u32, name: usize, nameLength: u32, at: usize, length: u32): u32;
@external("env", "proxy_remove_header_map_value")
export declare function proxy_remove_header_map_value(map: u32, name: usize, nameLength: u32): u32;
@external("env", "proxy_send_local_response")
export declare function proxy_send_local_response(
  status: u32, details: usize, detailsLength: u32, body: usize, bodyLength: u32,
  headers: usize, headersLength: u32, grpcStatus: i32): u32;
@external("env", "proxy_close_stream")
export declare function proxy_close_stream(type: u32): u32;
@external("env", "proxy_continue_stream")
export declare function proxy_continue_stream(type: u32): u32;
@external("env", "proxy_http_call")
export declare function proxy_http_call(
  cluster: usize, clusterLength: u32, headers: usize, headersLength: u32, body: usize, bodyLength: u32,
  trailers: usize, trailersLength: u32, timeout: u32, outToken: usize): u32;
@external("env", "proxy_get_shared_data")
export declare function proxy_get_shared_data(
  key: usize, keyLength: u32, outAt: usize, outLength: usize, outCas: usize): u32;
@external("env", "proxy_set_shared_data")
export declare function proxy_set_shared_data(key: usize, keyLength: u32, at: usize, length: u32, cas: u32): u32;
@external("env", "proxy_define_metric")
export declare function proxy_define_metric(type: u32, name: usize, nameLength: u32, outId: usize): u32;
@external("env", "proxy_increment_metric")
export declare function proxy_increment_metric(id: u32, offset: i64): u32;
@external("env", "proxy_record_metric")
export declare function proxy_record_metric(id: u32, value: u64): u32;
@external("env", "proxy_get_metric")
export declare function proxy_get_metric(id: u32, out: usize): u32;
@external("env", "proxy_call_foreign_function")
export declare function proxy_call_foreign_function(
  name: usize, nameLength: u32, at: usize, length: u32, outAt: usize, outLength: usize): u32;
@external("env", "proxy_set_effective_context")
export declare function proxy_set_effective_context(context: u32): u32;
@external("wasi_snapshot_preview1", "environ_sizes_get")
export declare function environ_sizes_get(outCount: usize, outBytes: usize): u32;
@external("wasi_snapshot_preview1", "environ_get")
export declare function environ_get(pointers: usize, bytes: usize): u32;
@external("wasi_snapshot_preview1", "random_get")
export declare function random_get(at: usize, length: u32): u32;
