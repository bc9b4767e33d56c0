// A socket that tells of its error first and is closed when the burst is over: close() takes longer than telling, and Node would
// do it before it says a word.
import { Socket, type SocketConstructorOpts } from 'node:net';
import type { AfterBurst } from './after-burst.ts';

export class LateSocket extends Socket {
  readonly #burst: AfterBurst;
  readonly #failed: (error: Error) => void;

  /** @param failed Told of the error that ends the socket, at once and once; 'error' is emitted later, and means nothing new. */
  constructor(options: SocketConstructorOpts, burst: AfterBurst, failed: (error: Error) => void) {
    super(options);
    this.#burst = burst;
    this.#failed = failed;
    // Who listens to nothing is ended by it.
    this.on('error', ignore);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (error === null) {
      super._destroy(error, callback);
      return;
    }
    this.#burst.add(() => super._destroy(error, callback));
    this.#failed(error);
  }
}

function ignore(): void {
  // What there is to say was said.
}
