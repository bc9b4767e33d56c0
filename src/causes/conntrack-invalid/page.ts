// A packet that conntrack calls INVALID is not translated: it reaches somebody who knows no such connection and answers RST.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'conntrack-invalid',
  title: 'a packet was left untranslated (INVALID), so its receiver answered RST',
  scenario: 'conntrack-invalid',
  symptom: {
    client:
      "ECONNRESET about 0.2 s after its write, when the packet was an answer; within 0.1 ms when it was the client's own. " +
      'Sporadic, more under load and with large payloads.',
    server: 'ECONNRESET as well, and before the client, when the packet was an answer.',
    nodes:
      'The invalid counter of conntrack rises at the reset; no entry is destroyed and no rule changes before it.',
  },
  symptoms: [
    'sporadic connection reset by peer through a Service, under load or in large uploads and downloads',
    'the sidecar or the node lets INVALID packets pass, and now and then one connection is reset',
  ],
  author: {
    who: ['client-kernel', 'server-kernel'],
    text:
      "The client's kernel, to whom the untranslated answer of the pod means nothing; its RST kills the server's socket. " +
      "When the client's own packet was INVALID, the server's kernel.",
  },
  mechanism: [
    {
      text:
        'Conntrack follows the sequence numbers of a connection. A segment that lies outside the window, as it sees it, is ' +
        'INVALID: it belongs to no entry, and NAT leaves it as it is. This happens to honest packets too, when the node ' +
        'saw packets late, twice or not at all.',
      basis: ['source'],
    },
    {
      text:
        "An answer that is not translated back arrives with the pod's address instead of the Service's. The client's kernel " +
        'has no such connection and sends RST to the pod. The RST is for a flow that exists, so it is delivered, and the ' +
        "server's socket dies. The client's socket waits, sends again after 0.2 s, meets no socket, and is reset in turn.",
      basis: ['source', 'measured'],
    },
    {
      text:
        'In mode iptables kube-proxy (since v1.15) drops INVALID packets before they are forwarded, in KUBE-FORWARD; TCP then ' +
        "sends them again. Calico's chains drop them as well. The trouble is left where such a rule is missing, is skipped, or " +
        'stands behind one that accepts.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'In mode nftables kube-proxy has no such rule, seen on v1.34 with nf_conntrack_tcp_be_liberal=0. It leaves the matter to ' +
        'that sysctl, and to the kernel: since 6.1 a segment that comes far too late is no longer INVALID. One ahead of the ' +
        'window still is.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'Only translated connections are hit: for a client that dials the pod IP, INVALID or not, the packet goes where it ' +
        'should, and TCP discards it if it really is outside the window.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'client A            node              server B',
    '   | <---- V:8080 --- | <--- B:8080 ----- |   translated, as it should',
    '   | <---- B:8080 --- | <--- B:8080 ----- |   INVALID: passes as it came',
    '   | --------------- RST to B ----------> |   the socket of the server dies',
    '   | ----- to V ----- | ----------------> |   0.2 s later, sent again',
    '   | <-------------- RST from V --------- |   no socket any more',
  ],
  howToConfirm: [
    {
      where: "the server's node",
      run: "iptables-save -c | grep 'INVALID'; nft list ruleset | grep 'ct state invalid'",
      whenItIs: 'No rule that drops, or one whose counter stands still while connections are reset.',
      whenNot:
        'A drop in KUBE-FORWARD or in cali- chains whose counter rises: packets are lost and sent again, not reset. A rule ' +
        'that nft prints without a counter tells nothing.',
    },
    {
      where: "the server's node",
      run: 'conntrack -S',
      whenItIs:
        'invalid= rises by 1 to 4 with each reset. That alone proves nothing: it also counts the FIN or RST of a ' +
        'connection whose entry is gone already.',
      whenNot: 'invalid= stands still on every CPU.',
    },
    {
      where: "the client's node",
      run: "tcpdump -nn -v -l -i any 'tcp[tcpflags] & tcp-rst != 0 and host POD_IP and port PORT'",
      whenItIs:
        "First a RST on the client's veth, In, length 40, to POD_IP, an address that the client never dialled; about 0.2 s " +
        "later one back. If the client's own packet was INVALID: a RST that is on eth0 with source SERVICE_IP already.",
      whenNot: "The first RST is on the server's veth, In, and no client sent one to POD_IP.",
    },
    {
      where: "the server's node",
      run: 'sysctl -w net.netfilter.nf_log.2=nfnetlink_log net.netfilter.nf_conntrack_log_invalid=6 &&\n  tcpdump -nn -v -l -i nflog:0',
      whenItIs:
        'The packet itself, flags [P.] with data, and after it the RST. Afterwards set nf_conntrack_log_invalid to 0.',
      whenNot:
        'Nothing, or only FIN and RST without data. A segment far behind the window is logged and still accepted.',
    },
    {
      where: "the server's pod",
      run: 'nstat -az TcpEstabResets TcpOutRsts',
      whenItIs: 'Both rise by 1 with each reset: the server was reset, and then reset the client.',
      whenNot: 'TcpEstabResets stands still: nobody reset the server.',
    },
  ],
  lookAlikes: [
    {
      cause: 'conntrack-entry-deleted',
      tellApart:
        'Where the server speaks first, a client resets POD_IP too; but a DESTROY marked [USERSPACE] comes before it.',
    },
    {
      cause: 'conntrack-expired',
      tellApart:
        'As above, with a DESTROY without a mark after a silence. With nf_conntrack_tcp_loose=0 invalid= rises as well.',
    },
    {
      cause: 'route-table-conflict',
      tellApart:
        'Afterwards the server hangs up its stale sockets: their FIN is INVALID, and the client resets POD_IP. These come ' +
        "long after the client's own error and hurt nobody.",
    },
  ],
  fixes: [
    {
      name: 'drop-invalid',
      whatToDo:
        'Drop what is INVALID before anything accepts it: kube-proxy does in mode iptables (since v1.15), and not in mode ' +
        'nftables; or as first rule of FORWARD: -m conntrack --ctstate INVALID -j DROP.',
      sideEffects:
        'Each drop costs a retransmission, 0.2 s in the lab. Where packets take one way out and another way back, the node ' +
        'sees half of each connection and drops what is good.',
      proven: 'lab',
    },
    {
      name: 'liberal-conntrack',
      whatToDo:
        'sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=1 on every node, or kube-proxy --conntrack-tcp-be-liberal.',
      sideEffects:
        "Conntrack no longer checks windows, except for RST; a forged segment is the endpoints' business alone.",
      proven: 'lab',
    },
    {
      name: 'headless-service',
      whatToDo: 'Let clients dial the pod IP: what is not translated can be INVALID without harm.',
      sideEffects:
        'kube-proxy no longer spreads the connections; clients must resolve again when pods change.',
      proven: 'lab',
    },
  ],
  sources: [
    {
      title: 'kubernetes: "Connection reset by peer" due to invalid conntrack packets',
      where: 'https://github.com/kubernetes/kubernetes/issues/74839',
    },
    {
      title: 'kube-proxy drops packets in INVALID state',
      where: 'https://github.com/kubernetes/kubernetes/pull/74840',
    },
    {
      title: 'The same where the rule must stand in INPUT',
      where: 'https://github.com/kubernetes/kubernetes/issues/117924',
    },
    {
      title: 'What the rule breaks, and be_liberal instead',
      where: 'https://github.com/kubernetes/kubernetes/pull/120412',
    },
    {
      title: 'kube-proxy in mode nftables: the rule is left out on purpose',
      where: 'https://github.com/kubernetes/kubernetes/pull/122663',
    },
    {
      title: 'Linux 6.1: overly delayed segments are not INVALID',
      where: 'torvalds/linux commit 6e250dcbff1d',
    },
    kernelDocs.conntrackSysctl,
  ],
} as const satisfies WrittenPage;
