// One address, two owners: ARP believes whoever spoke last, so that live connections change machines.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'duplicate-owner',
  title: 'two machines or pods answer for one address',
  scenario: 'duplicate-owner',
  symptom: {
    client:
      'ECONNRESET within a millisecond after its next write, on all connections to one address at once. The next connect is refused, or ' +
      'works and reaches another server; some time later the same happens again.',
    server: 'The one that had accepted the connection sees nothing and keeps its socket.',
    nodes:
      "The neighbour entry of the server's address changes its MAC, and changes back; SYN-ACK and RST come from different MACs. " +
      'No pod, link or route comes or goes.',
  },
  symptoms: [
    'two hosts with the same IP address (IP conflict, duplicate IP): connections reset again and again, and sometimes the wrong server answers',
  ],
  author: {
    who: ['server-kernel'],
    text: 'The kernel of the other owner of the address: it has no socket for the connection.',
  },
  mechanism: [
    {
      text:
        'Whoever claims an address announces it (gratuitous ARP), or answers when it is asked for. Routers and hosts beside it overwrite ' +
        'their neighbour entry, and send what follows to the new MAC.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'The kernel there has the address and no such connection: it answers with RST. Where the same port is open, the client connects ' +
        'again, to the wrong server, and is reset once more when the first owner is believed again.',
      basis: ['measured'],
    },
    {
      text:
        'Usual ways to get there: two VRRP groups with one virtual_router_id or both MASTER, an address given out twice by IPAM after its ' +
        'memory was lost, a static address inside a DHCP range, a cloned machine.',
      basis: ['inferred'],
    },
    {
      text: 'Nothing is lost as long as no packet is sent while the wrong owner is believed.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'client A          router            B (MAC 1)     B (MAC 2)',
    '   | ---- to B ---- | -- to MAC 1 ----> |             |',
    '   |                | <---------------- | ------------|  "B is at MAC 2"',
    '   | ---- to B ---- | -- to MAC 2 ------|-----------> |  no such connection',
    '   | <--- RST ----- | <-----------------|------------ |',
    '   |                | <-- "B is at MAC 1" until the next time',
  ],
  howToConfirm: [
    {
      where: "the server's node",
      run: 'ip -ts monitor neigh',
      whenItIs: 'Lines of POD_IP with one lladdr, then another one, then the first again.',
      whenNot:
        'The same lladdr in all lines; or it changed for good, or came back minutes later: endpoint-replaced, or an address moved on ' +
        'purpose (failover and failback).',
    },
    {
      where: "the server's node",
      run: 'arping -c 2 -I eth0 POD_IP',
      whenItIs: 'More answers than questions, from two MACs.',
      whenNot: 'One answer for each question, all from one MAC.',
    },
    {
      where: "the server's node",
      run: "tcpdump -e -nn -l -i any 'arp or (host POD_IP and tcp[tcpflags] & (tcp-syn|tcp-rst) != 0)'",
      whenItIs: 'The SYN-ACK of a connection comes from one MAC, its RST from another.',
      whenNot: 'Both come from the same MAC. Do not go by the IP id: it is 0 on both.',
    },
  ],
  lookAlikes: [
    {
      cause: 'endpoint-replaced',
      tellApart:
        'There a link or a route comes or goes, the address has one owner at a time and does not go back.',
    },
    {
      cause: 'server-process-died',
      tellApart: 'There the MAC stays the same, and the listener goes.',
    },
    {
      cause: 'translation-changed',
      tellApart: 'There another address is in the conntrack entry; here the same address is elsewhere.',
    },
  ],
  fixes: [
    {
      name: 'own-address',
      whatToDo:
        'Give one of the two another address. Before an address is added by hand: arping -D -I IFACE ADDRESS (0: nobody has it). Keep ' +
        "IPAM's memory across reboots and restores (host-local: dataDir), and static addresses out of its ranges (exclude, DHCP ranges).",
      sideEffects: 'Clients of the one that moves need its new address.',
      proven: 'lab',
    },
    {
      name: 'one-virtual-router',
      whatToDo:
        'keepalived: virtual_router_id must be its own for each group of a network segment, and the same with all members of a group; let ' +
        'VRRP (protocol 112, 224.0.0.18) pass between them, or use unicast_peer, so that never two are MASTER.',
      sideEffects:
        'While the id is changed on one member after the other both are MASTER: change them together.',
      proven: 'inferred',
    },
  ],
  sources: [
    {
      title: 'keepalived: virtual_router_id, unicast_peer',
      where: 'https://www.keepalived.org/manpage.html',
    },
    {
      title: 'arping: -D, detection of duplicate addresses',
      where: 'https://man7.org/linux/man-pages/man8/arping.8.html',
    },
    {
      title: 'CNI host-local: ranges, dataDir',
      where: 'https://www.cni.dev/plugins/current/ipam/host-local/',
    },
    {
      title: 'RFC 5227: IPv4 address conflict detection',
      where: 'https://datatracker.ietf.org/doc/html/rfc5227',
    },
    {
      title: 'amazon-vpc-cni-k8s: one address for two pods',
      where: 'https://github.com/aws/amazon-vpc-cni-k8s/issues/711',
    },
    kernelDocs.ipSysctl,
  ],
} as const satisfies WrittenPage;
