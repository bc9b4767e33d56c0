// The witnesses whose silence means something to the diagnosis, and how a user is told that one was not there.

export const wantedWords = {
  'ip-monitor': 'rule, route and link changes of the node (ip monitor)',
  'conntrack-events': 'conntrack events of the node (conntrack -E)',
  'conntrack-stats': 'conntrack counters of the node',
  capture: 'a capture of RSTs on the nodes of client and server',
  'rule-counters': "counters of the node's rules",
  snmp: "TCP counters of the server's pod",
  listeners: "the listening sockets of the server's pod",
  'server-events': "the server's own events (netdebug server --events)",
} as const;
export type Wanted = keyof typeof wantedWords;

/** A witness on a node, by the `source` of its events. */
export type NodeWitness = Exclude<Wanted, 'server-events'>;
export const nodeWitnesses = (Object.keys(wantedWords) as Wanted[]).filter(
  (name): name is NodeWitness => name !== 'server-events',
);
