// Packets vanish and nobody says so: no RST, and the client's own patience decides what it sees.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs, resetsOnly } from '../shared-sources.ts';

export const page = {
  id: 'silent-drop',
  title: 'packets vanish on the way, and no RST is sent at all',
  scenario: 'silent-drop',
  symptom: {
    client:
      "No answer, then its own timeout, or ETIMEDOUT by TCP_USER_TIMEOUT, keepalive or, after a quarter of an hour, the kernel's " +
      'defaults. An idle client notices nothing.',
    server:
      'Silence from the client, and an idle deadline that ends it; and retransmissions of what it says itself meanwhile.',
    nodes: 'The same segment again and again on one side of the hole, and nothing on the other.',
  },
  symptoms: [
    'requests hang and time out without any reset, packets are dropped somewhere on the way, established connections as well',
    'a query hangs for 15 minutes until the kernel gives up',
  ],
  author: {
    who: ['nobody'],
    text: 'Nobody. If a RST comes in the end, the side that gave up sent it, or one that had given up before the hole healed.',
  },
  mechanism: [
    {
      text:
        'TCP cannot tell a drop from a delay. It sends again after 0.2 s or more, then twice as long, and so on. With ' +
        'tcp_retries2=15 it gives up after 924.6 s at the earliest; TCP_USER_TIMEOUT makes that what you like.',
      basis: ['source'],
    },
    {
      text:
        'Who drops: a rule with DROP, a policy that lost track of established connections, a missing route, a firewall in ' +
        'the network, a full queue, an MTU that only small packets fit through.',
      basis: ['inferred'],
    },
    {
      text:
        'After the hole heals, the next retransmission gets through and all goes on, unless one side has given up ' +
        'meanwhile. Then its kernel answers with RST, and the client reads ECONNRESET where the cause was a drop. The ' +
        'retransmissions before it tell.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'client A --- data ---> eth0 Out ---> x',
    'client A --- again, after 0.2 s ---> x',
    'client A --- again, after 0.4 s ---> x      server B hears nothing,',
    '   ...                                      and in the end hangs up',
  ],
  howToConfirm: [
    {
      where: "the client's pod",
      run: 'ss -tnoi dst SERVICE_IP',
      whenItIs: 'Send-Q is not 0, timer:(on,...,4) counts the attempts, backoff: and bytes_retrans: rise.',
      whenNot: 'Send-Q 0 and no timer: what was sent arrived. Look at the server.',
    },
    {
      where: "the client's pod",
      run: 'nstat -az TcpRetransSegs TcpExtTCPTimeouts TcpExtTCPAbortOnTimeout',
      whenItIs:
        "The first two rise, the third when it gives up. If TCPDSACKOldSent rises in the server's pod, questions arrive: one-way-drop.",
      whenNot: 'They stand still in both pods.',
    },
    {
      where: "the client's node",
      run: "tcpdump -nn -l -i any 'host POD_IP and port PORT'",
      whenItIs:
        'The segment goes Out on eth0 and does not come In at the next point. Run it there too, and go on halfway until the ' +
        'two points are neighbours.',
      whenNot: "It comes In at the server's veth, and the answer comes back.",
    },
    {
      where: "the server's node",
      run: "iptables-save -c | grep -- '-j DROP'; nft list ruleset | grep 'drop'",
      whenItIs: 'The counter of one rule rises with the retransmissions. On both nodes.',
      whenNot: 'No counter rises: the hole is elsewhere, or in a program of eBPF, which these do not show.',
    },
    {
      where: "the server's node",
      run: resetsOnly,
      whenItIs: 'Nothing, until somebody gives up.',
      whenNot: 'A RST at the time of the error: it was not silent.',
    },
  ],
  lookAlikes: [
    {
      cause: 'one-way-drop',
      tellApart:
        'One direction is seen on both sides of the hole. Where nobody speaks in the other, the two are the same picture.',
    },
    {
      cause: 'path-mtu-black-hole',
      tellApart: 'Only packets of full length are sent again; short ones of the same connection arrive.',
    },
    {
      cause: 'peer-host-gone',
      tellApart: "The server's node or link is down, or the neighbour FAILED: nobody hears of it at all.",
    },
    {
      cause: 'conntrack-table-full',
      tellApart: 'Live connections go on there, and drop of conntrack -S rises.',
    },
    {
      cause: 'conntrack-expired',
      tellApart: 'With nf_conntrack_tcp_loose=0: only after a silence, and invalid= rises.',
    },
    {
      cause: 'endpoint-replaced',
      tellApart: "The server's link is down or its route gone; ICMP may say unreachable or time exceeded.",
    },
    {
      cause: 'probe-stalled',
      tellApart: 'Nothing is sent again: the packets arrived, and nobody read them.',
    },
    {
      cause: 'idle-timeout-between',
      tellApart: 'Only after a long silence, and a new connection works at once.',
    },
  ],
  fixes: [
    {
      name: 'patient-client',
      whatToDo:
        'Give TCP time to repeat: a timeout in the client of several retransmissions, longer than the outage.',
      sideEffects: 'A peer that is really gone is noticed as much later.',
      proven: 'lab',
    },
    {
      name: 'stateful-firewall',
      whatToDo:
        'Let what drops accept established connections first, so that a change of its rules hits new ones only.',
      sideEffects: 'It must remember connections, and shares the troubles of conntrack.',
      proven: 'lab',
    },
    {
      name: 'notice-and-reconnect',
      whatToDo:
        'TCP_USER_TIMEOUT or keepalive of some seconds (libpq tcp_user_timeout, gRPC GRPC_ARG_KEEPALIVE_TIME_MS, or ' +
        'net.ipv4.tcp_retries2=8 for all), and a client that connects again and repeats what is safe to repeat.',
      sideEffects: 'Too short, it ends connections that would have lived through a brief loss.',
      proven: 'inferred',
    },
  ],
  sources: [
    kernelDocs.ipSysctl,
    {
      title: 'PostgreSQL: tcp_user_timeout of a connection',
      where: 'https://www.postgresql.org/docs/current/libpq-connect.html',
    },
    { title: 'gRPC: keepalive and its settings', where: 'https://grpc.io/docs/guides/keepalive/' },
    { title: 'Linux: TCP_USER_TIMEOUT', where: 'torvalds/linux commit dca43c75e7e5' },
    {
      title: 'A policy agent that drops established connections',
      where: 'https://github.com/aws/aws-network-policy-agent/issues/318',
    },
    {
      title: 'The same, with the deny lines of its log',
      where: 'https://github.com/aws/aws-network-policy-agent/issues/236',
    },
  ],
} as const satisfies WrittenPage;
