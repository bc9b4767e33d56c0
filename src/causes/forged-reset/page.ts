// A RST that no peer and no node sent: something in the path made it in the peer's name.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs, resetsOnly } from '../shared-sources.ts';

export const page = {
  id: 'forged-reset',
  title: "something in the path sent a RST in the peer's name",
  scenario: 'forged-reset',
  symptom: {
    client:
      'ECONNRESET, on a write or while idle, by the temper of the box. A new connection may work, or be reset again.',
    server: 'Nothing: its socket stays ESTABLISHED, and its kernel counts no RST.',
    nodes: "The RST comes in from outside, on eth0, though the server's node never sent one.",
  },
  symptoms: [
    'a firewall, IDS or middlebox on the way kills connections: the client gets a RST that the server never sent',
  ],
  author: {
    who: ['in-between'],
    text: 'A firewall, proxy, load balancer or intrusion filter between the nodes, with the address of the server.',
  },
  mechanism: [
    {
      text:
        'TCP believes a RST by its addresses, ports and sequence number alone. A box on the way sees all of them. It ' +
        'answers a segment that it dislikes, or makes one up when its idle timer fires.',
      basis: ['source', 'measured'],
    },
    {
      text:
        "It cannot easily copy what the way does to a packet: the hop count (ttl) is not that of the server's data, the IP " +
        'id and the options are those of another stack, and it may come twice, or after data that it should have ended.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'Compare with the data of the same connection, not with a constant: each router takes 1 from the ttl. In the lab ' +
        "the server's own packets arrive on eth0 with 62, those of the router with 64.",
      basis: ['measured'],
    },
    {
      text: 'TLS does not help, as it has no say in TCP. An encrypted tunnel between the nodes does: the box sees no TCP.',
      basis: ['inferred'],
    },
  ],
  drawing: [
    'client A --- data ---> node ---> VPC [box] - - -> node ---> server B',
    '                                   |                          no RST sent',
    'client A <--- RST, "from B" -------+   ttl that does not fit',
  ],
  howToConfirm: [
    {
      where: "the client's node",
      run: resetsOnly,
      whenItIs:
        'First on eth0, In; no Out on eth0 before it, when client and server share the node. Note ttl, id and length.',
      whenNot:
        "First on the server's veth, In (the server's side), or only Out (a rule of this node: policy-reject).",
    },
    {
      where: "the client's node",
      run: "tcpdump -nn -v -l -c 20 -i eth0 'src host POD_IP and tcp src port PORT'",
      whenItIs: "The ttl of the server's data, In, is not that of the RST.",
      whenNot: 'The same ttl. That acquits nobody: a box may be as far away as the server.',
    },
    {
      where: "the server's node",
      run: resetsOnly,
      whenItIs: 'No RST to this client leaves the node, while the client is reset. This is the proof.',
      whenNot: 'It leaves here: follow it to the veth or rule that it came from.',
    },
    {
      where: "the server's pod",
      run: 'nstat -az TcpOutRsts',
      whenItIs: 'Does not move.',
      whenNot: 'Rises by one for each reset.',
    },
  ],
  lookAlikes: [
    {
      cause: 'policy-reject',
      tellApart: 'The rule is on a node: the RST has ttl 64 and no In line there. Look on both nodes.',
    },
    { cause: 'server-aborted', tellApart: "The server's kernel counts it, and it leaves the server's node." },
    {
      cause: 'conntrack-expired',
      tellApart: "A box's idle timer and conntrack's hit the same connections; only here the RST has no Out.",
    },
    {
      cause: 'idle-timeout-between',
      tellApart: 'The same RST, but only after long silences: whatever is used more often lives.',
    },
  ],
  fixes: [
    {
      name: 'hop-count-filter',
      whatToDo:
        'As a stopgap and a proof: drop a RST whose ttl is not that of the peer, in nftables before conntrack: iifname ' +
        '"eth0" tcp flags & rst == rst ip ttl != 62 drop. The number is that of your path.',
      sideEffects:
        'When the path changes, honest RSTs are dropped, and dead connections linger until a timeout.',
      proven: 'lab',
    },
    {
      name: 'remove-the-box',
      whatToDo: "Find whose address the ttl's distance points to, and change its rule or its idle timer.",
      sideEffects: 'What it was there for is no longer done.',
      proven: 'inferred',
    },
    {
      name: 'encrypt-between-nodes',
      whatToDo:
        "WireGuard or IPsec between the nodes: wireguardEnabled: true in Calico's FelixConfiguration, encryption.enabled=true and " +
        "encryption.type=wireguard in Cilium's Helm values.",
      sideEffects: 'CPU, a smaller MTU, and nobody between can inspect traffic.',
      proven: 'inferred',
    },
  ],
  sources: [
    {
      title: 'Weaver, Sommer, Paxson: Detecting Forged TCP Reset Packets, NDSS 2009',
      where: 'http://www.sciweavers.org/publications/detecting-forged-tcp-reset-packets',
    },
    kernelDocs.rfc5961InLinux,
    {
      title: 'Calico: traffic between nodes in WireGuard',
      where: 'https://docs.tigera.io/calico/latest/network-policy/encrypt-cluster-pod-traffic',
    },
    {
      title: 'Cilium: the same',
      where: 'https://docs.cilium.io/en/stable/security/network/encryption-wireguard/',
    },
  ],
} as const satisfies WrittenPage;
