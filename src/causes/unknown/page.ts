// The evidence does not decide: what that means, and what to collect so that the next reset does.
import type { WrittenPage } from '../define-cause.ts';
import { resetsOnly } from '../shared-sources.ts';

export const page = {
  id: 'unknown',
  title: 'the evidence does not decide; what to collect so that the next reset does',
  scenario: null,
  symptom: {
    client: 'Any. What a client sees never separates causes for which the kernel sends the same RST.',
    server: 'Any.',
    nodes: 'Not observed, observed too late, or with events lost.',
  },
  author: {
    who: ['unknown'],
    text: 'Not known. The first place where the RST was seen names its author: capture it.',
  },
  mechanism: [
    {
      text:
        'A reset that is named unknown is not a rare one. It is one for which two or more causes fit what was recorded, or for ' +
        'which the source that would decide did not run.',
      basis: ['inferred'],
    },
    {
      text:
        "With the client's events alone, route-table-conflict, conntrack-entry-deleted, conntrack-expired and a new pod that " +
        'listens look the same: ECONNRESET after a write, and a new connection that works.',
      basis: ['measured'],
    },
    {
      text:
        'Two things decide most cases: a capture of RSTs on every interface of both nodes, which gives the author, and the ' +
        'events of conntrack and of routing rules before it, which give the reason. They must run before the reset.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'where was the RST first?      and before it?         then read',
    '',
    "server's veth, In, 52 bytes   listener gone          server-process-died",
    '                              listener there         server-aborted',
    '                              no abort was counted   socket-destroyed',
    "server's veth, In, 40 bytes   rule changed           route-table-conflict",
    '                              DESTROY [USERSPACE]    conntrack-entry-deleted',
    '                              DESTROY, no mark       conntrack-expired',
    '                              link or route changed  endpoint-replaced',
    "client's veth, In, 52 bytes   its process is there   client-aborted",
    '                              it is gone             client-died',
    "client's veth, In, to POD_IP  invalid= rises         conntrack-invalid",
    '                              DESTROY before         as above',
    'Out only, ttl 64              REJECT counter         policy-reject',
    'eth0, In, no Out before       odd ttl                forged-reset',
    'nowhere                       drop= rises            conntrack-table-full',
    '                              sent again and again   silent-drop',
    'long before the error         client was still       probe-stalled',
  ],
  howToConfirm: [
    {
      where: "the server's node",
      run: resetsOnly,
      whenItIs: "Nothing yet: let it run, here and on the client's node, until the next reset.",
      whenNot: 'A RST: its first line, In or Out, length and ttl lead through the table above.',
    },
    {
      where: "the server's node",
      run: 'conntrack -E -p tcp -o timestamp,id -r POD_IP',
      whenItIs:
        '"We are losing events" on a busy node: what is missing proves nothing then. Narrow the filter.',
      whenNot:
        'DESTROY or NEW before the reset: the conntrack causes. Neither: a rule, the server, or something else.',
    },
    {
      where: "the server's node",
      run: 'ip -ts monitor rule link route',
      whenItIs: 'No line around the reset.',
      whenNot: 'A rule: route-table-conflict. A link or route of the server: endpoint-replaced.',
    },
    {
      where: "the server's pod",
      run: 'nstat -az TcpOutRsts TcpEstabResets TcpExtTCPAbortOnClose TcpExtTCPAbortOnData',
      whenItIs: 'Read once only: without a value from before there is no difference.',
      whenNot:
        'Read before and after: TcpOutRsts still, and the server did not send it; an abort counter, and it did so on purpose.',
    },
    {
      where: "the client's node",
      run: 'conntrack -S',
      whenItIs: 'No counter moved between two readings around the reset.',
      whenNot: 'invalid=, drop= or early_drop= moved: conntrack-invalid, conntrack-table-full.',
    },
  ],
  lookAlikes: [
    {
      cause: 'route-table-conflict',
      tellApart: 'Rule changes, by the time, next to the resets of same-node clients only.',
    },
    {
      cause: 'conntrack-entry-deleted',
      tellApart: 'conntrack -E from before the reset, with a DESTROY marked [USERSPACE].',
    },
    {
      cause: 'endpoint-replaced',
      tellApart: "The pod's age against the connection's, and link and route changes.",
    },
  ],
  fixes: [],
  sources: [
    {
      title: 'What others ask for: who sent the RST',
      where: 'https://github.com/inspektor-gadget/inspektor-gadget/issues/1546',
    },
  ],
} as const satisfies WrittenPage;
