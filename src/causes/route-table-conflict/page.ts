// Two agents fight over a policy-routing rule: netd adds it, Felix deletes it, and each flip moves the port that the server sees.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs, resetsOnly } from '../shared-sources.ts';

export const page = {
  id: 'route-table-conflict',
  title: 'agents fight over a routing rule; each flip moves the port the server sees',
  scenario: 'gke-intranode-policy',
  symptom: {
    client:
      'ECONNRESET about 0.1 ms after its next write, never while idle. A new connection works at once. Only clients on the ' +
      "server's own node that dial the Service are hit, all of them together, every minute or two.",
    server:
      'Nothing. The old socket stays ESTABLISHED until an idle deadline or keepalive ends it. While the rule stands, its ' +
      'peer has a port that the client never used.',
    nodes:
      'The rule is deleted or added between the last good answer and the reset. Conntrack destroys no entry of the ' +
      'connection before the reset.',
  },
  symptoms: [
    'all connections between pods of one node reset together every minute or two, other nodes are fine',
    'GKE with intranode visibility and Calico: connection reset by peer through the Service, a reconnect works',
  ],
  author: {
    who: ['server-kernel', 'client-kernel'],
    text:
      "The server's kernel, and rightly: a segment came from a port for which it has no socket. Conntrack translates that " +
      'RST on its way back, so the client reads it as sent by the Service.',
  },
  mechanism: [
    {
      text:
        'For intranode visibility, GKE\'s netd adds the rule "not from all iif eth0 lookup 1". The one route in table 1 ' +
        'leads to the VPC gateway, so a packet between two pods of one node leaves by eth0 and comes back in.',
      basis: ['source'],
    },
    {
      text:
        "Calico's Felix, from v3.14, takes the lowest table of its range, 1 by default, for WireGuard, even when WireGuard " +
        'is off. At every route refresh (90 s, plus up to 9 s) it deletes each rule that points to that table. netd adds ' +
        'its rule again at its next reconcile (every 10 s by default, every 60 s in its sample configuration).',
      basis: ['source'],
    },
    {
      text:
        "While the rule stands, a connection from A:p to the Service V crosses the node's conntrack twice. The first entry " +
        'makes pod B out of V. When the packet comes back in, it fits neither side of that entry, so a second one is made. ' +
        'Its replies would look like those of the first, B to A:p, so the kernel gives it another source port: the server ' +
        'accepts A:q.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'While the rule is missing there is one crossing, one entry, and no new port. So at each flip the next segment of ' +
        'a live connection reaches the server from a port that it never accepted. The RST that answers it carries exactly ' +
        'the sequence number that the client expects, so the challenge ACK of RFC 5961 does not stop it.',
      basis: ['measured'],
    },
    {
      text:
        'A client on another node comes in by eth0 in both cases. A client that dials the pod IP has nothing translated, ' +
        'so nothing clashes. Both keep their port, and their connection.',
      basis: ['measured'],
    },
    {
      text:
        'Changes of 2020 and 2021 keep Felix off table 1 on GKE, and from GKE 1.36 Dataplane V2 does without netd here. ' +
        'That this clash reset the connections in the reports of that time is inferred; no GKE cluster was measured.',
      basis: ['source', 'inferred'],
    },
  ],
  drawing: [
    'rule stands                            rule missing',
    '',
    'client A:p -> V                        client A:p -> V',
    '  |  entry 1: V becomes B                |  entry 1: V becomes B',
    '  v                                      |',
    'eth0 -> VPC -> eth0                      |',
    '  |  entry 2: A:p is taken, so A:q       |',
    '  v                                      v',
    'server B accepted A:q                  server B sees A:p, knows no such',
    '                                       connection, and answers RST',
  ],
  howToConfirm: [
    {
      where: "the server's node",
      run: 'ip -ts monitor rule',
      whenItIs:
        '"Deleted 30003: not from all iif eth0 lookup 1", then the same line without "Deleted"; the resets follow, each at ' +
        "its connection's next write. The preference may be another number.",
      whenNot: 'No line for three minutes, while connections are reset.',
    },
    {
      where: "the server's node",
      run: 'conntrack -L -p tcp -s CLIENT_IP --dport PORT',
      whenItIs:
        'Two lines for each connection, one with dst=SERVICE_IP and one with dst=POD_IP. The last dport of the second is ' +
        'not its sport: that is q.',
      whenNot: 'One line for each connection, or a second one whose last dport is its sport.',
    },
    {
      where: "the server's pod",
      run: "ss -tn state established '( sport = :PORT )'",
      whenItIs:
        'The peers have the ports q, and old ones stay behind at every flip. In the client\'s pod, "ss -tn dst SERVICE_IP" ' +
        'shows the ports p.',
      whenNot: 'The same ports on both sides.',
    },
    {
      where: "the server's node",
      run: resetsOnly,
      whenItIs:
        "First on the server's veth, In, length 40, flags [R], id 0, to a port that the server did not accept; last on the " +
        "client's veth, Out, from SERVICE_IP, ttl 63 after a deletion and 61 after an addition.",
      whenNot:
        'A RST with flags [R.] and length 52, one that never came In, or one that first came In on eth0.',
    },
    {
      where: "the server's node",
      run: 'conntrack -E -p tcp -o timestamp,id -s CLIENT_IP',
      whenItIs:
        'At the reset, the first event of the connection is "[UPDATE] ... CLOSE" (rule deleted) or "[NEW] ... 300 ' +
        'ESTABLISHED [UNREPLIED]" (rule added).',
      whenNot:
        'A DESTROY of one of its entries comes first: see conntrack-entry-deleted and conntrack-expired.',
    },
  ],
  lookAlikes: [
    {
      cause: 'conntrack-entry-deleted',
      tellApart:
        'Same client, same RST; but a DESTROY marked [USERSPACE] comes before it, and no rule changes.',
    },
    {
      cause: 'conntrack-expired',
      tellApart:
        'Only connections that were silent for longer than the timeout are hit, and no rule changes.',
    },
    {
      cause: 'endpoint-replaced',
      tellApart:
        "The RST comes from another interface or address than the server's answers did, and a link or route changed.",
    },
  ],
  fixes: [
    {
      name: 'felix-table-range',
      whatToDo:
        "Keep Felix off table 1: FELIX_ROUTETABLERANGE=10-250 in calico-node's environment. The operator and the GKE add-on " +
        'set it by themselves since 2020 and 2021, so an upgrade does it too.',
      sideEffects:
        'calico-node restarts on every node. Where WireGuard was in use, its table 1 stays behind and is to be removed by hand.',
      proven: 'lab',
    },
    {
      name: 'headless-service',
      whatToDo:
        'Let clients dial the pod IP: a Service with clusterIP None, and a client that picks from the answers.',
      sideEffects:
        'kube-proxy no longer spreads the connections; clients must resolve again when pods change.',
      proven: 'lab',
    },
    {
      name: 'no-intranode-visibility',
      whatToDo: 'Turn intranode visibility off.',
      sideEffects: 'Flow logs and VPC firewall rules no longer see traffic within a node.',
      proven: 'lab',
      without: 'intranode-visibility',
    },
  ],
  sources: [
    {
      title: 'netd v0.2.12: the rules and the table',
      where: 'github.com/GoogleCloudPlatform/netd: pkg/config/config_policy_routing.go',
    },
    {
      title: 'Felix: "GKE uses routing table 1" (closed for a change on the GKE side)',
      where: 'https://github.com/projectcalico/felix/pull/2579',
    },
    {
      title: 'tigera/operator: route table range for the GKE CNI plugin',
      where: 'https://github.com/tigera/operator/pull/999',
    },
    {
      title: 'kubernetes: the same for the GCE add-on',
      where: 'https://github.com/kubernetes/kubernetes/pull/96615',
    },
    {
      title: 'GKE: how intranode visibility works',
      where: 'https://cloud.google.com/kubernetes-engine/docs/how-to/intranode-visibility',
    },
    kernelDocs.rfc5961InLinux,
  ],
} as const satisfies WrittenPage;
