// Decides which client events count: failures wait until a later look at the cluster has said whether anything was being done to it,
// and what came after them waits behind them.
import { parseMicros, type Micros } from '../model/clock.ts';
import type { ClientEvent, FailedEvent } from '../model/probe-event.ts';
import type { Disturbances } from './disturbances.ts';

export interface SetAside {
  readonly event: FailedEvent;
  readonly reason: string;
}

export interface IntakeSinks {
  /** What counts. A failure that does not is replaced by the plain end of its connection. */
  readonly onCounted: (event: ClientEvent) => void;
  readonly onSetAside: (one: SetAside) => void;
}

export interface Intake {
  /** @param arrivedAt By our own clock. */
  take(event: ClientEvent, arrivedAt: Micros): void;
  /** A look at the cluster that began at this time is done: judges the failures that had arrived well before it. */
  settle(lookedAt: Micros): void;
  /** Judges all that is left. */
  flush(): void;
}

/** A cordon or a restart is seen in the API at most this much later than by the clients. */
const settleMicros = 2e6;

export function createIntake(disturbances: Disturbances, sinks: IntakeSinks): Intake {
  // A failure that waits, and whatever came after it: what counts is handed on in the order in which it came. An answer that overtook a
  // reset would say that its time is over, and a verdict would be taken without it.
  const waiting: { readonly event: ClientEvent; readonly arrivedAt: Micros }[] = [];
  // Our clock minus theirs. A line can arrive late and never early, so the least difference is the nearest.
  let skew = Number.POSITIVE_INFINITY;

  function decideOn(event: ClientEvent): void {
    const reason = event.event === 'failed' ? disturbances.reasonAt(parseMicros(event.at) + skew) : undefined;
    if (event.event !== 'failed' || reason === undefined) {
      sinks.onCounted(event);
      return;
    }
    sinks.onSetAside({ event, reason });
    // An attempt that failed held no connection whose time would count.
    if (event.phase !== 'connecting') sinks.onCounted(plainEnd(event));
  }

  return {
    take(event, arrivedAt) {
      skew = Math.min(skew, arrivedAt - parseMicros(event.at));
      if (event.event === 'failed' || waiting.length > 0) waiting.push({ event, arrivedAt });
      else sinks.onCounted(event);
    },
    settle(lookedAt) {
      const unripe = waiting.findIndex(
        ({ event, arrivedAt }) => event.event === 'failed' && arrivedAt + settleMicros > lookedAt,
      );
      const ripe = waiting.splice(0, unripe === -1 ? waiting.length : unripe);
      for (const { event } of ripe) decideOn(event);
    },
    flush() {
      for (const { event } of waiting.splice(0)) decideOn(event);
    },
  };
}

function plainEnd(event: FailedEvent): ClientEvent {
  const { at, loopDelayMs, role, class: name, connection, slot, local, remote, livedMs, answers } = event;
  const ofClient = { at, loopDelayMs, role, class: name, connection, slot, local, remote };
  return { event: 'finished', ...ofClient, livedMs, answers };
}
