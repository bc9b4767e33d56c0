// Two connections want one address and port once their sources are translated: one is dropped, or takes the other's place.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'port-clash',
  title: 'two connections were given, or wanted, one source port of a NAT',
  scenario: 'port-clash',
  symptom: {
    client:
      'Connecting times out now and then, the more the busier, though the server is well. Or a connection that was silent for long gets ' +
      'no answer (ETIMEDOUT), or ECONNRESET, on its next write.',
    server:
      'Of openings that found no port: nothing. Where a port was given to another: a live connection reads ECONNRESET while its client ' +
      'is silent.',
    nodes:
      'insert_failed and drop of conntrack -S rise with each try, on the node that hides pods behind its own address. Nothing of that ' +
      'try leaves it.',
  },
  symptoms: [
    'connect timeouts from pods to one database or external address under load, SNAT port exhaustion, insert_failed in conntrack -S rises',
    'many pods behind a node or NAT gateway masquerade to one address and port, and source ports collide or run out',
  ],
  author: {
    who: ['nobody', 'server-kernel'],
    text:
      "Nobody: what finds no port is dropped. Where there are other ports, the old connection comes from one that the server's kernel has " +
      'no socket for, and it answers with RST.',
  },
  mechanism: [
    {
      text:
        'After the translation a connection is told from others by the node’s address and a port alone, for each server address and port. ' +
        'When all ports that the rule allows are in use, the entry of one more cannot be added beside the one that is there, and its ' +
        'packet is dropped: insert_failed and drop rise by one.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'An entry that nothing renewed for nf_conntrack_tcp_timeout_established is gone, and its port is free, though both ends still ' +
        'hold the connection. Whoever gets the port sends a SYN to a live socket. The server acknowledges what it knows (a challenge ' +
        "ACK), the newcomer's kernel resets that, and the old socket dies; the SYN that is sent again 10 ms later is answered.",
      basis: ['measured'],
    },
    {
      text:
        'The old client knows nothing of it. What it sends next finds its port taken: it is dropped where there is no other (ETIMEDOUT), ' +
        'or leaves from another port and is reset.',
      basis: ['measured'],
    },
    {
      text:
        'With MASQUERADE --random-fully an idle connection needs no rival to lose its port: the entry that its next packet makes has ' +
        'another one. That is conntrack-expired in the form that source NAT gives it. Without that option, and with the port still free, ' +
        'the same port is chosen again and nothing happens.',
      basis: ['measured'],
    },
    {
      text:
        'Two openings at the same instant may choose one port though others are free; the later is dropped and repeated after a second. ' +
        'This is what --random-fully is for.',
      basis: ['source'],
    },
  ],
  drawing: [
    'client A ---- A:51000 ---+      node      +--- N:40000 ----> server S',
    '                         |  one port left |',
    'client B ---- SYN -----> x  insert_failed |',
    '',
    'A is silent, its entry expires:',
    'client B ---- SYN -----> node --- N:40000 ----> S has that socket: ACK',
    '              <------------------------ RST ------> the socket of A dies',
    'client A ---- data ----> x  its port is taken',
  ],
  howToConfirm: [
    {
      where: "the client's node",
      run: "conntrack -S | grep -o 'insert_failed=[0-9]*'",
      whenItIs:
        'On some CPU it rises with each failed try: once for each SYN. Any protocol counts in it, and DNS over UDP is the usual other one.',
      whenNot: 'All stand still: see silent-drop and backlog-overflow.',
    },
    {
      where: "the client's node",
      run: "iptables-save -t nat | grep -iE ' (snat|masquerade)' ||\n  nft list ruleset | grep -E 'snat|masquerade'",
      whenItIs:
        'A rule hides pods on their way to the server; --to-ports or a single --to-source bounds how many connections may go to one ' +
        'address and port.',
      whenNot: 'None: the same may happen in a NAT gateway behind the node, which counts it for itself.',
    },
    {
      where: "the client's node",
      run: "conntrack -L -p tcp --dport PORT 2>/dev/null |\n  grep -o 'dst=[^ ]* sport=PORT dport=[0-9]*' | sort | uniq -c",
      whenItIs:
        'Every dport that the rule allows is there, each once for the node’s address. Entries in TIME_WAIT count: each holds its port for two ' +
        'minutes.',
      whenNot: 'Far fewer.',
    },
    {
      where: "the client's node",
      run: 'conntrack -E -p tcp -o timestamp,id --dport PORT',
      whenItIs:
        'For a silent connection that was lost: [DESTROY] tcp 6 ESTABLISHED without [USERSPACE], then [NEW] of another source whose second ' +
        'half ends in the same dport.',
      whenNot: 'No other source gets that dport: conntrack-expired.',
    },
    {
      where: "the server's pod",
      run: 'nstat -az TcpExtTCPSYNChallenge TcpExtTCPChallengeACK TcpEstabResets',
      whenItIs: 'All three rise at the moment when the server reads ECONNRESET.',
      whenNot: 'The first rests: nobody sent a SYN to a live socket.',
    },
  ],
  lookAlikes: [
    {
      cause: 'conntrack-expired',
      tellApart: 'No other connection gets the port; the own one comes back with another, or the same.',
    },
    {
      cause: 'conntrack-table-full',
      tellApart: 'drop rises without insert_failed, and nf_conntrack_count is at its maximum.',
    },
    {
      cause: 'silent-drop',
      tellApart: 'insert_failed rests, or the openings are seen leaving the node.',
    },
    {
      cause: 'backlog-overflow',
      tellApart: "The openings reach the server's pod, and its ListenOverflows rises.",
    },
    {
      cause: 'client-aborted',
      tellApart:
        "The server's side of a port that was given away: the RST comes from the NAT's address. Of an abort it carries the client's own " +
        'sequence number and no SYN came before.',
    },
  ],
  fixes: [
    {
      name: 'more-ports',
      whatToDo:
        'Give the translation more ports or addresses: no --to-ports; GCP Cloud NAT --min-ports-per-vm (64 by default) or dynamic port ' +
        'allocation; an Azure load balancer’s allocated outbound ports, or a NAT gateway; more addresses on an AWS NAT gateway (55 000 ' +
        'connections for each address and destination).',
      sideEffects: 'Ports that one VM has, another has not; each address costs.',
      proven: 'lab',
    },
    {
      name: 'no-translation-inside',
      whatToDo:
        'Do not hide pods where the way back is known: nonMasqueradeCIDRs of ip-masq-agent, ipv4-native-routing-cidr of Cilium, ' +
        'natOutgoing of Calico’s IP pools, externalTrafficPolicy: Local.',
      sideEffects: 'The other side must know the way to the pods.',
      proven: 'inferred',
    },
    {
      name: 'keep-connections',
      whatToDo:
        'Keep connections and use them again, with a keep-alive shorter than nf_conntrack_tcp_timeout_established of the node and the ' +
        'idle timeout of the gateway, so that no port is given away while it is in use.',
      sideEffects: 'One packet for each connection and interval.',
      proven: 'inferred',
    },
    {
      name: 'random-ports',
      whatToDo:
        'Where insert_failed rises though ports are free: MASQUERADE --random-fully (kube-proxy and ip-masq-agent do so where iptables ' +
        'can).',
      sideEffects:
        'An idle connection whose entry expired comes back with another port and is reset: see conntrack-expired.',
      proven: 'inferred',
    },
  ],
  sources: [
    kernelDocs.conntrackSysctl,
    {
      title: 'ip-masq-agent: ports chosen at random against the insert race',
      where: 'https://github.com/kubernetes-sigs/ip-masq-agent/issues/51',
    },
    {
      title: 'kubernetes: openings that are dropped as two are given one source port, and --random-fully',
      where: 'https://github.com/kubernetes/kubernetes/issues/76699',
    },
    {
      title: 'GCP Cloud NAT: ports for each VM',
      where: 'https://cloud.google.com/nat/docs/ports-and-addresses',
    },
    {
      title: 'Azure: SNAT ports of a load balancer',
      where: 'https://learn.microsoft.com/en-us/azure/load-balancer/load-balancer-outbound-connections',
    },
    {
      title: 'AWS: connections of a NAT gateway to one destination',
      where: 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html',
    },
  ],
} as const satisfies WrittenPage;
