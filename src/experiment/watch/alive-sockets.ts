// How many connections and processes are watched just now. Counted when somebody asks, and not again before something changed: nobody
// may ask for hours, and whoever shows it asks again and again.
import type { NodeEvent, Tuple } from '../../model/node-event.ts';
import { flowKey } from './flow-keys.ts';

export type SocketProcess = NonNullable<Extract<NodeEvent, { event: 'socket' }>['process']>;

export interface AliveSocket {
  readonly tuple: Tuple;
  readonly process: SocketProcess | null;
}

export interface AliveCount {
  readonly connections: number;
  readonly processes: number;
}

export interface AliveSockets {
  put(key: string, socket: AliveSocket): void;
  remove(key: string): void;
  /** Something else may be wanted now: names are known that were not. */
  changed(): void;
  /**
   * Of those that are wanted. Where many come and go, what was counted a few seconds ago.
   * @param isExact Counts anew whatever it costs.
   */
  count(isWanted: (socket: AliveSocket) => boolean, isExact: boolean): AliveCount;
}

/** Of the time that counting may take. */
const countingShare = 0.002;

/** @param monotonic Milliseconds. */
export function createAliveSockets(monotonic: () => number = () => performance.now()): AliveSockets {
  const sockets = new Map<string, AliveSocket>();
  let counted: AliveCount | undefined;
  let notBefore = -Infinity;
  let hasChanged = false;

  function countAll(isWanted: (socket: AliveSocket) => boolean): AliveCount {
    const [flows, processes] = [new Set<string>(), new Set<number>()];
    for (const socket of sockets.values()) {
      if (!isWanted(socket)) continue;
      // Both ends of a connection may be here.
      flows.add(flowKey(socket.tuple));
      const pid = socket.process?.pid ?? null;
      if (pid !== null) processes.add(pid);
    }
    return { connections: flows.size, processes: processes.size };
  }

  return {
    put(key, socket) {
      sockets.set(key, socket);
      hasChanged = true;
    },
    remove(key) {
      hasChanged = sockets.delete(key) || hasChanged;
    },
    changed: () => void (hasChanged = true),
    count(isWanted, isExact) {
      const begun = monotonic();
      if (counted !== undefined && (!hasChanged || (!isExact && begun < notBefore))) return counted;
      counted = countAll(isWanted);
      hasChanged = false;
      const now = monotonic();
      notBefore = now + (now - begun) / countingShare;
      return counted;
    },
  };
}
