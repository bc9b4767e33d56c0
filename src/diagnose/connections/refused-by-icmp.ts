// Attempts to connect whose end no packet shows: the last of them was answered with an ICMP error, at which a kernel gives up at once.
import type { Micros } from '../../model/clock.ts';
import { isPortUnreachable } from './icmp-index.ts';
import type { LostConnection } from './lost-connection.ts';
import type { NodeTimeline } from './node-timeline.ts';
import { between } from './time-range.ts';

/** Who answers an opening with an error does so at once; a busy machine is this late at most. */
const answeredWithin: Micros = 100_000;

/** The same loss, but refused where its last opening was answered with ICMP port unreachable, and not unheard. */
export function asRefused(loss: LostConnection, { icmp }: Pick<NodeTimeline, 'icmp'>): LostConnection {
  const { client, failure, phase, failedAt } = loss;
  if (client === null || failure !== 'timeout' || phase !== 'connecting') return loss;
  const isAnswered = between(icmp.about(client.address), failedAt, failedAt + answeredWithin).some(
    (error) =>
      isPortUnreachable(error) &&
      error.dst === client.address &&
      error.tuple.src === client.address &&
      error.tuple.sport === client.port,
  );
  return isAnswered ? { ...loss, failure: 'refused' } : loss;
}
