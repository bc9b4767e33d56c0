// A link on the way takes shorter packets than the ends send, and its "packet too long" does not reach them.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'path-mtu-black-hole',
  title: 'long packets vanish, short ones arrive, and nobody tells the sender',
  scenario: 'path-mtu-black-hole',
  symptom: {
    client:
      'It connects, small requests are answered, and a large one (or a large answer, or the certificates of TLS) is not: its own ' +
      'timeout, or ETIMEDOUT. The same request hangs again on a new connection.',
    server: 'A connection on which nothing comes, or whose large answer is never acknowledged.',
    nodes: 'Segments of full length are sent again and again and never come out of one hop; short ones do.',
  },
  symptoms: [
    'small requests and ping work, large responses, uploads or the TLS handshake hang: MTU of an overlay, VPN or tunnel',
  ],
  author: {
    who: ['nobody', 'in-between', 'node-kernel'],
    text: 'Nobody; the client gives up. The router whose link is too small says so with ICMP, which somebody drops.',
  },
  mechanism: [
    {
      text:
        'TCP sends packets as long as its own interface takes, and forbids routers to split them. A router with a smaller link behind ' +
        'it (VXLAN takes 50 bytes, IPIP 20, WireGuard 60 to 80) drops them and sends ICMP type 3 code 4, "fragmentation needed"; ' +
        'in IPv6 "packet too big".',
      basis: ['source'],
    },
    {
      text:
        'Where a firewall or a load balancer drops that ICMP, the sender learns nothing. It repeats the first long segment at the same ' +
        'length until it gives up, while a short tail of the same request arrives and is acknowledged (SACK).',
      basis: ['measured'],
    },
    {
      text: 'With tcp_mtu_probing=1 Linux guesses it after three repetitions, some three seconds, and goes on with segments of 1,024 bytes.',
      basis: ['source', 'measured'],
    },
  ],
  drawing: [
    'client A --- 1500 bytes ---> router  x  (next link takes 1400)',
    'client A    x <-- ICMP "fragmentation needed" -- router   (is dropped)',
    'client A --- 160 bytes ---> router ---> server B   arrives, is SACKed',
    'client A --- 1500 bytes, again ---> router  x      and again, ...',
  ],
  howToConfirm: [
    {
      where: "the client's pod",
      run: 'ping -c 3 -M do -s 1472 POD_IP; ping -c 3 -M do -s 1200 POD_IP',
      whenItIs:
        'The long one is never answered, and says no "Frag needed"; the short one is answered. Both ways: try it from the server, too.',
      whenNot: 'Both are answered, or neither: length does not decide.',
    },
    {
      where: "the client's pod",
      run: 'ss -tnoi dst SERVICE_IP',
      whenItIs:
        'pmtu:1500 mss:1448 (of an unspoilt path), backoff: rises, Send-Q is longer than a segment; small requests beside it are fine.',
      whenNot: 'A smaller pmtu: it was told, and sends shorter segments already.',
    },
    {
      where: "the client's node",
      run: 'ip -br link; ip -d link show type vxlan; tracepath -n POD_IP',
      whenItIs:
        'The pods’ interfaces take more than the tunnel or the link between the nodes, less its own header.',
      whenNot: 'The pods’ MTU is the smallest of all.',
    },
    {
      where: "the client's node",
      run: 'nstat -az IpFragFails Ip6FragFails IcmpOutDestUnreachs; iptables-save -c | grep -i icmp',
      whenItIs:
        'IpFragFails rises on the node or router before the small link; and a rule drops ICMP, or ICMP leaves and never arrives.',
      whenNot: 'It stands still on every hop: look for a drop for another reason.',
    },
  ],
  lookAlikes: [
    {
      cause: 'silent-drop',
      tellApart: 'Short packets vanish as well, keep-alive and acknowledgements among them.',
    },
    {
      cause: 'one-way-drop',
      tellApart: 'Nothing of one direction arrives, however short it is.',
    },
    {
      cause: 'conntrack-invalid',
      tellApart: 'What is not translated is answered with RST.',
    },
  ],
  fixes: [
    {
      name: 'allow-icmp',
      whatToDo:
        'Let ICMP type 3 code 4 (IPv6: type 2, packet too big) through every firewall, security group and load balancer on the way ' +
        'back to the sender.',
      sideEffects: 'None worth naming: other ICMP may stay shut.',
      proven: 'lab',
    },
    {
      name: 'clamp-mss',
      whatToDo:
        'On the node or router before the small link: iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS ' +
        '--clamp-mss-to-pmtu (or --set-mss).',
      sideEffects: 'It holds for TCP only, and for connections that are made afterwards.',
      proven: 'lab',
    },
    {
      name: 'mtu-probing',
      whatToDo: 'net.ipv4.tcp_mtu_probing=1 in the pods at both ends: TCP finds the length by itself.',
      sideEffects: 'Each connection hangs for some three seconds first.',
      proven: 'lab',
    },
    {
      name: 'right-mtu',
      whatToDo:
        'Give pods the MTU of the smallest link less the tunnel’s header: Calico mtu (FelixConfiguration vxlanMTU, ipipMTU, ' +
        'wireguardMTU), Cilium MTU, flannel by its backend, Docker com.docker.network.driver.mtu, OVN-Kubernetes --mtu.',
      sideEffects: 'Pods have to be made anew to get it.',
      proven: 'inferred',
    },
  ],
  sources: [
    {
      title: 'Calico: long packets do not pass',
      where: 'https://github.com/projectcalico/calico/issues/8953',
    },
    {
      title: 'OVN-Kubernetes: MTU of the overlay',
      where: 'https://github.com/openshift/ovn-kubernetes/issues/559',
    },
    {
      title: 'Docker: the MTU of an overlay network',
      where: 'https://github.com/docker/for-linux/issues/594',
    },
    {
      title: 'Docker swarm: the MTU of the ingress network',
      where: 'https://github.com/moby/moby/issues/24906',
    },
    {
      title: 'TCP problems with path MTU discovery (RFC 2923)',
      where: 'https://datatracker.ietf.org/doc/html/rfc2923',
    },
    kernelDocs.ipSysctl,
  ],
} as const satisfies WrittenPage;
