// A rule on the node rejects packets of a live connection with a RST of its own making.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs, resetsOnly } from '../shared-sources.ts';

export const page = {
  id: 'policy-reject',
  title: 'a rule on the node rejected a live connection with a RST made there',
  scenario: 'policy-reject',
  symptom: {
    client:
      'ECONNRESET about 0.1 ms after its next write; a new connection is refused at once for as long as the rule stands. ' +
      'When the rule matches what the server sends, the client sees no RST: it gets no answers and sends again.',
    server:
      'Nothing, its socket stays ESTABLISHED. When the rule matches what it sends, it is the one that is reset.',
    nodes: "A rule's counter rises; the RST leaves the node without ever having come in.",
  },
  symptoms: [
    'connection reset as soon as a network policy or firewall rule was applied, new connections are refused',
  ],
  author: {
    who: ['node-rule', 'server-pod-rule', 'client-pod-rule'],
    text: "A REJECT rule of the node, in the server's name. Neither end sent a RST, and the server never saw the segment.",
  },
  mechanism: [
    {
      text:
        'REJECT --reject-with tcp-reset (nftables: reject with tcp reset) drops the segment and answers it. The kernel makes ' +
        'up the answer from the segment: addresses swapped, sequence number as the segment acknowledged. That is just what ' +
        'its sender expects, so it is believed.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'A rule that stands before the one that accepts established connections hits them too, and a policy that is loaded ' +
        'anew can do so for a moment: between the old rules and the new, or while the set of allowed addresses is empty.',
      basis: ['measured', 'inferred'],
    },
    {
      text:
        "The RST is made with the full hop count, 64, and never crosses an interface on its way in: on the client's veth " +
        "it has ttl 64, where the server's packets have 63 or less.",
      basis: ['measured'],
    },
    {
      text: 'Most network policies drop and do not reject: then there is no RST, and the page to read is silent-drop.',
      basis: ['inferred'],
    },
  ],
  drawing: [
    'client A            node                      server B',
    '   | --- data ------> rule: REJECT   x           |   never sees the data,',
    '   | <-- RST, "from B", ttl 64                   |   still ESTABLISHED',
  ],
  howToConfirm: [
    {
      where: "the server's node",
      run: resetsOnly,
      whenItIs:
        'The RST has Out lines only, with ttl 64, id 0, length 40 and "cksum ... incorrect" (not computed yet, as it was made ' +
        "here). Look on the client's node too: the rule may stand there.",
      whenNot:
        "An In line comes first: on the server's veth, the server's side sent it; on eth0, see forged-reset.",
    },
    {
      where: "the server's node",
      run: "iptables-save -c | grep 'reject-with tcp-reset';\n  nft list ruleset | grep 'reject with tcp reset'",
      whenItIs:
        'A rule whose counter, the first pair of numbers, rises with the resets; the rule names who wrote it.',
      whenNot: 'No such rule. It may have stood for a moment only: watch with "nft monitor".',
    },
    {
      where: "the server's pod",
      run: 'nstat -az TcpOutRsts TcpEstabResets',
      whenItIs: 'Neither moves while the client is reset.',
      whenNot: "TcpOutRsts rises by one for each reset: the server's kernel sent it.",
    },
    {
      where: "the server's node",
      run: 'conntrack -E -p tcp -o timestamp,id -s CLIENT_IP',
      whenItIs: 'Only "[UPDATE] ... CLOSE" of the entry that the client\'s segment was in.',
      whenNot: 'A DESTROY or a NEW before it.',
    },
  ],
  lookAlikes: [
    { cause: 'forged-reset', tellApart: 'Also without the server, but the RST comes In on eth0 first.' },
    {
      cause: 'server-process-died',
      tellApart: "Refused afterwards too, but those RSTs come In on the server's veth, and nobody listens.",
    },
    { cause: 'silent-drop', tellApart: 'A rule that drops makes timeouts and no RST.' },
  ],
  fixes: [
    {
      name: 'established-first',
      whatToDo:
        'Accept RELATED,ESTABLISHED before any rule that rejects, so that policy is asked for new connections only.',
      sideEffects:
        'A connection that policy now forbids lives on until it ends; delete its entries on purpose if it must not.',
      proven: 'lab',
    },
    {
      name: 'correct-policy',
      whatToDo:
        'Allow the traffic before it is denied, and replace whole rulesets at once: nft -f FILE or iptables-restore, not rule by ' +
        'rule; firewall-cmd --reload, not --complete-reload, which forgets what is established.',
      sideEffects: 'None known.',
      proven: 'inferred',
    },
  ],
  sources: [
    kernelDocs.rejectWithReset,
    kernelDocs.rfc5961InLinux,
    {
      title: 'nftables: a ruleset that is replaced at once',
      where: 'https://wiki.nftables.org/wiki-nftables/index.php/Atomic_rule_replacement',
    },
    {
      title: 'firewalld: --reload and --complete-reload',
      where: 'https://firewalld.org/documentation/man-pages/firewall-cmd.html',
    },
    {
      title: 'Calico evaluates policy for new connections only',
      where: 'https://github.com/projectcalico/calico/issues/6399',
    },
    {
      title: 'A policy agent that loses established connections',
      where: 'https://github.com/aws/aws-network-policy-agent/issues/144',
    },
  ],
} as const satisfies WrittenPage;
