// The client's application closed the connection with a RST, while its process lives on.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs, resetsOnly } from '../shared-sources.ts';

export const page = {
  id: 'client-aborted',
  title: "the client's application closed the connection with a RST",
  scenario: 'client-aborted',
  symptom: {
    client:
      'Nothing, but that it closed: in its code, often in its log (a timeout, a cancelled request, a health check).',
    server: '"Connection reset by peer" (ECONNRESET) or "broken pipe" (EPIPE) in its log, at any moment.',
    nodes: "A RST of a live socket from the client's side, and CLOSE of all entries on the way; no FIN.",
  },
  symptoms: [
    'the server logs connection reset by peer from a client or a health check that closes without reading, and all works',
  ],
  author: {
    who: ['client-application'],
    text: "The client's application. The kernel only does what a close in this state means.",
  },
  mechanism: [
    {
      text:
        'close() ends in FIN, unless SO_LINGER is set with a time of 0, or input lies unread in the socket: then it ends in RST, ' +
        'and the server loses what it had not read yet as well.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'The usual ways into it: a request that is cancelled or runs into the client’s own timeout; a body that is not read to its ' +
        'end; a health check that closes with linger 0 on purpose, so as to leave no TIME_WAIT behind.',
      basis: ['source', 'inferred'],
    },
    {
      text:
        'A client that had its whole answer and closes with a RST leaves nobody without anything: such an end is counted as benign, ' +
        'and only one that cut off a question, or threw an answer away, as lost.',
      basis: ['inferred'],
    },
  ],
  drawing: [
    'client A                        server B',
    '   | --- question ----------->  |',
    '   x close(), linger 0          | works on the answer',
    '   | --- RST, [R.] 52 bytes ->  | read(): ECONNRESET',
    '   | --- SYN, SYN-ACK --------  |  both live on',
  ],
  howToConfirm: [
    {
      where: "the client's node",
      run: resetsOnly,
      whenItIs: "First on the client's veth, In, flags [R.], length 52, an id that is not 0.",
      whenNot:
        "Length 40: the client's kernel had no socket for what came (conntrack-invalid). First on another interface: somebody else.",
    },
    {
      where: "the client's pod",
      run: 'nstat -az TcpExtTCPAbortOnClose TcpExtTCPAbortOnData TcpOutRsts',
      whenItIs:
        'With each reset, TCPAbortOnClose rises (input was unread) or TCPAbortOnData (linger 0), and TcpOutRsts too.',
      whenNot: 'Only TcpOutRsts and TcpEstabResets rise: see socket-destroyed.',
    },
    {
      where: "the client's pod",
      run: "ss -tnpo state established '( dport = :PORT )'",
      whenItIs: 'The process is there after the reset with the same pid, and has new connections.',
      whenNot: 'It is gone, or has another pid: see client-died.',
    },
  ],
  lookAlikes: [
    {
      cause: 'client-died',
      tellApart:
        'All sockets of one process end within milliseconds, and the pid is another afterwards. From the server alone: not at all.',
    },
    {
      cause: 'socket-destroyed',
      tellApart:
        'The same packets; but neither TCPAbortOnData nor TCPAbortOnClose rises, and the client reads ECONNABORTED.',
    },
    {
      cause: 'conntrack-invalid',
      tellApart:
        'The client’s kernel sends a RST of 40 bytes to the pod’s own address, and the client loses its connection as well.',
    },
  ],
  fixes: [
    {
      name: 'read-to-the-end',
      whatToDo:
        'Read the answer to its end, or shutdown() the sending side and read on, before close(); no SO_LINGER 0. For health checks ' +
        'choose one that speaks the protocol to its end (for PostgreSQL behind HAProxy: option pgsql-check with a user that exists).',
      sideEffects: 'The client keeps a connection, and TIME_WAIT, for a little longer.',
      proven: 'lab',
    },
    {
      name: 'longer-client-timeout',
      whatToDo:
        "Make the client's timeout longer than the slowest answer, or the server's shorter, so that the server is the one that says so.",
      sideEffects: 'A client notices later that nobody will answer.',
      proven: 'inferred',
    },
  ],
  sources: [
    kernelDocs.closeWithUnreadData,
    { title: 'HAProxy: checks that end with a RST', where: 'https://github.com/haproxy/haproxy/issues/70' },
    {
      title: 'A health check logs resets at the server',
      where: 'https://github.com/bitnami/charts/issues/29490',
    },
  ],
} as const satisfies WrittenPage;
