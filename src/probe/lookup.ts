// Many connections that ask for the same name at the same moment share one look-up, so that a slow resolver does not fill
// Node's four worker threads, which also write the files.
import type { LookupAddress, LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';

type Answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;
export type Resolve = (host: string, options: { all: true }, answer: Answer) => void;

/**
 * A look-up for net.connect. Nothing is remembered once an answer is there: the next connection asks again, as the original
 * does, and so sees a changed name at once.
 * @param resolve dns.lookup
 */
export function createSharedLookup(resolve: Resolve): LookupFunction {
  const waiting = new Map<string, Answer[]>();

  function ask(host: string, answer: Answer): void {
    const others = waiting.get(host);
    if (others !== undefined) {
      others.push(answer);
      return;
    }
    const all = [answer];
    waiting.set(host, all);
    resolve(host, { all: true }, (error, addresses) => {
      waiting.delete(host);
      for (const each of all) each(error, addresses);
    });
  }

  return (host: string, options: LookupOptions, answer) => {
    ask(host, (error, addresses) => {
      if (error !== null) {
        answer(error, []);
        return;
      }
      const first = addresses[0];
      if (options.all === true || first === undefined) answer(null, addresses);
      else answer(null, first.address, first.family);
    });
  };
}
