// One direction of the way is shut, the other is open: who speaks into it is not heard, and hears the other ask again.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'one-way-drop',
  title: 'packets of one direction vanish, while those of the other arrive',
  scenario: 'one-way-drop',
  symptom: {
    client:
      'As with any silence: no answer, then its own timeout or ETIMEDOUT. Where the server hangs up first, EOF with a question ' +
      'unanswered.',
    server:
      'Questions that vanish: nothing, until its own deadline. Answers that vanish: the same question again and again, and ' +
      'retransmissions of its own.',
    nodes: 'One direction is seen on both sides of the hole, the other on one side only.',
  },
  symptoms: [
    'tcpdump shows the requests arrive but the answers do not (or the reverse): asymmetric routing, rp_filter or a firewall drops one direction',
  ],
  author: {
    who: ['nobody', 'server-application'],
    text: 'Nobody; the client gives up. Or the server, which hears nothing and hangs up at its deadline: its FIN arrives.',
  },
  mechanism: [
    {
      text:
        'A rule with DROP, a strict reverse-path filter or a firewall that sees only half of the traffic takes one direction. With ' +
        'asymmetric routes a stateful firewall has never seen the SYN, and drops all answers as INVALID.',
      basis: ['source'],
    },
    {
      text:
        'If the answers vanish, the server receives each question several times and acknowledges it each time in vain ' +
        '(TCPDSACKOldSent rises in its pod). If the questions vanish, it receives nothing, and no counter of it moves.',
      basis: ['measured'],
    },
    {
      text:
        'A capture at the client alone shows the same for both, and for a hole in both directions: its question again and again, and ' +
        'nothing back. It needs a word of the server, or a capture at the other end.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'client A --- question ---> node ---> server B',
    'client A        x <------- node <--- answer --- server B',
    'client A --- again, after 0.2 s ---> server B      has it already:',
    'client A        x <------- node <--- acknowledges again',
  ],
  howToConfirm: [
    {
      where: "the server's pod",
      run: 'nstat -az TcpRetransSegs TcpExtTCPDSACKOldSent',
      whenItIs:
        'Both rise while the client waits: its questions arrive, and the answers are lost. If neither moves, the questions are lost, ' +
        'or both.',
      whenNot:
        'Only the first rises: what the server says is lost, and nothing of the client arrives either.',
    },
    {
      where: "the server's node",
      run: "tcpdump -nn -l -i any 'host POD_IP and port PORT'",
      whenItIs:
        "One direction crosses the node, the other comes In and never goes Out, or is not here at all. Run it on the client's node, too.",
      whenNot: 'Neither direction is here while the client sends: silent-drop.',
    },
    {
      where: "the server's node",
      run: "iptables-save -c | grep -E 'DROP|INVALID'; nft list ruleset | grep 'drop'",
      whenItIs: 'The counter of a rule for one direction rises with the retransmissions. On both nodes.',
      whenNot: 'No counter rises: look at routes and reverse-path filters, then between the nodes.',
    },
    {
      where: "the server's node",
      run: 'nstat -az TcpExtIPReversePathFilter; ip route get CLIENT_IP from POD_IP iif eth0',
      whenItIs: 'The counter rises: packets come in by another interface than the way back leads out of.',
      whenNot: 'It stands still: no reverse-path filter here.',
    },
  ],
  lookAlikes: [
    {
      cause: 'silent-drop',
      tellApart: 'Nothing passes either way: what the server says meanwhile does not arrive.',
    },
    {
      cause: 'path-mtu-black-hole',
      tellApart: 'Only packets of full length vanish; acknowledgements of the same side arrive.',
    },
    {
      cause: 'conntrack-table-full',
      tellApart: 'Connections that are established go on, and drop of conntrack -S rises.',
    },
    {
      cause: 'conntrack-invalid',
      tellApart: 'Packets arrive untranslated and are answered with RST.',
    },
    {
      cause: 'server-process-died',
      tellApart: "The server's FIN comes with the end of its process, and acknowledges all that was asked.",
    },
  ],
  fixes: [
    {
      name: 'allow-both-ways',
      whatToDo:
        'Let the firewall accept both directions of connections that it knows before any rule for one of them (iptables: ' +
        '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT first; AWS network ACLs, which are stateless: allow the ephemeral ' +
        'ports back).',
      sideEffects: 'What it let in once it lets go on, whatever its rules say later.',
      proven: 'lab',
    },
    {
      name: 'symmetric-routes',
      whatToDo:
        'Send both directions through the same stateful firewall; or, where that cannot be, rp_filter=2 instead of 1 and, for ' +
        "kube-proxy's INVALID rule, net.netfilter.nf_conntrack_tcp_be_liberal=1 (or --conntrack-tcp-be-liberal).",
      sideEffects: 'A loose filter lets forged source addresses through.',
      proven: 'inferred',
    },
    {
      name: 'notice-and-reconnect',
      whatToDo:
        'TCP_USER_TIMEOUT or keepalive of some seconds on both sides, and a client that connects again and repeats what is safe to ' +
        'repeat.',
      sideEffects: 'It shortens the wait, and opens no hole.',
      proven: 'inferred',
    },
  ],
  sources: [
    {
      title: "Asymmetric routes and kube-proxy's rule for INVALID packets",
      where: 'https://github.com/kubernetes/kubernetes/issues/94861',
    },
    {
      title: 'kube-proxy drops INVALID packets only where conntrack is not liberal',
      where: 'https://github.com/kubernetes/kubernetes/pull/120412',
    },
    {
      title: 'A firewall on the way back alone drops all answers',
      where: 'https://github.com/firehol/firehol/issues/358',
    },
    {
      title: 'firewalld: the SYN went another way, its answer is INVALID',
      where: 'https://github.com/firewalld/firewalld/issues/1061',
    },
    {
      title: 'A strict reverse-path filter drops translated packets',
      where: 'https://github.com/cilium/cilium/issues/13130',
    },
    kernelDocs.ipSysctl,
  ],
} as const satisfies WrittenPage;
