/** A bare TCP connection to an Envoy, for what no HTTP client would send: pipelined, upgraded, unfinished. */
import { connect, type Socket } from "node:net";

export class RawConnection {
  /** Everything that came back, as Latin-1 text. */
  text = "";
  closed = false;
  readonly #socket: Socket;
  #changed = () => {};

  constructor(port: number) {
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (chunk) => {
      this.text += chunk.toString("latin1");
      this.#changed();
    });
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => {
      this.closed = true;
      this.#changed();
    });
  }

  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#socket.write(text, "latin1", () => resolve()));
  }

  /** Waits until the text matches. */
  until(pattern: RegExp): Promise<void> {
    return this.#when(() => pattern.test(this.text), `no match for ${pattern}`);
  }

  /** Waits until the text matches or nothing more will come. */
  untilOrClosed(pattern: RegExp): Promise<void> {
    return this.#when(() => this.closed || pattern.test(this.text), `no match for ${pattern}, and no end`);
  }

  untilClosed(): Promise<void> {
    return this.#when(() => this.closed, "the connection stays open");
  }

  close(): void {
    this.#socket.destroy();
  }

  async #when(done: () => boolean, failure: string, timeout = 5_000): Promise<void> {
    for (const end = Date.now() + timeout; !done(); ) {
      const left = end - Date.now();
      if (left <= 0) throw new Error(`${failure} within ${timeout} ms in: ${this.text}`);
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, left);
        this.#changed = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
  }
}
