// A privileged program (ss -K, a CNI that terminates sockets) destroyed a live socket of another process.
import type { WrittenPage } from '../define-cause.ts';
import { resetsOnly } from '../shared-sources.ts';

export const page = {
  id: 'socket-destroyed',
  title: 'a privileged program destroyed the socket (ss -K, a CNI)',
  scenario: 'socket-destroyed',
  symptom: {
    client:
      "ECONNRESET at any moment, also while idle, where the server's socket was destroyed; ECONNABORTED where it was its own. A " +
      'new connection works at once.',
    server: 'ECONNABORTED, though it closed nothing; or ECONNRESET where it was the client’s socket.',
    nodes:
      'The RST of a live socket, and CLOSE of all entries on the way; no FIN. No counter of aborts moves.',
  },
  symptoms: [
    'ECONNABORTED, software caused connection abort: an agent (cilium, ss -K) destroyed the socket when a backend was removed',
  ],
  author: {
    who: ['privileged-program'],
    text:
      'A program with CAP_NET_ADMIN over the network namespace: a person or a script with ss -K, or an agent that terminates ' +
      'sockets of backends that it believes to be gone. Neither end decided it.',
  },
  mechanism: [
    {
      text:
        'The kernel lets a privileged program destroy any TCP socket (sock_diag, or a BPF program): it sends RST to the peer and ' +
        'gives the owner ECONNABORTED at its next call, or wakes it with that.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'On the wire it is what a close with linger 0 looks like: [R.], 52 bytes, an IP id, a window. Only the sender’s own ' +
        'namespace tells: TcpOutRsts and TcpEstabResets rise by one, TCPAbortOnData and TCPAbortOnClose do not.',
      basis: ['measured'],
    },
    {
      text:
        'Who does it: a filter of ss -K that takes more than was meant (a port, a network), a clean-up script, a CNI that ends ' +
        'connections to a deleted backend of a Service so that clients go to another one.',
      basis: ['source', 'inferred'],
    },
  ],
  drawing: [
    'client A                        server B        ss -K, or an agent',
    '   | --- question ----------->  |                     |',
    '   | <-- answer --------------  |                     |',
    '   |                            | <-- destroy --------|',
    '   | <-- RST, [R.] 52 bytes --- |',
    '   |                            | read(): ECONNABORTED',
    '   | --- SYN, SYN-ACK --------  |  the listener lives',
  ],
  howToConfirm: [
    {
      where: "the server's node",
      run: resetsOnly,
      whenItIs: "First on the pod's own veth, In, flags [R.], length 52, an id that is not 0.",
      whenNot: 'Flags [R] and length 40: a kernel without a socket, or a rule, sent it.',
    },
    {
      where: "the server's pod",
      run: 'nstat -az TcpOutRsts TcpEstabResets TcpExtTCPAbortOnData TcpExtTCPAbortOnClose',
      whenItIs:
        'With each reset the first two rise by one; the last two stand still. (In the client’s pod, if it sent the RST.)',
      whenNot: 'TCPAbortOnData or TCPAbortOnClose rises with it: the application closed it (server-aborted).',
    },
    {
      where: "the server's node",
      run:
        'cd /sys/kernel/tracing && echo 1 > events/tcp/tcp_send_reset/enable &&\n' +
        'timeout 60 cat trace_pipe; echo 0 > events/tcp/tcp_send_reset/enable',
      whenItIs:
        'A line with state=TCP_ESTABLISHED, and the name before its number is the program that did it (ss, cilium-agent), not the ' +
        'socket’s owner.',
      whenNot: 'state=TCP_CLOSE and the name of the owner: it aborted the connection itself.',
    },
    {
      where: "the server's pod",
      run: "ss -ltn 'sport = :PORT'",
      whenItIs: 'The LISTEN line is there, before and after.',
      whenNot: 'It is gone: see server-process-died.',
    },
  ],
  lookAlikes: [
    {
      cause: 'server-aborted',
      tellApart:
        'The same packets; but TCPAbortOnData or TCPAbortOnClose rises, and the server’s own log knows of it.',
    },
    {
      cause: 'server-process-died',
      tellApart: 'The listener is gone as well, and new connections are refused until it is back.',
    },
  ],
  fixes: [
    {
      name: 'narrow-filter',
      whatToDo:
        'Have the tool destroy only what is dead: for ss -K name the states (ss -K state close-wait ...) and the one peer; take ' +
        'scripts that name a port or a network alone out of cron and hooks.',
      sideEffects: 'What is alive and unwanted stays until its owner closes it.',
      proven: 'lab',
    },
    {
      name: 'drain-first',
      whatToDo:
        'Where a CNI does it for deleted backends (Cilium: bpf-lb-sock-terminate-pod-connections): let the backend drain before it ' +
        'is deleted (preStop, terminationGracePeriodSeconds, readiness off first), so that nothing is left to destroy.',
      sideEffects: 'A rollout takes as long as the longest connection that is waited for.',
      proven: 'inferred',
    },
    {
      name: 'reconnect',
      whatToDo:
        'Have client and server treat ECONNABORTED and ECONNRESET as an ordinary end, and connect again with a pause.',
      sideEffects: 'What was under way has to be asked again: only for what may be done twice.',
      proven: 'inferred',
    },
  ],
  sources: [
    {
      title: 'Linux: what destroying a socket does (tcp_abort)',
      where: 'torvalds/linux: net/ipv4/tcp.c',
    },
    {
      title: 'ss(8): -K, --kill',
      where: 'https://man7.org/linux/man-pages/man8/ss.8.html',
    },
    {
      title: 'Cilium terminates sockets of deleted backends: reports',
      where: 'https://github.com/cilium/cilium/issues/38937',
    },
    {
      title: 'Cilium: connections to deleted backends',
      where: 'https://github.com/cilium/cilium/issues/14844',
    },
    { title: 'Cilium: the same, for TCP', where: 'https://github.com/cilium/cilium/issues/48564' },
  ],
} as const satisfies WrittenPage;
