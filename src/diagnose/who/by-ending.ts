// Whom it excludes how the connection ended, and which way the first RST went.
import type { Author } from '../../model/author.ts';
import { clientEnds, serverEnds, programs, kernels, rules, quiet, type Exclusion } from './exclusion-row.ts';

/** Whoever stops packets and is none of those that keep silent. */
const onTheWay: readonly Author[] = ['client-pod-rule', 'node-rule', 'node-kernel', 'in-between'];
/** Who may have had it at the server's end. */
const atTheServer: readonly Author[] = ['server-kernel', 'server-pod-rule'];

export const byEnding: readonly Exclusion[] = [
  // What kind of end it was.
  {
    // Of a client that may have gone in silence the RST says only that it was gone.
    when: ['was reset', 'not timed out', 'not RST answers another opening'],
    excludes: ['nobody'],
    because: 'a RST ended it',
    basis: 'physics',
  },
  {
    when: ['was refused'],
    // A listener's program first hears of a connection that its kernel has made; what closes with it has been answered before.
    excludes: [...quiet, ...clientEnds, 'server-application', 'server-process-died', 'privileged-program'],
    because:
      'the attempt to connect was answered with a RST or an ICMP error, before any program could see it',
    basis: 'physics',
  },
  {
    when: ['was closed'],
    excludes: [...clientEnds, ...kernels, ...rules, ...quiet, 'privileged-program'],
    because: "the server's side closed it with a FIN, which only the owner of a socket sends",
    basis: 'physics',
  },
  {
    when: ['was closed'],
    excludes: ['in-between'],
    because: "the server's side closed it with a FIN (a proxy on the way has sockets of its own)",
    basis: 'convention',
  },
  {
    when: ['was closed', 'server gave up waiting'],
    excludes: ['in-between', 'server-process-died'],
    because: "the server's own events say that it ended the connection, and go on",
    basis: 'physics',
  },
  {
    when: ['was closed', 'server says it ended it'],
    excludes: ['in-between', 'server-process-died'],
    because: "the server's own events say that it ended the connection, and go on",
    basis: 'physics',
  },
  {
    when: ['timed out'],
    excludes: [
      ...(['client-application', 'client-process-died', 'server-process-died'] as const),
      ...(['privileged-program', 'gave-up'] as const),
    ],
    because: 'nothing was answered, neither with data nor with a RST',
    basis: 'physics',
  },
  {
    when: ['timed out', 'not client answered what was not translated'],
    excludes: ['client-kernel'],
    because: 'nothing was answered, neither with data nor with a RST',
    basis: 'physics',
  },
  {
    when: ['timed out', 'no answer known to come untranslated'],
    excludes: ['client-kernel'],
    because:
      'nothing is known to have come to the client (what comes with the address of the pod its kernel resets, and it waits on)',
    basis: 'convention',
  },
  {
    when: ['timed out', 'client answered what was not translated'],
    excludes: ['nobody'],
    because:
      'what the server answered came to the client, in a name that the client had not dialled, and was reset',
    basis: 'physics',
  },
  {
    when: ['timed out', 'not ICMP error seen'],
    excludes: onTheWay.filter((author) => author !== 'node-rule'),
    because: 'nothing was answered, neither with data nor with a RST or an ICMP error',
    basis: 'physics',
  },
  {
    // One that drops keeps silent, too.
    when: ['timed out', 'not ICMP error seen', 'no drop rule known to be hit'],
    excludes: ['node-rule'],
    because: 'nothing was answered, neither with data nor with a RST or an ICMP error',
    basis: 'physics',
  },
  {
    when: ['timed out', 'not ICMP error seen', 'never arrived'],
    excludes: atTheServer,
    because: 'what was sent again did not come to its end, or was answered there, and no ICMP error came',
    basis: 'physics',
  },
  {
    when: ['timed out', 'not ICMP error seen', 'one way alone passed'],
    excludes: atTheServer,
    because:
      'what one side sent again and again vanished, while the other, which was heard, went on speaking',
    basis: 'physics',
  },
  {
    when: ['timed out', 'not ICMP error seen', 'neither way passed'],
    excludes: atTheServer,
    because: 'what either side sent vanished on the way, and no ICMP error came',
    basis: 'physics',
  },
  {
    when: ['timed out', 'not ICMP error seen', 'may never have arrived'],
    excludes: ['server-pod-rule'],
    because:
      'nothing was answered, neither with data nor with a RST or an ICMP error (if nothing was dropped at its end)',
    basis: 'convention',
  },
  {
    // A full queue keeps silent, too, and whoever sees packets alone cannot tell it from a hole on the way.
    when: ['timed out', 'not ICMP error seen', 'may never have arrived', 'not server dropped openings'],
    excludes: ['server-kernel'],
    because:
      'nothing was answered, neither with data nor with a RST or an ICMP error (if nothing was dropped at its end)',
    basis: 'convention',
  },
  {
    when: ['timed out', 'server dropped openings'],
    excludes: ['nobody', 'server-pod-rule'],
    because:
      "the server's kernel dropped openings at that time, because its listener's queue was full (others may have been meant)",
    basis: 'convention',
  },
  {
    when: ['timed out', 'never connected', 'accept queue overflowed', 'not never arrived'],
    excludes: ['server-application', 'nobody', 'server-pod-rule'],
    because:
      "the opening came as far as the server's kernel, which dropped openings at that time, before any program sees one, because its queue was full (a rule of its pod may have dropped this one)",
    basis: 'convention',
  },
  {
    when: ['timed out', 'sent again and again', 'ICMP refused its neighbours'],
    excludes: ['nobody'],
    because:
      'connections beside it were refused with ICMP errors at that time (of many that are, some hear nothing: what a kernel sends is limited)',
    basis: 'convention',
  },
  {
    // One that is established goes on in vain, and times out like one whose packets vanish.
    // Of many that are refused together some hear nothing: what a kernel says with ICMP is limited.
    when: ['never connected', 'timed out', 'no ICMP error known, nor its neighbours'],
    excludes: onTheWay,
    because:
      'nothing was answered: an attempt to connect that is refused, with a RST or an ICMP error, fails at once (if that reaches the client)',
    basis: 'convention',
  },
  {
    when: ['never connected', 'timed out', 'an insertion failed each time'],
    excludes: [...serverEnds, 'server-pod-rule'],
    because:
      'each time that it was sent the node failed to make an entry for it, and it was not seen leaving the node (the entries may have been those of others)',
    basis: 'convention',
  },
  {
    when: ['never connected', 'timed out', 'the table had no place each time'],
    excludes: [...serverEnds, 'server-pod-rule'],
    because:
      'each time that it was sent the table of its node had no place for it, and it was not seen leaving the node (what was dropped may have been that of others)',
    basis: 'convention',
  },
  {
    when: ['never connected', 'timed out', 'may never have arrived'],
    excludes: ['server-pod-rule'],
    because:
      'nothing was answered: a server that refuses an attempt to connect says so (unless it drops what it has no place for)',
    basis: 'convention',
  },
  {
    when: ['never connected', 'timed out', 'may never have arrived', 'not server dropped openings'],
    excludes: ['server-kernel'],
    because:
      'nothing was answered: a kernel that refuses an attempt to connect says so, and it counted none that it dropped for want of a place (a rule may drop what it says)',
    basis: 'convention',
  },
  {
    when: ['timed out', 'sent again and again', 'not never connected'],
    excludes: ['server-application'],
    because: 'what was sent was not even acknowledged, which a kernel does whatever its application does',
    basis: 'physics',
  },
  {
    when: ['timed out', 'never connected', 'may never have arrived'],
    excludes: ['server-application'],
    because: 'an attempt to connect is answered without the application (unless it leaves its backlog full)',
    basis: 'convention',
  },
  {
    when: ['was unreachable'],
    excludes: [...programs, 'privileged-program'],
    because: 'it was said to be unreachable, which kernels, rules and routers say, and no program',
    basis: 'physics',
  },
  {
    when: ['was reset', 'not timed out', 'not loser silent for long'],
    excludes: ['gave-up'],
    because:
      'both ends had been heard within the second before, which is sooner than a kernel gives up (if it was heard beyond that place, too)',
    basis: 'convention',
  },
  {
    when: ["RST left the server's pod", "server's pod is known", 'not loser silent for long'],
    excludes: ['gave-up'],
    because: 'what the client sent reached the server within the second before: no kernel gives up so soon',
    basis: 'physics',
  },
  {
    when: ["RST left the client's pod", "client's pod is known", 'not loser silent for long'],
    excludes: ['gave-up'],
    because: 'what the server sent reached the client within the second before: no kernel gives up so soon',
    basis: 'physics',
  },
  {
    when: ['sender is the node itself', 'not loser silent for long'],
    excludes: ['gave-up'],
    because: 'what the other end sent reached the node within the second before: no kernel gives up so soon',
    basis: 'physics',
  },
  {
    when: ['RST of a live socket', 'not sender gave up'],
    excludes: ['gave-up'],
    because: "the sender's kernel counted no connection that it gave up",
    basis: 'physics',
  },
  {
    when: ['was reset', 'not sender gave up'],
    excludes: ['gave-up'],
    because:
      "the sender's kernel counted no connection that it gave up just then (it may have done so in silence before)",
    basis: 'convention',
  },
  // In whose name the RST was sent. Who had said goodbye before may have ended it, whoever sent the RST.
  {
    when: ['RST to the client', 'not client closed first'],
    excludes: clientEnds,
    because: 'the first RST was on its way to the client',
    basis: 'physics',
  },
  {
    when: ['RST to the client'],
    excludes: ['client-pod-rule'],
    because:
      'the first RST was on its way to the client (a rule for what its pod sends answers it likewise, within the pod)',
    basis: 'convention',
  },
  {
    when: ['client says it was reset'],
    excludes: ['client-application', 'client-process-died'],
    because: "the client's program reports that it was reset",
    basis: 'physics',
  },
  {
    when: ['RST to the server', 'not server closed first'],
    excludes: serverEnds,
    because: 'the first RST was on its way to the server',
    basis: 'physics',
  },
  {
    when: ['RST to the server'],
    excludes: ['server-pod-rule'],
    because:
      'the first RST was on its way to the server (a rule for what its pod sends answers it likewise, within the pod)',
    basis: 'convention',
  },
];
