// What of all that the witnesses tell may mean that a connection was just lost. Cheap: everything that is told is asked once.
import type { NodeEvent } from '../../model/node-event.ts';

/**
 * `ended`: it may be over, and can be judged at once. `again`: something was sent again, which says only later whether it was in vain.
 * `gone`: it is over, in whatever way. Null: it says nothing of the kind.
 */
export type Signal = 'ended' | 'again' | 'gone';

export function signalOf(event: NodeEvent): Signal | null {
  switch (event.event) {
    case 'packet':
      if (/[RF]/.test(event.flags)) return 'ended';
      // A SYN that is seen at all was kept because of some trouble: whether it was sent again its flow tells.
      return event.retransmission || event.flags.includes('S') ? 'again' : null;
    case 'icmp-error':
      return 'ended';
    case 'kernel':
      return ofKernel(event);
    case 'socket':
      if (event.change !== 'destroyed') return null;
      return (event.unsent ?? 0) > 0 || (event.unread ?? 0) > 0 || owesAnAnswer(event) ? 'ended' : 'gone';
    case 'conntrack':
      if (event.change !== 'destroy') return null;
      // The connection may well live on without this entry.
      return event.deletedByProgram || event.state === 'ESTABLISHED' ? null : 'gone';
    default:
      return null;
  }
}

/** The client spoke last: a question that nobody answered, or a goodbye. */
const owesAnAnswer = ({ side, lastData }: Extract<NodeEvent, { event: 'socket' }>): boolean =>
  (side === 'client' && lastData === 'sent') || (side === 'server' && lastData === 'received');

function ofKernel(event: Extract<NodeEvent, { event: 'kernel' }>): Signal | null {
  switch (event.tracepoint) {
    case 'send-reset':
    case 'receive-reset':
      return 'ended';
    case 'socket-error':
      return event.number === 0 ? null : 'ended';
    case 'retransmit':
    case 'retransmit-synack':
      return 'again';
    case 'destroy-socket':
      return 'gone';
    default:
      return null;
  }
}
