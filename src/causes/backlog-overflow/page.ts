// The queue of connections that wait to be accepted was full: the kernel dropped further openings.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'backlog-overflow',
  title: "the server's queue of connections to accept was full",
  scenario: 'backlog-overflow',
  symptom: {
    client:
      'Connecting takes 1, 3 or 7 seconds, or times out (ETIMEDOUT); now and then a connection is made and never answered. With ' +
      'tcp_abort_on_overflow it may be reset right after it was made. Connections that were there before go on.',
    server:
      'Its program is busy, stopped or short of threads, and accepts late. It logs nothing of those who were dropped.',
    nodes:
      "ListenOverflows and ListenDrops rise in the server's namespace. SYNs reach its interface, and nothing comes back.",
  },
  symptoms: [
    'new connections time out or are slow under load while existing ones are fine: the accept queue (backlog) is full, ListenOverflows rises',
  ],
  author: {
    who: ['server-kernel'],
    text: "The server's kernel, which has no place for one more connection until the program accepts some.",
  },
  mechanism: [
    {
      text:
        'A connection that is made waits in the queue of its listener until the program accepts it. The queue holds one more than the ' +
        'smaller of what listen() asked for and net.core.somaxconn.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'While it is full the kernel drops each SYN without an answer, whatever tcp_abort_on_overflow says. The client repeats it after ' +
        '1, 3 and 7 seconds, which is where slow connects come from.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'Where the queue fills between the SYN and the ACK, the client believes to be connected: its data is repeated and never ' +
        'acknowledged. With tcp_abort_on_overflow=1 it gets a RST instead.',
      basis: ['measured'],
    },
    {
      text: 'Any stop of the accepting thread does it: garbage collection, CPU throttling, a full thread pool, a blocked event loop.',
      basis: ['inferred'],
    },
  ],
  drawing: [
    'client A                        server B',
    '   |                            | queue full: accepts nobody',
    '   | --- SYN ---------------->  x dropped, ListenOverflows +1',
    '   | --- SYN, 1 s later ----->  x',
    '   |     ETIMEDOUT              |',
  ],
  howToConfirm: [
    {
      where: "the server's pod",
      run: "ss -ltn 'sport = :PORT'",
      whenItIs: 'While it lasts Recv-Q, those who wait, is above Send-Q, which is the length of the queue.',
      whenNot: 'Recv-Q is 0 or small all the time.',
    },
    {
      where: "the server's pod",
      run: 'nstat -az TcpExtListenOverflows TcpExtListenDrops',
      whenItIs: 'Both rise with the failed attempts.',
      whenNot: 'ListenOverflows rests: see silent-drop and conntrack-table-full.',
    },
    {
      where: "the server's node",
      run: "tcpdump -nn -l -i any 'tcp[tcpflags] & tcp-syn != 0 and host POD_IP and port PORT'",
      whenItIs:
        "SYNs go Out to the server's veth, the same again after a second, and no SYN-ACK comes In from there.",
      whenNot: 'They do not get as far as that, or are answered.',
    },
  ],
  lookAlikes: [
    {
      cause: 'silent-drop',
      tellApart:
        "Openings vanish on the way: they do not come to the server's interface, and no ListenOverflows rises.",
    },
    {
      cause: 'conntrack-table-full',
      tellApart: "A node's drop counter rises; other ports of the same host fail, too.",
    },
    { cause: 'server-process-died', tellApart: 'Nobody listens: attempts are refused at once.' },
  ],
  fixes: [
    {
      name: 'larger-backlog',
      whatToDo:
        'Let more of them wait: the argument of listen() and net.core.somaxconn, of which the smaller counts (nginx "listen ... ' +
        'backlog=", 511 by default; node server.listen({backlog}); Redis tcp-backlog; gunicorn --backlog; PostgreSQL takes it from ' +
        'max_connections). In Kubernetes somaxconn is set for the pod: securityContext.sysctls.',
      sideEffects:
        'Clients wait longer where they were dropped before; one that gave up leaves a connection to be accepted in vain.',
      proven: 'lab',
    },
    {
      name: 'accept-faster',
      whatToDo:
        'Let more processes or threads accept, and none of them do long work; lift CPU limits that throttle it.',
      sideEffects: 'None known.',
      proven: 'inferred',
    },
    {
      name: 'keep-connections',
      whatToDo: 'Let clients keep connections and use them again, so that fewer are made at once.',
      sideEffects: 'Idle connections have their own enemies: see conntrack-expired.',
      proven: 'inferred',
    },
  ],
  sources: [
    kernelDocs.ipSysctl,
    {
      title: 'listen(2): what the backlog means',
      where: 'https://man7.org/linux/man-pages/man2/listen.2.html',
    },
    { title: 'ListenOverflows as an alarm', where: 'https://github.com/netdata/netdata/issues/2855' },
    {
      title: 'SYNs that are dropped when the queue is full',
      where: 'https://github.com/Xilinx-CNS/onload/issues/182',
    },
  ],
} as const satisfies WrittenPage;
