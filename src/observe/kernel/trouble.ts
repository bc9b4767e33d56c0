// Sockets are destroyed all the time: the ends of those that a reset or an error was told of are worth keeping.
import type { Told } from './told.ts';
import type { TraceLine } from './trace-line.ts';

export interface Trouble {
  /** Whether an event of the node is one to keep. */
  isWanted(line: TraceLine, told: Told): boolean;
}

const remembered = 5_000;
/** A thread destroys a socket whose address is forgotten right after its RST. */
const sameCallMicros = 10_000;

export function createTrouble(): Trouble {
  const sockets = new Set<string>();
  const resets = new Map<number, number>();
  const note = (key: string) => {
    sockets.delete(key);
    sockets.add(key);
    const [oldest] = sockets;
    if (sockets.size > remembered && oldest !== undefined) sockets.delete(oldest);
  };
  return {
    isWanted(line, told) {
      // Only says who it is that listens.
      if (told.newState === 'LISTEN') return false;
      const keys = keysOf(told);
      if (told.kind === 'destroy-socket') {
        const here =
          line.context === 'process' && line.at - (resets.get(line.tid) ?? -Infinity) <= sameCallMicros;
        const known = keys.filter((key) => sockets.delete(key));
        return known.length > 0 || here;
      }
      if (told.kind === 'send-reset' && line.context === 'process') {
        resets.set(line.tid, line.at);
        const [oldest] = resets.keys();
        if (resets.size > remembered && oldest !== undefined) resets.delete(oldest);
      }
      if (told.kind === 'send-reset' || told.kind === 'receive-reset' || told.kind === 'socket-error')
        for (const key of keys) note(key);
      return true;
    },
  };
}

function keysOf({ cookie, tuple }: Told): string[] {
  const way = tuple === null ? [] : [`${tuple.src} ${tuple.sport} ${tuple.dst} ${tuple.dport}`];
  return [...(cookie === null ? [] : [cookie]), ...way];
}
