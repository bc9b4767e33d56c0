// The application closed the connection with a RST, while its process and its listener live on.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs, resetsOnly } from '../shared-sources.ts';

export const page = {
  id: 'server-aborted',
  title: "the server's application closed the connection with a RST",
  scenario: 'server-aborted',
  symptom: {
    client: 'ECONNRESET at any moment, also while idle. A new connection works at once.',
    server:
      'It knows: the close is in its code, and often in its log (a timeout, a limit, a protocol error).',
    nodes: 'A RST of a live socket, and CLOSE of all entries on the way, one after the other; no FIN.',
  },
  symptoms: [
    'connection reset by peer from one server now and then while it runs on and takes new connections: an aborted close, a limit, an error',
  ],
  author: {
    who: ['server-application'],
    text: "The server's application. The kernel only does what a close in this state means.",
  },
  mechanism: [
    {
      text:
        'close() ends in FIN, unless SO_LINGER is set with a time of 0, or input lies unread in the socket: then it ends in ' +
        'RST. In both cases what is still to be sent is thrown away.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'The usual ways into it: a server that answers an error before it has read the whole request, and closes; an idle ' +
        'timer that fires just as a question arrives; socket.destroy() and its like; a proxy that passes on a reset of its ' +
        'own backend.',
      basis: ['inferred'],
    },
    {
      text:
        'The RST is one of a socket that was alive, and looks different from that of a kernel which knows no socket: it ' +
        'acknowledges ([R.]), has TCP options (52 bytes, not 40), a window and an IP id.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'client A                        server B',
    '   | --- question ----------->  | in the socket, unread',
    '   |                            | close()',
    '   | <-- RST, [R.] 52 bytes --- |',
    '   | --- SYN ---------------->  |',
    '   | <-- SYN, ACK ------------- |  the listener lives',
  ],
  howToConfirm: [
    {
      where: "the server's node",
      run: resetsOnly,
      whenItIs:
        "First on the server's veth, In, flags [R.], length 52, an id that is not 0, the ttl of the server's other packets.",
      whenNot: 'Flags [R] and length 40: a kernel without a socket, or a rule, sent it.',
    },
    {
      where: "the server's pod",
      run: 'nstat -az TcpExtTCPAbortOnClose TcpExtTCPAbortOnData TcpOutRsts',
      whenItIs:
        'With each reset, TCPAbortOnClose rises (input was unread) or TCPAbortOnData (linger 0), and TcpOutRsts too.',
      whenNot: 'Only TcpOutRsts rises: for a segment without a socket.',
    },
    {
      where: "the server's pod",
      run: "ss -ltn 'sport = :PORT'",
      whenItIs: 'The LISTEN line is there, before and after.',
      whenNot: 'It is gone: see server-process-died.',
    },
    {
      where: "the server's pod",
      run: "ss -tn state established '( sport = :PORT )'",
      whenItIs: 'Before the reset, Recv-Q of the connection is not 0: that input would be unread at a close.',
      whenNot: 'Recv-Q is 0 always: look for linger 0.',
    },
    {
      where: "the server's node",
      run: 'strace -f -tt -e trace=setsockopt,shutdown,close -p SERVER_PID',
      whenItIs:
        'SO_LINGER with {l_onoff=1, l_linger=0}, or a close of the socket at the time of the RST. Slows the process.',
      whenNot: 'No close of this socket at that time.',
    },
  ],
  lookAlikes: [
    {
      cause: 'server-process-died',
      tellApart: 'The same RST, for all connections at once, and then refused.',
    },
    {
      cause: 'socket-destroyed',
      tellApart:
        'The same packets, and no TCPAbortOnClose or TCPAbortOnData: only counters, or the kernel’s own word, tell them apart.',
    },
    {
      cause: 'probe-stalled',
      tellApart:
        'The server gave up on a client that said nothing: the RST was captured long before the client reports it.',
    },
    {
      cause: 'conntrack-expired',
      tellApart: 'Also idle connections, but there the RST comes only after a write, as [R] with length 40.',
    },
    {
      cause: 'keep-alive-race',
      tellApart: 'A FIN of the server comes first, and the RST, as [R], answers what crossed it.',
    },
  ],
  fixes: [
    {
      name: 'orderly-close',
      whatToDo:
        'Read what is there before close(), or shutdown() the sending side, read to the end, then close; no SO_LINGER 0, no ' +
        'destroy() with input pending. A server should keep idle connections longer than its clients do.',
      sideEffects: 'Reading to the end needs a limit of time and size, or a client can hold the socket.',
      proven: 'lab',
    },
    {
      name: 'settings-that-reset',
      whatToDo:
        'Undo what asks for it: nginx lingering_close on (not off) and reset_timedout_connection off; HAProxy without option ' +
        'nolinger; SO_LINGER out of the code.',
      sideEffects: 'Sockets of clients that do not answer stay for as long as the linger timeout.',
      proven: 'inferred',
    },
  ],
  sources: [
    kernelDocs.closeWithUnreadData,
    {
      title: 'nginx: lingering_close, reset_timedout_connection',
      where: 'https://nginx.org/en/docs/http/ngx_http_core_module.html',
    },
    {
      title: 'HAProxy: option nolinger',
      where: 'https://docs.haproxy.org/2.6/configuration.html',
    },
    { title: 'Lesser-known details of closing TCP connections', where: 'busybox: docs/tcp.txt' },
  ],
} as const satisfies WrittenPage;
