// What the server's own program told of a connection: whom it accepted, and how that ended.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { LostConnection } from './lost-connection.ts';
import { peerKey, type AcceptedEvent, type EndedEvent, type ProbeTimeline } from './lost-by-probes.ts';

/** The accept that belongs to this connection: from the client's own port, or from a port that an entry translated it to. */
export function findAccepted(
  { bornAt, failedAt }: LostConnection,
  legs: readonly string[],
  probes: ProbeTimeline,
  slack: Micros,
): AcceptedEvent | null {
  const candidates = legs.flatMap((peer) => probes.accepted.get(peer) ?? []);
  const timely = candidates.filter((event) => {
    const at = parseMicros(event.at);
    // A connection's own accept comes within its first moments; the port may have served another one before.
    return at >= bornAt - slack - 1e6 && at <= Math.min(failedAt, bornAt + 1e6) + slack;
  });
  const distance = (event: AcceptedEvent) => Math.abs(parseMicros(event.at) - bornAt);
  return timely.sort((a, b) => distance(a) - distance(b))[0] ?? null;
}

export function findEnded(accepted: AcceptedEvent | null, probes: ProbeTimeline): EndedEvent | null {
  if (accepted === null) return null;
  return probes.ended.get(peerKey(accepted.peer))?.find((event) => event.at > accepted.at) ?? null;
}
