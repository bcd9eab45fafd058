/** One way to do the job: what the benchmark times. The result is kept so that nothing is optimized away. */
export interface Contender {
  name: string;
  /** Prepares a document; the returned function does the job once. */
  prepare(bytes: Uint8Array): () => unknown;
}
