// A program deletes the conntrack entry that carried a rewrite; the entry that is made anew rewrites otherwise, or not at all.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs, resetsOnly } from '../shared-sources.ts';

export const page = {
  id: 'conntrack-entry-deleted',
  title: 'a program deleted the conntrack entry that translated the connection',
  scenario: 'conntrack-entry-deleted',
  symptom: {
    client:
      'ECONNRESET on its next write after the deletion. A new connection works at once. Where the server speaks first, the ' +
      'client learns of it only when it writes.',
    server:
      'Nothing, when the client speaks first. When the server speaks first it is reset at once, 0.3 ms after its write, ' +
      'and the client later.',
    nodes:
      'conntrack -E shows a DESTROY marked [USERSPACE], then a NEW entry with another port, then the RST.',
  },
  symptoms: [
    'live connections reset after somebody ran conntrack -D or conntrack -F, or after an agent cleaned up',
    'connection reset by peer in the middle of traffic, the entry vanished from conntrack, a reconnect works',
  ],
  author: {
    who: ['server-kernel', 'client-kernel'],
    text:
      "The server's kernel: the new entry brings the client's segment under a port that it never accepted. When the server " +
      "speaks first, its packet leaves untranslated, and the client's kernel resets the server.",
  },
  mechanism: [
    {
      text:
        'By default (nf_conntrack_tcp_loose=1) conntrack makes a new entry for a data segment that has none. The new entry ' +
        'is as good as the old one only if it translates in the same way.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'After a plain DNAT it usually does: the client speaks, the Service has the same endpoint, and nobody notices. It ' +
        'does not when the old entry had a random source port, as the second entry of traffic that crosses the node ' +
        'twice has (see route-table-conflict): the kernel draws a new port, and the server has no socket for it.',
      basis: ['measured'],
    },
    {
      text:
        'It does not either when the first packet after the deletion comes from the server. That packet makes an entry the ' +
        "other way round, without DNAT, and reaches the client with the pod's address. The client's kernel knows no such " +
        'connection and answers RST.',
      basis: ['measured'],
    },
    {
      text:
        'Felix runs conntrack --delete for an address that leaves a workload, with the address as source of the original ' +
        'and of the reply direction. An operator with conntrack -F, a node agent or a mesh does the same to everybody.',
      basis: ['source'],
    },
    {
      text:
        'With one crossing and a client that speaks first, nothing happens; nor when only the first of two entries goes. So ' +
        'the same deletion hits same-node clients and spares the others.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'client A:p -> V -> entry 1 -> VPC -> entry 2: A:p becomes A:q -> server B',
    '                                        x',
    '                                        conntrack -D, by some program',
    '',
    'client A:p -> V -> entry 1 -> VPC -> entry 3: A:p becomes A:r -> server B:',
    '                                                      no socket for A:r, RST',
  ],
  howToConfirm: [
    {
      where: "the server's node",
      run: 'conntrack -E -e DESTROY -p tcp -o timestamp,id -r POD_IP',
      whenItIs:
        '"[DESTROY] tcp 6 431999 ESTABLISHED ... [USERSPACE] portid=N" of a connection that lives: the number after the 6 ' +
        'is the time that it had left, and [USERSPACE] says that a program asked. Sometimes "progname=..." names it.',
      whenNot: 'No DESTROY before the reset, or one without number and mark: see conntrack-expired.',
    },
    {
      where: "the server's node",
      run: 'conntrack -E -p tcp -o timestamp,id -s CLIENT_IP',
      whenItIs:
        'After the DESTROY: "[NEW] ... 300 ESTABLISHED [UNREPLIED]" with another last dport, "[DESTROY] ... CLOSE" of that ' +
        'one within 0.1 ms, and CLOSE of the entry with dst=SERVICE_IP.',
      whenNot:
        'A NEW with the same ports as before, and no CLOSE: it was picked up again and the connection lives.',
    },
    {
      where: "the server's node",
      run: resetsOnly,
      whenItIs:
        "First on the server's veth, In, length 40, flags [R], id 0, to the port of the short-lived entry. When the server " +
        "spoke first: first on the client's veth, In, to POD_IP.",
      whenNot: 'Flags [R.] with length 52: the server closed by itself. No In at all: a rule of the node.',
    },
    {
      where: "the server's node",
      run: 'ip -ts monitor rule',
      whenItIs: 'No line.',
      whenNot: 'A rule goes or comes just before the resets: see route-table-conflict.',
    },
    {
      where: 'anywhere with kubectl',
      run: "kubectl logs -n kube-system -l k8s-app=calico-node -c calico-node --since=10m |\n  grep 'Removing conntrack flows'",
      whenItIs: 'With Calico: "Removing conntrack flows" with the address, at the time of the DESTROY.',
      whenNot: 'No such line: look for cron jobs, node agents and people who use conntrack -D or -F.',
    },
  ],
  lookAlikes: [
    {
      cause: 'route-table-conflict',
      tellApart: 'No DESTROY before the reset, and a policy-routing rule changed.',
    },
    {
      cause: 'conntrack-expired',
      tellApart: 'The DESTROY has neither number nor [USERSPACE], and the connection was silent.',
    },
    {
      cause: 'conntrack-invalid',
      tellApart: 'A RST to POD_IP as well, but no DESTROY; the invalid counter rises.',
    },
    {
      cause: 'conntrack-table-full',
      tellApart: 'drop or early_drop of conntrack -S rises; nobody is marked [USERSPACE].',
    },
  ],
  fixes: [
    {
      name: 'headless-service',
      whatToDo: 'Let clients dial the pod IP, so that no entry carries a rewrite and each can be made anew.',
      sideEffects:
        'kube-proxy no longer spreads the connections; clients must resolve again when pods change.',
      proven: 'lab',
    },
    {
      name: 'one-crossing',
      whatToDo: 'Turn off what sends same-node traffic through the node twice, as intranode visibility does.',
      sideEffects:
        'The VPC no longer sees traffic within a node. Does not help where the server speaks first.',
      proven: 'lab',
      without: 'intranode-visibility',
    },
    {
      name: 'delete-less',
      whatToDo:
        'Delete only what must go: in place of conntrack -F, conntrack -D with -p, the address and the port, and leave TCP out ' +
        'where clients can wait, as kube-proxy does: it clears entries of UDP alone.',
      sideEffects: 'Flows that nobody deletes live on until they time out.',
      proven: 'inferred',
    },
  ],
  sources: [
    kernelDocs.conntrackSysctl,
    {
      title: 'kubernetes: why kube-proxy does not delete entries of TCP',
      where: 'https://github.com/kubernetes/kubernetes/pull/102631',
    },
    {
      title: 'Felix removes conntrack entries with an endpoint',
      where: 'https://github.com/projectcalico/felix/pull/623',
    },
    {
      title: 'Felix: a TCP flow is prematurely removed from conntrack',
      where: 'https://github.com/projectcalico/felix/issues/1966',
    },
    {
      title: 'kubernetes: a long-held connection vanishes from conntrack',
      where: 'https://github.com/kubernetes/kubernetes/issues/111820',
    },
    {
      title: 'Calico: should a policy update flush conntrack? (proposal)',
      where: 'https://github.com/projectcalico/calico/issues/11334',
    },
  ],
} as const satisfies WrittenPage;
