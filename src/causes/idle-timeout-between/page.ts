// A box on the way forgets connections that are silent for longer than its idle timeout.
import type { WrittenPage } from '../define-cause.ts';
import { resetsOnly } from '../shared-sources.ts';

export const page = {
  id: 'idle-timeout-between',
  title: 'a box on the way forgot a connection that was idle for too long',
  scenario: 'idle-timeout-between',
  symptom: {
    client:
      'ECONNRESET on the first write after a long silence, or no answer to it and ETIMEDOUT. Connections that are used more often ' +
      'live, and a new one works at once.',
    server: 'Nothing: its sockets stay, ESTABLISHED, until it writes itself or its keep-alive runs out.',
    nodes:
      'A RST that comes in from the network and that the server never sent, or a request that is sent again and again. The own ' +
      'conntrack entries are there.',
  },
  symptoms: [
    'reset or hang on the first request after some idle minutes, through a load balancer, NAT gateway or firewall (350 s, 4 min, 10 min)',
    'an idle session through a proxy is closed after always the same time, although TCP keepalive is on',
  ],
  author: {
    who: ['in-between', 'nobody'],
    text:
      'A load balancer, NAT gateway or firewall between the nodes, which answers with RST what it has no entry for; nobody, where it ' +
      'drops that silently.',
  },
  mechanism: [
    {
      text:
        'Whatever tracks connections forgets those that are silent for its idle timeout: AWS NLB and NAT gateway after 350 s, Azure ' +
        'Load Balancer after 4 minutes, Google Cloud after 10 minutes, by their documents. Neither end hears of it.',
      basis: ['source'],
    },
    {
      text:
        'The next packet belongs to no entry. The box answers it with RST in the name of the other end, or drops it: then the sender ' +
        'sends again until it gives up.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'So it is a matter of silence alone: every connection that was lost had been silent for longer than the bound, every one that ' +
        'lives for less. A packet renews the entry, and TCP keep-alive is one.',
      basis: ['measured'],
    },
    {
      text:
        'A proxy counts bytes, not packets: it closes both sides with FIN when its idle timeout passes, and TCP keep-alive does not ' +
        'keep it from that. Then only data does, or a longer timeout of its own.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'packets  | | |   |                               |',
    'time   --------------------------------------------->',
    'the box   =========================x             +--- no entry: RST, or none',
    '                  its idle timeout  forgets',
    'both ends  hold the connection open all the time',
  ],
  howToConfirm: [
    {
      where: 'the folder of the probe events',
      run: 'grep -h \'"event":"failed"\' events.ndjson |\n  grep -o \'"\\(at\\|lastGoodAt\\)":"[^"]*"\'',
      whenItIs:
        'From lastGoodAt to at it is longer than the bound for each, and connections that are used more often are not among them.',
      whenNot: 'Some were lost after a short silence: no idle timeout did that.',
    },
    {
      where: "the client's node",
      run: resetsOnly,
      whenItIs:
        "The RST is first seen In on the uplink, with a ttl other than the server's packets have there, most often one that came less far.",
      whenNot:
        "It has the server's ttl and was seen leaving its pod: the server's kernel sent it. First seen Out: this node made it.",
    },
    {
      where: "the server's pod",
      run: 'nstat -asz TcpOutRsts && ss -tno src POD_IP',
      whenItIs: 'OutRsts stands still, and the connection that the client lost is still ESTAB.',
      whenNot: 'OutRsts rises with each: see conntrack-expired.',
    },
    {
      where: "the client's node",
      run: 'conntrack -L -p tcp -s CLIENT_IP',
      whenItIs: 'The entry is there, and far from its end: it is not this table that forgot.',
      whenNot: 'The entry is gone: see conntrack-expired.',
    },
  ],
  lookAlikes: [
    {
      cause: 'conntrack-expired',
      tellApart: "The same by the node's own table: its DESTROY is seen, and the RST is the server's.",
    },
    {
      cause: 'forged-reset',
      tellApart: 'The same RST, but after short silences as well.',
    },
    {
      cause: 'silent-drop',
      tellApart: 'The same silence, but busy connections are hit, too.',
    },
    {
      cause: 'keep-alive-race',
      tellApart: 'A FIN of the server, not a RST from the network; it is always there after the same time.',
    },
  ],
  fixes: [
    {
      name: 'tcp-keep-alive',
      whatToDo:
        'Turn TCP keep-alive on, with a first probe well below the bound: net.ipv4.tcp_keepalive_time for programs that only turn it on ' +
        '(two hours by default), nginx listen so_keepalive=60s::, Envoy tcp_keepalive, Go net.KeepAliveConfig, JDBC tcpKeepAlive=true.',
      sideEffects: 'A packet per connection and interval. A proxy between is not kept awake by it.',
      proven: 'lab',
    },
    {
      name: 'heartbeat',
      whatToDo:
        'Say something more often than the bound (HTTP/2 and gRPC PING, a heartbeat of the protocol), or give up idle connections before ' +
        'it: librdkafka connections.max.idle.ms, Go http.Transport.IdleConnTimeout, HikariCP keepaliveTime or maxLifetime.',
      sideEffects: 'A message per connection and interval, or more new connections.',
      proven: 'lab',
    },
    {
      name: 'longer-timeout',
      whatToDo:
        "Raise the box's timeout: AWS NLB tcp.idle_timeout.seconds (60 to 6000), Azure Load Balancer idle timeout (4 to 100 minutes) and " +
        'its TCP reset, so that the client hears of it at once.',
      sideEffects: 'Entries of connections that nobody closed stay as long.',
      proven: 'lab',
    },
  ],
  sources: [
    {
      title: 'AWS: idle timeout of a Network Load Balancer',
      where: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html',
    },
    {
      title: 'AWS: a NAT gateway forgets after 350 s',
      where: 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html',
    },
    {
      title: 'Azure Load Balancer: TCP reset and idle timeout',
      where: 'https://learn.microsoft.com/en-us/azure/load-balancer/load-balancer-tcp-reset',
    },
    {
      title: 'Google Cloud: connections that are idle for 10 minutes',
      where: 'https://cloud.google.com/compute/docs/troubleshooting',
    },
    {
      title: 'AKS: connections that are idle for 4 minutes',
      where: 'https://github.com/Azure/AKS/issues/285',
    },
    {
      title: 'librdkafka: disconnects by an idle timeout on the way',
      where: 'https://github.com/confluentinc/librdkafka/issues/3109',
    },
    {
      title: 'Istio: idle connections and keep-alive',
      where: 'https://github.com/istio/istio/issues/16572',
    },
    {
      title: 'ingress-nginx: keep-alive of clients behind a load balancer',
      where: 'https://github.com/kubernetes/ingress-nginx/issues/5695',
    },
    {
      title: 'CrateDB: keep-alive against idle timeouts of load balancers',
      where: 'https://github.com/crate/crate/issues/10779',
    },
  ],
} as const satisfies WrittenPage;
