// A client on another machine has another clock: its connections' beginnings, which the nodes saw too, tell how far off it is.
import type { Micros } from '../../model/clock.ts';
import type { LostConnection } from './lost-connection.ts';
import type { NodeTimeline } from './node-timeline.ts';

// Two stamps of one moment on one machine differ by less than this; more is another clock.
const sameClock: Micros = 250_000;

/** Moves the losses of each client process to the nodes' clock, where enough of its connections were seen to begin. */
export function alignClients(losses: readonly LostConnection[], nodes: NodeTimeline): LostConnection[] {
  const offsets = new Map(
    [...Map.groupBy(losses, ({ origin }) => origin)].map(([origin, own]) => [origin, offsetOf(own, nodes)]),
  );
  return losses.map((loss) => {
    const offset = offsets.get(loss.origin) ?? 0;
    if (Math.abs(offset) < sameClock) return loss;
    const { refusedNext } = loss;
    return {
      ...moved(loss, offset),
      ...(refusedNext === undefined ? {} : { refusedNext: moved(refusedNext, offset) }),
    };
  });
}

const moved = (loss: LostConnection, offset: Micros): LostConnection => ({
  ...loss,
  bornAt: loss.bornAt + offset,
  lastGoodAt: loss.lastGoodAt + offset,
  failedAt: loss.failedAt + offset,
});

/**
 * What the nodes' stamps say against the client's. The nodes see an opening, the client its answer, which may be a second later where
 * the opening had to be sent again: the quarter that says most is of those that were made at once.
 */
function offsetOf(losses: readonly LostConnection[], nodes: NodeTimeline): Micros {
  const differences = losses.flatMap(({ client, target, bornAt }) => {
    if (client === null) return [];
    const made = nodes.entries
      .find(client.address, client.port, target.address, target.port)
      .filter((entry) => entry.made?.state === 'SYN_SENT');
    // A port that served twice does not say which of the two this was.
    const [only, another] = made;
    return only === undefined || another !== undefined ? [] : [only.madeAt - bornAt];
  });
  const sorted = differences.sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length * 3) / 4)] ?? 0;
}
