// A port is given away while the server still has its last connection in TIME_WAIT: the opening is answered for that one.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'old-segment',
  title: 'an opening met what the server still had of an old connection',
  scenario: 'old-segment',
  symptom: {
    client:
      'Connecting times out now and then, mostly right after many connections have ended, though the server is well and others connect to ' +
      'it at once. The next attempt, from another port, often works.',
    server: 'Nothing: no program of it is ever told. PAWSTimewait rises with each try.',
    nodes:
      'An opening is answered with an ACK that has neither SYN nor the number that is expected. The RST that the client sends to that ' +
      'comes as far as a firewall, and no further.',
  },
  symptoms: [
    'a SYN is answered with a bare ACK (challenge ACK) instead of a SYN-ACK, the client sends RST, and connect times out',
    'a reused SNAT port meets a connection in TIME_WAIT on the server: PAWSTimewait rises, connect timeouts through a firewall',
  ],
  author: {
    who: ['nobody', 'server-kernel', 'client-kernel'],
    text:
      "Nobody: the client waits until it gives up. The server's kernel refused the opening, the client's kernel answered that with a RST, " +
      'and something on the way dropped one of the two.',
  },
  mechanism: [
    {
      text:
        'Who closes a connection first keeps its address and port in TIME_WAIT, on Linux for 60 s. An opening from there is taken only if it ' +
        'is newer than the old connection: by its timestamp or, without timestamps, by its sequence number.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'Behind a NAT the same port comes from another pod, or from another port of the pod, whose timestamps begin elsewhere: half of them ' +
        'are older. The server drops such an opening (PAWS), acknowledges the old connection, and TIME_WAIT begins anew.',
      basis: ['source', 'measured'],
    },
    {
      text:
        "The client's kernel answers that ACK with a RST, which ends TIME_WAIT, and repeats its SYN after 10 ms (older kernels: 1 s). So it " +
        'connects late, and nobody notices.',
      basis: ['measured'],
    },
    {
      text:
        'A firewall may not expect an ACK in answer to a SYN, or a RST of a connection that is not made yet. If it drops either, TIME_WAIT ' +
        'stays, each repetition meets the same, and connecting times out.',
      basis: ['source', 'measured'],
    },
  ],
  drawing: [
    'pod A ---- N:40003 ------------------------> server: closed, TIME_WAIT',
    '      (the NAT forgets it sooner)',
    'pod B ---- N:40003 ---- SYN, older --------> refused by TIME_WAIT',
    '      <---------------- ACK of the old one -',
    '      ----------------- RST --> x firewall    (would have ended it)',
    '      ----------------- SYN again ---------> the same, until B gives up',
  ],
  howToConfirm: [
    {
      where: "the server's pod",
      run: 'nstat -az TcpExtPAWSTimewait TcpExtTCPACKSkippedTimeWait TcpExtTCPSYNChallenge',
      whenItIs:
        'One of the first two rises with each failed try. Kernels that do not know PAWSTimewait count it as PAWSEstab.',
      whenNot:
        'All rest: see silent-drop. The last rises alone: the old connection is not over for the server, see port-clash.',
    },
    {
      where: "the server's pod",
      run: "ss -tan state time-wait '( sport = :PORT )' | sort -k4",
      whenItIs: 'The address and port from which the attempt comes, as the server sees it, is among them.',
      whenNot: 'It is not, or the client has closed first and there are none.',
    },
    {
      where: "the server's pod",
      run: "tcpdump -ni any 'tcp port PORT and tcp[tcpflags] & tcp-push == 0'",
      whenItIs:
        '[S], then within some microseconds [.] with an ack that has nothing to do with it; no [R] comes, but [S] again.',
      whenNot: '[S.]: the server takes it. Nothing at all: see backlog-overflow.',
    },
    {
      where: "the client's pod",
      run: "tcpdump -ni any 'tcp port PORT and tcp[tcpflags] & tcp-push == 0'",
      whenItIs:
        '[S], [.], [R] and [S] again: the RST is dropped on its way. [S] alone: the ACK is dropped on its way back.',
      whenNot:
        'After the [R] the next [S] is answered with [S.]: that costs 10 ms, or a second, and no more.',
    },
    {
      where: "the client's node",
      run: 'sysctl net.netfilter | grep -E "tcp_timeout_(time_wait|close|last_ack)"',
      whenItIs:
        'time_wait is less than 60, or the ports of the NAT are so few that closed ones are taken at once.',
      whenNot: '120, and many ports: look at the gateway behind the node, which has its own.',
    },
  ],
  lookAlikes: [
    {
      cause: 'silent-drop',
      tellApart: 'No ACK comes back to the opening, at the server’s interface either.',
    },
    {
      cause: 'one-way-drop',
      tellApart: 'The server answers with SYN-ACKs, which vanish.',
    },
    {
      cause: 'backlog-overflow',
      tellApart: 'The server does not answer at all, and ListenOverflows rises.',
    },
    {
      cause: 'port-clash',
      tellApart:
        'The opening finds no port and does not leave the node (insert_failed); or the connection that it meets is alive, which is ' +
        'reset by it (TCPSYNChallenge).',
    },
  ],
  fixes: [
    {
      name: 'accept-reset',
      whatToDo:
        'Let the firewall pass an ACK in answer to a SYN, and the RST that follows: on PAN-OS set deviceconfig setting tcp ' +
        'allow-challenge-ack yes; in rules of your own accept RST before you ask whether the connection is established or INVALID.',
      sideEffects: 'A RST that does not fit is judged by the hosts, which ignore it.',
      proven: 'lab',
    },
    {
      name: 'more-ports',
      whatToDo:
        'Give the translation more ports or addresses, so that one is not used again within a minute: no --to-ports; GCP Cloud NAT ' +
        '--min-ports-per-vm; more addresses on a NAT gateway.',
      sideEffects: 'Ports that one VM has, another has not; each address costs.',
      proven: 'lab',
    },
    {
      name: 'longer-time-wait',
      whatToDo:
        'Let the NAT remember for longer than the server: nf_conntrack_tcp_timeout_time_wait of 120 s (the default), GCP Cloud NAT ' +
        '--tcp-time-wait-timeout=120s. With few ports Linux takes closed ones over all the same.',
      sideEffects: 'A closed connection holds its port, and an entry, for so long.',
      proven: 'inferred',
    },
    {
      name: 'client-closes',
      whatToDo:
        'Let the client close first, or keep connections and use them again: TIME_WAIT is then at the client, or there are fewer. ' +
        'tcp_tw_reuse on the server does not help: it is for openings of its own.',
      sideEffects: 'Ports of the client are in TIME_WAIT then.',
      proven: 'inferred',
    },
  ],
  sources: [
    kernelDocs.conntrackSysctl,
    {
      title: 'RFC 7323, section 5: segments that are older are dropped and acknowledged (PAWS)',
      where: 'https://www.rfc-editor.org/rfc/rfc7323#section-5',
    },
    {
      title: 'RFC 6191: openings that meet TIME_WAIT, and timestamps',
      where: 'https://www.rfc-editor.org/rfc/rfc6191',
    },
    {
      title: 'Palo Alto: the RST after a challenge ACK is dropped',
      where: 'https://knowledgebase.paloaltonetworks.com/KCSArticleDetail?id=kA10g000000boBJCAY',
    },
    {
      title: 'Cilium: a port is given away while the server has it in TIME_WAIT, and connecting times out',
      where: 'https://github.com/cilium/cilium/issues/45863',
    },
    {
      title: 'GCP Cloud NAT: ports and their timeouts',
      where: 'https://cloud.google.com/nat/docs/tune-nat-configuration',
    },
  ],
} as const satisfies WrittenPage;
