// A Service's choice of an endpoint is kept in one conntrack entry: without it, the next packet of a live connection is a new choice.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'translation-changed',
  title: 'a live flow was translated anew, to another endpoint that answered RST',
  scenario: 'translation-changed',
  symptom: {
    client:
      'ECONNRESET within a millisecond after its write. Of a Service with n endpoints about (n-1)/n of the connections are hit at once; the ' +
      'rest go on. A new connection works.',
    server:
      'The endpoint that had served it sees nothing and keeps its socket; the other one never knew the connection. No pod came or went.',
    nodes:
      'A conntrack NEW in state ESTABLISHED, for the same client port and Service, with another pod in its reply tuple than before; mostly ' +
      'after a DESTROY marked [USERSPACE].',
  },
  symptoms: [
    'the source address or port that the server sees changes in mid-life (masquerade, SNAT rule or egress IP changed) and the connection is reset',
  ],
  author: {
    who: ['server-kernel'],
    text: 'The kernel of the endpoint that is chosen now: it listens, and knows no such connection.',
  },
  mechanism: [
    {
      text:
        'kube-proxy’s rules choose an endpoint by chance, for the first packet that has no conntrack entry; all others follow the entry. ' +
        'When the entry goes in mid-life, the next packet is such a first one: conntrack picks it up (nf_conntrack_tcp_loose=1) and the ' +
        'rules choose again, among the endpoints that there are now.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'Entries go when an agent or a script deletes them: a clean-up of "stale" entries by address or port, conntrack -F or -D, a ' +
        'dataplane that is exchanged.',
      basis: ['source'],
    },
    {
      text: 'If the choice falls on the same endpoint nothing is noticed at all; so with one endpoint, or with session affinity, nothing happens.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'client A            node             endpoints B, C',
    '   | ----- to V ----- | ----- to B -----> |   by its entry',
    '   |                  X                   |   the entry is deleted',
    '   | ----- to V ----- | ----- to C -----> |   chosen anew',
    '   | <-- RST from V - | <-- RST from C -- |   C knows no such connection',
  ],
  howToConfirm: [
    {
      where: "the client's node",
      run: 'conntrack -E -p tcp -o timestamp -d SERVICE_IP',
      whenItIs:
        'For one sport: [DESTROY] with src=POD_IP in its second half, then [NEW] 300 ESTABLISHED [UNREPLIED] with the address of another pod.',
      whenNot:
        'The same pod again: conntrack-entry-deleted, or nothing happens. No NEW at all: another cause.',
    },
    {
      where: "the server's node",
      run: "tcpdump -nn -l -i any 'tcp[tcpflags] & tcp-rst != 0 and host CLIENT_IP and port PORT'",
      whenItIs: 'The first RST comes in from the interface of a pod that did not accept the connection.',
      whenNot: 'It comes from POD_IP, the pod that had served it.',
    },
    {
      where: "the server's pod",
      run: "ss -tn 'dst CLIENT_IP'",
      whenItIs: 'The connection is still ESTABLISHED there, and nothing comes any more.',
      whenNot: 'It is gone.',
    },
  ],
  lookAlikes: [
    {
      cause: 'conntrack-entry-deleted',
      tellApart:
        'There the new entry leads to the same pod, from another port; or an answer is the first to find none.',
    },
    { cause: 'endpoint-replaced', tellApart: 'There the pod that had served it is gone.' },
    {
      cause: 'route-table-conflict',
      tellApart: 'There the endpoint stays the same and the port that it sees changes, with a routing rule.',
    },
    {
      cause: 'conntrack-expired',
      tellApart: 'There the entry went by itself, after a silence; keep-alives cure that.',
    },
  ],
  fixes: [
    {
      name: 'session-affinity',
      whatToDo:
        'sessionAffinity: ClientIP in the Service: the rules then choose again what they chose before, within sessionAffinityConfig’s timeout ' +
        '(3 h by default).',
      sideEffects:
        'All connections of one client go to one endpoint. An answer that is under way when its entry goes is still lost.',
      proven: 'lab',
    },
    {
      name: 'headless-service',
      whatToDo: 'Let clients dial the pod IP: there is no choice to be made again.',
      sideEffects:
        'kube-proxy no longer spreads the connections; clients must resolve again when pods change.',
      proven: 'lab',
    },
    {
      name: 'spare-live-entries',
      whatToDo:
        'Do not delete entries of live TCP connections: narrow what the script or agent deletes to UDP, or to the address that is gone ' +
        '(conntrack -D -p udp, -r of the pod that is gone).',
      sideEffects: 'None for TCP.',
      proven: 'inferred',
    },
  ],
  sources: [
    {
      title: 'kubernetes: why kube-proxy leaves the entries of live TCP connections alone',
      where: 'https://github.com/kubernetes/kubernetes/pull/100755',
    },
    {
      title: 'Kubernetes: session affinity',
      where: 'https://kubernetes.io/docs/reference/networking/virtual-ips/',
    },
    kernelDocs.conntrackSysctl,
  ],
} as const satisfies WrittenPage;
