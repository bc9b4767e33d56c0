// The prober itself did not run: it speaks late and hears late, and nobody's network is to blame.
import type { WrittenPage } from '../define-cause.ts';

export const page = {
  id: 'probe-stalled',
  title: "the prober itself did not run; nobody's network is to blame",
  scenario: 'probe-stalled',
  symptom: {
    client:
      'EOF or ECONNRESET that it reports long after it happened, answers that all are late at once, and a gap in its own log.',
    server: 'A client that said nothing for longer than the deadline, and was hung up on.',
    nodes:
      "FIN or RST of the server while the client was still, acknowledged by the client's kernel. No loss, nothing sent again.",
  },
  symptoms: [
    'health checks or pings report high latency and timeouts, but the network is fine: the process was throttled or paused',
  ],
  author: {
    who: ['server-application', 'nobody'],
    text: 'The server, which had waited long enough; or nobody, when the client was only late.',
  },
  mechanism: [
    {
      text:
        'A process that gets no CPU neither writes nor reads, while its kernel goes on to receive and acknowledge. To the server ' +
        'it looks like a client that has nothing to say, and its idle deadline ends the connection.',
      basis: ['measured'],
    },
    {
      text:
        'When the process runs again, it finds the FIN or RST and gives it the time of its own clock: in the lab 1.9 s after ' +
        'the packet. A latency measured over such a gap is that of the process, not of the network.',
      basis: ['measured'],
    },
    {
      text:
        'What stalls a process: a CPU limit (throttling until the next period), a node with too much to do, a paused or ' +
        'migrated machine, a long garbage collection, a blocked event loop.',
      basis: ['source', 'inferred'],
    },
  ],
  drawing: [
    'client      | asks    |  . . . . stalled . . . .  | reads the FIN: "closed"',
    'its kernel  |         |                acks FIN   |',
    'server      | answers |  deadline ---> FIN        |',
    'time      --------------------------------------------->',
  ],
  howToConfirm: [
    {
      where: 'the folder of the probe events',
      run: 'grep -hE \'"(loopDelayMs|lateMs)":[0-9]{3,}\' events.ndjson',
      whenItIs:
        'Events of many connections at one time with delays of the length of the stall, in milliseconds.',
      whenNot: 'No line around the failure: the prober ran on time.',
    },
    {
      where: "the client's node",
      run: "tcpdump -nn -l -i any 'tcp[tcpflags] & (tcp-rst|tcp-fin) != 0 and port PORT'",
      whenItIs: "The FIN or RST was captured well before the client's own time for the error.",
      whenNot: 'Within milliseconds of it.',
    },
    {
      where: "the client's pod",
      run: 'cat /sys/fs/cgroup/cpu.stat',
      whenItIs:
        'nr_throttled and throttled_usec rise over the gap (cgroup v1: cpu/cpu.stat, throttled_time).',
      whenNot: 'They stand still: then the node, not the limit.',
    },
    {
      where: "the client's node",
      run: 'cat /proc/pressure/cpu',
      whenItIs:
        'The "some" line shows a share of time, in percent, in which somebody waited for a CPU: tens of percent.',
      whenNot: 'Near 0.',
    },
  ],
  lookAlikes: [
    {
      cause: 'server-aborted',
      tellApart: 'The client was running: it reports the error within a millisecond of the packet.',
    },
    { cause: 'silent-drop', tellApart: 'Packets are sent again and again; a stalled client sends none.' },
    {
      cause: 'server-process-died',
      tellApart: 'FIN as well, but to all clients at once, and nobody listens afterwards.',
    },
  ],
  fixes: [
    {
      name: 'longer-deadline',
      whatToDo:
        "Let the server wait longer than any client is held up: three of the client's periods or more.",
      sideEffects: 'Clients that are really gone hold their sockets as long.',
      proven: 'lab',
    },
    {
      name: 'more-cpu',
      whatToDo:
        'Give the prober what it needs: resources.requests.cpu, and resources.limits.cpu higher or left out; spread it away from ' +
        'busy pods.',
      sideEffects: 'The node holds fewer pods.',
      proven: 'inferred',
    },
  ],
  sources: [
    {
      title: 'goldpinger: low CPU requests made round trips look long',
      where: 'https://github.com/bloomberg/goldpinger/issues/43',
    },
    {
      title: 'goldpinger: long ping times that the network did not have',
      where: 'https://github.com/bloomberg/goldpinger/issues/69',
    },
    {
      title: 'Kubernetes: a CPU limit throttles',
      where: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
    },
  ],
} as const satisfies WrittenPage;
