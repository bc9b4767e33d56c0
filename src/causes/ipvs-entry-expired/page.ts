// With IPVS a Service's address is the node's own: what IPVS has no entry for is not lost on the way, but answered by the node.
import type { WrittenPage } from '../define-cause.ts';
import { resetsOnly } from '../shared-sources.ts';

export const page = {
  id: 'ipvs-entry-expired',
  title: 'the connection was silent for longer than IPVS keeps it',
  scenario: 'ipvs-entry-expired',
  symptom: {
    client:
      'ECONNRESET on the first write after a long silence, within a millisecond; shorter pauses are fine, and a new connection works at once. ' +
      'Where nobody set the timeout the silence is 15 minutes.',
    server: 'Nothing: its socket stays ESTABLISHED until its own keep-alive ends it, hours later.',
    nodes:
      'The RST leaves the client’s node and never came in there; TcpOutRsts of the node itself rises. The entry is gone from ipvsadm -Lnc.',
  },
  symptoms: [
    'connection reset by peer on the first request after 15 minutes (900 seconds) of idle, kube-proxy runs in IPVS mode',
    'docker swarm service VIP: idle connections of a database pool are reset after 15 minutes',
  ],
  author: {
    who: ['node-kernel'],
    text:
      "The own kernel of the node that translates, mostly the client's: it has the Service's address, and no socket for what came. Neither end " +
      'sent a RST.',
  },
  mechanism: [
    {
      text:
        'IPVS keeps an entry for each connection, and each packet either way starts its timer anew: 900 s for what is established, 120 s ' +
        'after a FIN, where nobody changed it (ipvsadm -l --timeout).',
      basis: ['source'],
    },
    {
      text:
        'A packet in mid-stream without an entry is no new connection to IPVS, unless net.ipv4.vs.sloppy_tcp is 1. It lets the packet pass, and ' +
        'since the Service’s address is one of the node’s own (kube-ipvs0, or a dummy or loopback address), the node takes it for itself and ' +
        'answers with RST, as for any port where nobody listens.',
      basis: ['measured'],
    },
    {
      text:
        'Conntrack’s timeouts do not matter for this. Where IPVS keeps conntrack entries as well (net.ipv4.vs.conntrack=1, as kube-proxy sets it), ' +
        'they end with its own.',
      basis: ['measured'],
    },
    {
      text: 'Linux sends its first keep-alive after two hours, and only for sockets that ask for it: long after IPVS has forgotten.',
      basis: ['source'],
    },
  ],
  drawing: [
    'client A            node: V is its own        server B',
    '   | ----- to V ----- | ----- to B -----------> |   by its entry',
    '   |                  |                         |   15 minutes of silence',
    '   |                  X  the entry is gone      |',
    '   | ----- to V ----> |  for the node itself    |   hears nothing, still',
    '   | <-- RST from V - |  no socket              |   ESTABLISHED',
  ],
  howToConfirm: [
    {
      where: "the client's node",
      run: 'ipvsadm -l --timeout; ipvsadm -L -n -c | grep CLIENT_IP',
      whenItIs:
        'The first number is shorter than the longest silence of what is reset, and the entry of a silent connection runs down to 00:00 and ' +
        'is gone, while both ends still have it.',
      whenNot: 'No IPVS service has the address (ipvsadm -L -n): another cause.',
    },
    {
      where: "the client's node",
      run: resetsOnly,
      whenItIs:
        'The RST is first seen Out on the client’s interface with no In anywhere, ttl 64, id 0, length 40, and its checksum is correct.',
      whenNot:
        '"cksum incorrect": a rule made it, see policy-reject. In on eth0 first: see idle-timeout-between.',
    },
    {
      where: "the client's node",
      run: 'nstat -az TcpOutRsts; ip -o addr | grep SERVICE_IP; ss -ltn sport = :PORT',
      whenItIs:
        'TcpOutRsts of the node itself rises with each reset, the Service’s address is the node’s own, and nobody listens there.',
      whenNot: 'It stands still: what sent the RST was no kernel; see policy-reject.',
    },
  ],
  lookAlikes: [
    {
      cause: 'policy-reject',
      tellApart:
        "There the node's TcpOutRsts stands still and a rule's counter rises, with or without a silence.",
    },
    {
      cause: 'conntrack-expired',
      tellApart:
        'There the RST comes from an end’s kernel, because the packet reached it untranslated or from another port.',
    },
    {
      cause: 'idle-timeout-between',
      tellApart:
        'There the RST comes in from the network, and the node’s own tables still have the connection.',
    },
    {
      cause: 'service-without-endpoints',
      tellApart: 'There new connections are refused, too.',
    },
  ],
  fixes: [
    {
      name: 'tcp-keep-alive',
      whatToDo:
        'Switch TCP keep-alive on in the client and let it ask before IPVS forgets: TCP_KEEPIDLE, or net.ipv4.tcp_keepalive_time=600 in the pod for ' +
        'programs that only switch it on.',
      sideEffects: 'A packet per connection and interval.',
      proven: 'lab',
    },
    {
      name: 'longer-timeout',
      whatToDo:
        'kube-proxy --ipvs-tcp-timeout (ipvs.tcpTimeout in its configuration), or ipvsadm --set SECONDS 0 0, on every node, longer than the longest silence.',
      sideEffects: 'Entries of connections that nobody closed stay as long, and take memory.',
      proven: 'lab',
    },
    {
      name: 'sloppy-tcp',
      whatToDo:
        'net.ipv4.vs.sloppy_tcp=1 where the Service has one endpoint: IPVS then makes a new entry for what it finds in mid-stream.',
      sideEffects:
        'With several endpoints it chooses anew, and another one answers with RST (see translation-changed).',
      proven: 'inferred',
    },
    {
      name: 'no-virtual-address',
      whatToDo:
        'Do without the virtual address: a headless Service, or in Docker Swarm endpoint_mode: dnsrr.',
      sideEffects: 'Clients choose an endpoint by name, and must resolve again when endpoints change.',
      proven: 'inferred',
    },
  ],
  sources: [
    {
      title: 'kube-proxy: --ipvs-tcp-timeout',
      where: 'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/',
    },
    {
      title: 'Linux: sysctls of IPVS (conntrack, sloppy_tcp)',
      where: 'https://docs.kernel.org/networking/ipvs-sysctl.html',
    },
    {
      title: 'kubernetes: idle connections through IPVS are reset after 15 minutes',
      where: 'https://github.com/kubernetes/kubernetes/issues/80298',
    },
    {
      title: 'Docker: idle connections through the virtual address of a service',
      where: 'https://github.com/docker/docs/issues/5519',
    },
  ],
} as const satisfies WrittenPage;
