// A kernel forgets a socket's peer as it aborts it: what it says of it then is of the connection that the same thread has just reset.
import type { Micros } from '../../model/clock.ts';
import { plainAddress } from '../../model/endpoint.ts';
import type { NodeEvent, Tuple } from '../../model/node-event.ts';
import { isWhole } from './flow-keys.ts';

export interface ResetMemory {
  /** The connection that this line is of, where it does not say so itself; undefined where that cannot be told. */
  resetOf(event: NodeEvent, at: Micros): Tuple | undefined;
}

/** In this time a thread goes through the end of one socket. */
const sameCall: Micros = 10_000;
const mostThreads = 1_000;

export function createResetMemory(): ResetMemory {
  const last = new Map<string, { readonly tuple: Tuple; readonly at: Micros }>();
  return {
    resetOf(event, at) {
      if (event.event !== 'kernel' || event.context !== 'process' || event.tuple === null) return undefined;
      const thread = `${event.node} ${event.task ?? event.process?.pid ?? ''}`;
      const { tuple } = event;
      if (isWhole(tuple)) {
        if (event.tracepoint !== 'send-reset' || event.packet !== null) return undefined;
        last.delete(thread);
        last.set(thread, { tuple, at });
        for (const [oldest] of last) {
          if (last.size <= mostThreads) break;
          last.delete(oldest);
        }
        return undefined;
      }
      const reset = last.get(thread);
      if (reset === undefined || at - reset.at > sameCall) return undefined;
      const isIts =
        reset.tuple.sport === tuple.sport && plainAddress(reset.tuple.dst) === plainAddress(tuple.dst);
      return isIts ? reset.tuple : undefined;
    },
  };
}
