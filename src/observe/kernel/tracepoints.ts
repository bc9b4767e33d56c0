// Which of the kernel's tracepoints are listened to, and which of their events are wanted.
import type { KernelTracepoint } from '../../model/kernel-event.ts';
import type { BlindSpot } from '../../model/node-event.ts';
import type { EventFormat } from './event-format.ts';

interface Tracepoint {
  readonly kind: KernelTracepoint;
  /** `tcp/tcp_send_reset`, as it is below `events`. */
  readonly path: string;
  /** What its line must print to tell us anything; one of these. */
  readonly needs: readonly (readonly string[])[];
  /** Terms of its filter, each with the field that it asks for; a kernel that has not the field goes without the term. */
  readonly filter?: readonly (readonly [field: string, term: string])[];
}

interface ChosenTracepoint {
  readonly kind: KernelTracepoint;
  readonly path: string;
  readonly name: string;
  /** Null: all of its events. */
  readonly filter: string | null;
}

export interface Choice {
  readonly chosen: readonly ChosenTracepoint[];
  /** What this kernel does not tell, in words. */
  readonly untold: readonly string[];
  /** Of that, what nothing may be concluded from. */
  readonly blindTo: readonly BlindSpot[];
}

const tuple = ['sport', 'dport', 'saddr', 'daddr'];
const tcpOnly = ['protocol', 'protocol==6'] as const;

// Numbers of states are those of include/net/tcp_states.h: 1 ESTABLISHED, 5 FIN_WAIT2, 7 CLOSE, 9 LAST_ACK, 10 LISTEN. A connection that
// ends otherwise than by the last acknowledgement of its FIN passes, and so does whoever began to close it; and who begins to listen,
// to be known by its number when it is gone: what it accepts tells of no process before its end.
const endings = 'oldstate==1||newstate==10||(newstate==7&&oldstate!=5&&oldstate!=9)';

/** kfree_skb and icmp_send are not among them: they name neither an address of the node's nor a socket, and one kernel may serve many nodes. */
const wanted: readonly Tracepoint[] = [
  { kind: 'send-reset', path: 'tcp/tcp_send_reset', needs: [['src', 'dest'], tuple] },
  { kind: 'receive-reset', path: 'tcp/tcp_receive_reset', needs: [tuple] },
  { kind: 'destroy-socket', path: 'tcp/tcp_destroy_sock', needs: [[...tuple, 'sock_cookie']] },
  { kind: 'retransmit', path: 'tcp/tcp_retransmit_skb', needs: [tuple] },
  { kind: 'retransmit-synack', path: 'tcp/tcp_retransmit_synack', needs: [tuple] },
  {
    kind: 'set-state',
    path: 'sock/inet_sock_set_state',
    needs: [[...tuple, 'oldstate', 'newstate']],
    filter: [tcpOnly, ['newstate', endings]],
  },
  {
    // A RST that came in (104) is told by receive-reset.
    kind: 'socket-error',
    path: 'sock/inet_sk_error_report',
    needs: [[...tuple, 'error']],
    filter: [tcpOnly, ['error', 'error!=104']],
  },
  {
    // Those that end a process: abort, kill, segmentation fault, terminate.
    kind: 'signal',
    path: 'signal/signal_generate',
    needs: [['sig', 'pid']],
    filter: [['sig', 'sig==6||sig==9||sig==11||sig==15']],
  },
  {
    kind: 'process-exit',
    path: 'sched/sched_process_exit',
    needs: [['pid']],
    filter: [['group_dead', 'group_dead==1']],
  },
  { kind: 'oom-victim', path: 'oom/mark_victim', needs: [['pid']] },
];

/** `formatOf` returns the text of a tracepoint's `format`; undefined where this kernel has none. */
export function chooseTracepoints(formatOf: (path: string) => EventFormat | undefined): Choice {
  const chosen: ChosenTracepoint[] = [];
  const untold: string[] = [];
  const blindTo: BlindSpot[] = [];
  for (const { kind, path, needs, filter = [] } of wanted) {
    const format = formatOf(path);
    if (format === undefined || !needs.some((keys) => keys.every((key) => format.printed.has(key)))) {
      untold.push(format === undefined ? `${path} is not there` : `${path} does not print what it takes`);
      if (kind === 'process-exit') blindTo.push('process-ends');
      if (kind === 'oom-victim') blindTo.push('oom-kills');
      if (kind === 'send-reset') blindTo.push('resets-without-socket');
      continue;
    }
    const terms = filter.filter(([field]) => format.fields.has(field)).map(([, term]) => `(${term})`);
    chosen.push({ kind, path, name: format.name, filter: terms.length === 0 ? null : terms.join('&&') });
    // Until 6.9 it had ports to filter by, and told of full sockets alone; reasons came with its present form, in 6.10.
    if (kind === 'send-reset' && !format.printed.has('reason')) {
      untold.push('RSTs that no socket sent, and why one was sent');
      blindTo.push('resets-without-socket');
    }
  }
  return { chosen, untold, blindTo };
}
