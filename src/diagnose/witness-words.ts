// The witnesses whose silence means something to the diagnosis, and how a user is told that one was not there.

export const wantedWords = {
  'ip-monitor': 'rule, route and link changes of the node (ip monitor)',
  'conntrack-events': 'conntrack events of the node (conntrack -E)',
  'conntrack-stats': 'conntrack counters of the node',
  capture: 'a capture of RSTs on the nodes of client and server',
  'rule-counters': "counters of the node's rules",
  ipvs: "the node's IPVS connections (ipvsadm -Lnc)",
  snmp: "TCP counters of the server's pod",
  neighbours: 'neighbours of the nodes that did not answer (ip monitor neigh)',
  listeners: "the listening sockets of the server's pod",
  'kernel-events':
    "the kernel's own events on the nodes of client and server (its tracepoints; root and tracefs)",
  'kernel-log': "the kernel's log of the server's node (dmesg)",
  sockets: "the node's sockets and what they knew at their end (ss)",
  'server-events': "the server's own events (netdebug server --events)",
  // What a witness that did run could not tell of this very connection.
  'client-events': "the client program's own events (netdebug client --events)",
  'packets-to-compare': 'other packets of the sender at the same place, to compare its RST with',
  'captured-reset': "this connection's RST in the capture, which ran and has none",
  'capture-at-server': "a capture on the server's node",
  'capture-at-client': "a capture on the client's node",
  'pods-of-node': "which addresses the node's pods have (listeners and TCP counters of its pods tell)",
  'order-of-resets':
    'which of two RSTs came first: each was seen on another node, and their clocks are not close enough',
  'rest-of-connection': "the connection's other packets: the capture has only its RST",
  'captured-data': "the connection's packets with data: the capture has openings and ends alone",
  'what-was-lost': 'what an observer of the node could not record (it said that it lost something)',
  'later-conntrack-events':
    'when what conntrack told of that time, or still had to tell, had happened: it tells late on a busy machine',
  'its-hours': 'what an observer of the node saw at that time (it had not begun, or had stopped)',
  'capture-direction': 'the direction of captured packets (tcpdump -i any -y LINUX_SLL2 keeps it)',
  'icmp-errors': 'ICMP errors about the connection (tcpdump "tcp or icmp or icmp6")',
  'captured-options': 'the TCP options of the RST, which the capture cut off (tcpdump -s 128 keeps them)',
  'owner-of-listener':
    'which process had the listener (netdebug observe, with the right to see its descriptors)',
  'entries-of-connection':
    "the conntrack entry of this connection's own packets (conntrack -E ran, and did not see it made)",
  'accept-of-connection': "the server's own event of accepting this connection",
  'rules-without-counter': 'whether the rules that reject or drop without a counter did so',
  'rules-between-readings': 'rules that came and went between two readings of their counters (nft monitor)',
  'kernel-at-server': "the kernel's own events on the server's node (its tracepoints; root and tracefs)",
  'kernel-at-client': "the kernel's own events on the client's node (its tracepoints; root and tracefs)",
  'process-ends': 'which processes ended: this kernel does not tell, or not to this observer',
  'memory-kills':
    "what the kernel of the server's node killed for memory (its tracepoints, its log or its cgroups' counts; root)",
  'resets-without-socket': 'the RSTs that no socket sent: the kernel tells of them since Linux 6.10',
  'peer-of-listener':
    'whose packet a listener answered with RST: the kernel names no peer, and several were near',
  'ebpf-conntrack':
    "connection tracking of the node's dataplane in eBPF, which is not the kernel's (cilium-dbg bpf ct list global)",
  'rules-of-every-node': 'counters of the rules on every node that carried this connection',
  'shorter-packets': 'whether shorter packets passed: none was sent meanwhile',
  'words-of-other-side':
    'whether packets of the other direction passed: nobody sent any meanwhile (keep-alive, or a server that speaks by itself, would show it)',
  'unwatched-node': 'what the node of the other end saw: nobody watched it',
} as const;
export type Wanted = keyof typeof wantedWords;

/** The witnesses on a node that the diagnosis asks for, each by the `source` of its events. */
export const nodeWitnesses = [
  'ip-monitor',
  'conntrack-events',
  'conntrack-stats',
  'capture',
  'rule-counters',
  'snmp',
  'listeners',
  'neighbours',
  'ipvs',
  'kernel-events',
  'kernel-log',
  'sockets',
] as const satisfies readonly Wanted[];
export type NodeWitness = (typeof nodeWitnesses)[number];
