// A connection was silent for longer than conntrack remembers it: the entry is gone, and with it what it translated.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'conntrack-expired',
  title: 'the connection was silent for longer than conntrack remembers it',
  scenario: 'conntrack-expired',
  symptom: {
    client:
      'ECONNRESET on the first write after a long silence, or no answer and a timeout where nf_conntrack_tcp_loose is 0. ' +
      'Busy connections are spared.',
    server:
      'Nothing, when the client breaks the silence. When the server does, it is reset at once and the client later.',
    nodes:
      'A DESTROY without a mark, as long after the last packet as the timeout says; then the same trail as after a deletion.',
  },
  symptoms: [
    'connection reset on the first request after hours or days of idle, short pauses are fine',
    'idle connections through a Service break, the conntrack timeout was lowered (nf_conntrack_tcp_timeout_established)',
  ],
  author: {
    who: ['server-kernel', 'client-kernel', 'nobody'],
    text:
      "The server's kernel, to whom the new entry presents an unknown port; the client's kernel, when the server speaks " +
      'first; nobody, when late packets are dropped.',
  },
  mechanism: [
    {
      text:
        'An entry of an established connection lives for nf_conntrack_tcp_timeout_established after its last packet: five ' +
        'days by the kernel, one day where kube-proxy sets it, less where somebody tuned it. With data unacknowledged it ' +
        'is nf_conntrack_tcp_timeout_unacknowledged: five minutes.',
      basis: ['source'],
    },
    {
      text:
        'What follows is as in conntrack-entry-deleted: the next packet makes a new entry, and the connection survives if ' +
        'that one translates in the same way. It does not after a second crossing, nor when the server speaks first.',
      basis: ['measured'],
    },
    {
      text:
        'Nor does it behind a source NAT that chooses ports at random (MASQUERADE --random-fully): the new entry has another port, and the ' +
        'server answers that with RST. Where the same port is chosen again, and nobody has got it meanwhile, nothing happens; where ' +
        'somebody has, it is port-clash.',
      basis: ['measured'],
    },
    {
      text:
        'With nf_conntrack_tcp_loose=0 no entry is made from the middle of a connection. The packet is INVALID, the INVALID ' +
        'rule drops it, and the client sends again until it gives up: ETIMEDOUT, without any RST.',
      basis: ['measured'],
    },
    {
      text:
        'Every box between that remembers connections has such a clock: load balancers, NAT gateways, firewalls. Theirs are ' +
        'often minutes, and conntrack on the node shows nothing of them.',
      basis: ['inferred'],
    },
  ],
  drawing: [
    'packets   | | |                                |',
    'time  ---------------------------------------------->',
    'entry     =====================x               +--- new entry, new port',
    '              the timeout      expired         +--- no socket for it: RST',
  ],
  howToConfirm: [
    {
      where: "the server's node",
      run: 'sysctl net.netfilter.nf_conntrack_tcp_timeout_established \\\n  net.netfilter.nf_conntrack_tcp_loose',
      whenItIs:
        'The timeout, in seconds, is shorter than the longest silence of the connections that are reset.',
      whenNot: 'It is longer than the connections live.',
    },
    {
      where: "the client's pod",
      run: 'ss -tnoi dst SERVICE_IP',
      whenItIs:
        'lastsnd and lastrcv, in milliseconds, come near the timeout, and no line says timer:(keepalive,...): nothing keeps ' +
        'the entry alive.',
      whenNot: 'They stay far below it.',
    },
    {
      where: "the server's node",
      run: 'conntrack -L -p tcp -r POD_IP',
      whenItIs:
        'The third column, the seconds that are left, runs towards 0 for a connection that both ends hold open.',
      whenNot: 'It jumps back up all the time.',
    },
    {
      where: "the server's node",
      run: 'sysctl -w net.netfilter.nf_conntrack_timestamp=1 &&\n  conntrack -E -e DESTROY -p tcp -o timestamp,id,ktimestamp -r POD_IP',
      whenItIs:
        '"[DESTROY] tcp 6 ESTABLISHED ... [start=...] [stop=...]" with neither a number after the 6 nor [USERSPACE]. The ' +
        'line may be printed seconds late; stop= is the moment. Entries from before the setting have no times.',
      whenNot:
        '[USERSPACE]: see conntrack-entry-deleted. No DESTROY before the reset: it was something else.',
    },
  ],
  lookAlikes: [
    {
      cause: 'port-clash',
      tellApart:
        'Another connection was given the port that the server knows this one by, or has all there are.',
    },
    {
      cause: 'conntrack-entry-deleted',
      tellApart: 'The DESTROY is marked [USERSPACE], and busy connections are hit too.',
    },
    {
      cause: 'server-aborted',
      tellApart:
        'An idle timeout of the server ends in FIN or [R.], length 52, and reaches an idle client at once.',
    },
    {
      cause: 'silent-drop',
      tellApart:
        'With nf_conntrack_tcp_loose=0 both end in timeouts; only here invalid= of conntrack -S rises.',
    },
    {
      cause: 'idle-timeout-between',
      tellApart:
        'The same, by a box between the nodes: the own entry is still there, and the RST comes in from the network.',
    },
  ],
  fixes: [
    {
      name: 'heartbeat',
      whatToDo:
        'Speak more often than the shortest timer on the way: a heartbeat of the protocol, or TCP keepalive with ' +
        'TCP_KEEPIDLE below it (the kernel waits two hours by default).',
      sideEffects: 'A packet per connection and interval; dead peers are noticed, which is welcome.',
      proven: 'lab',
    },
    {
      name: 'keepalive-settings',
      whatToDo:
        'Where the program has a setting for it: redis tcp-keepalive 60, PostgreSQL tcp_keepalives_idle=60 (server, and in the ' +
        'connection string), nginx listen ... so_keepalive=60s::, and net.ipv4.tcp_keepalive_time for those that only switch ' +
        'keepalive on.',
      sideEffects: 'As for heartbeat.',
      proven: 'inferred',
    },
    {
      name: 'longer-timeout',
      whatToDo:
        'Raise nf_conntrack_tcp_timeout_established on every node, or kube-proxy --conntrack-tcp-timeout-established.',
      sideEffects:
        'Entries of connections that nobody closed stay as long, and fill the table. Other boxes keep their own clocks.',
      proven: 'lab',
    },
  ],
  sources: [
    kernelDocs.conntrackSysctl,
    {
      title: 'kube-proxy: --conntrack-tcp-timeout-established, one day',
      where: 'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/',
    },
    {
      title: 'PostgreSQL: tcp_keepalives_idle',
      where: 'https://www.postgresql.org/docs/current/runtime-config-connection.html',
    },
    {
      title: 'nginx: so_keepalive of listen',
      where: 'https://nginx.org/en/docs/http/ngx_http_core_module.html',
    },
    {
      title: 'redis: tcp-keepalive',
      where: 'https://redis.io/docs/latest/develop/reference/clients/',
    },
    {
      title: 'aks-engine: entries whose time left fell to 300 s',
      where: 'https://github.com/Azure/aks-engine/issues/1912',
    },
  ],
} as const satisfies WrittenPage;
