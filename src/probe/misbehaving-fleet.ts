// What a fleet of clients does that good ones would not: ends its connections in the middle, with a RST. For the lab.
import type { Connection } from './connection-settings.ts';
import { goDeaf } from './misbehaviour.ts';
import type { CloseWay } from './served-connection.ts';

export interface FleetMisbehaviour {
  /** From one time that all connections are ended to the next. Milliseconds. */
  readonly closeEveryMs: number;
  readonly closeWith: CloseWay;
}

/** For its answers to come, and to be left unread. Milliseconds. */
const deafMs = 60;

/**
 * Each time asks once more on every connection that is idle, and ends it: at once with a RST, or with the answer unread; or in order,
 * when it has the answer. The function returned stops it.
 *
 * @param open The connections that are open, at any time.
 */
export function endFromTimeToTime(
  { closeEveryMs, closeWith }: FleetMisbehaviour,
  open: () => readonly Connection[],
  now: () => number,
): () => void {
  const timer = setInterval(() => {
    const own = open();
    for (const connection of own) if (connection.isIdle()) connection.send(now());
    if (closeWith === 'unread') goDeaf(deafMs);
    for (const connection of own) connection.close(closeWith);
  }, closeEveryMs);
  return () => clearInterval(timer);
}
