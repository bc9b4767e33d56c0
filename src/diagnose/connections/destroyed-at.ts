// When a socket was destroyed by its kernel's own word: the line of `ss` that says what it knew then is printed, and stamped, later.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { SocketEvent, TupleEvent } from './kernel-index.ts';

/** @param among The kernel's lines of that end, or of more. */
export function destroyedAt(
  { node, cookie }: Pick<SocketEvent, 'node' | 'cookie'>,
  among: readonly TupleEvent[],
): Micros | undefined {
  const line = among.find(
    (one) => one.tracepoint === 'destroy-socket' && one.node === node && one.cookie === cookie,
  );
  return line === undefined ? undefined : parseMicros(line.at);
}
