// A node's conntrack table is full: what lives goes on, what is new is dropped without a word.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'conntrack-table-full',
  title: "the node's conntrack table is full: new connections are dropped",
  scenario: 'conntrack-table-full',
  symptom: {
    client:
      'Connecting times out, to whatever address; connections that are made already answer as ever. Resets only by accident.',
    server: 'Nothing: the SYN never arrives.',
    nodes:
      'The count is at the maximum, drop or early_drop rises, and the kernel log says "table full, dropping packet".',
  },
  symptoms: ['nf_conntrack: table full, dropping packet; new connections time out, existing ones are fine'],
  author: {
    who: ['nobody', 'server-kernel'],
    text:
      'Nobody: packets are dropped. If an entry with a rewrite was lost in the crowd, its next packet ends as after a ' +
      "deletion, with a RST of the server's kernel.",
  },
  mechanism: [
    {
      text:
        'nf_conntrack_max bounds the entries. When a new flow finds no room, the kernel looks for an entry to give up, and ' +
        'takes only such as are not ASSURED, that is, have not seen traffic both ways. If it finds one, early_drop rises; ' +
        'if not, the packet is dropped and drop rises.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'So a table full of established connections shuts out newcomers, and a table full of half-open ones or of UDP lets ' +
        'them in: 20 of 20 in the lab. Established connections are spared either way.',
      basis: ['measured'],
    },
    {
      text:
        'The maximum is one number for the machine, but each network namespace is held to it by its own count. What ' +
        'counts for pods is the table of the node.',
      basis: ['measured'],
    },
    {
      text:
        'Tables fill by floods of short connections, by DNS, and by long timeouts that keep the entries of connections which ' +
        'ended without a FIN.',
      basis: ['inferred'],
    },
  ],
  drawing: [
    '         +--------------------------- nf_conntrack_max --+',
    'SYN ---> | ASSURED  ASSURED  ASSURED  ASSURED  ASSURED   |  dropped: drop+1',
    'data --> | ASSURED, its own entry                        |  passes',
    '         +-----------------------------------------------+',
  ],
  howToConfirm: [
    {
      where: "the server's node",
      run: 'sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max',
      whenItIs:
        'The two are equal, or within a percent. Look at the moment of the failure: it may be over in a second.',
      whenNot: 'The count is well below.',
    },
    {
      where: "the server's node",
      run: 'conntrack -S',
      whenItIs: 'drop= or early_drop= has risen, on any CPU. These counters remember what is over.',
      whenNot: 'Both are 0, or stand still while connecting fails.',
    },
    {
      where: "the server's node",
      run: "dmesg -T | grep 'table full'",
      whenItIs: '"nf_conntrack: table full, dropping packet", "in netns N" with newer kernels.',
      whenNot: 'No such line since the node started.',
    },
    {
      where: "the server's node",
      run: "conntrack -L 2>/dev/null | grep -o 'src=[^ ]* dst' | awk 'NR % 2' |\n  sort | uniq -c | sort -rn | head",
      whenItIs:
        'One or few addresses hold most entries: who fills the table. On a full table this takes seconds of CPU.',
      whenNot: 'Evenly spread: the table is too small for what runs here.',
    },
    {
      where: "the client's node",
      run: 'sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max && conntrack -S',
      whenItIs: "The same, if the server's node has room: a Service is translated on the client's node.",
      whenNot: 'Room on both nodes: see silent-drop.',
    },
  ],
  lookAlikes: [
    {
      cause: 'silent-drop',
      tellApart: 'Live connections stall as well, and neither drop nor early_drop rises.',
    },
    {
      cause: 'endpoint-replaced',
      tellApart: 'Only one address is out of reach, and its link or route changed.',
    },
    {
      cause: 'conntrack-entry-deleted',
      tellApart: 'Live connections are reset, and a DESTROY is marked [USERSPACE].',
    },
  ],
  fixes: [
    {
      name: 'shorter-timeouts',
      whatToDo:
        'Let dead entries go sooner: nf_conntrack_tcp_timeout_time_wait, _close_wait, _syn_sent and the UDP timeouts first, ' +
        'the one for established connections last.',
      sideEffects: 'Whoever is silent for longer loses its entry: see conntrack-expired.',
      proven: 'lab',
    },
    {
      name: 'larger-table',
      whatToDo:
        'Raise net.netfilter.nf_conntrack_max, and the hash size with it; with kube-proxy through --conntrack-max-per-core ' +
        '(32768) and --conntrack-min (131072), or it sets the old value again.',
      sideEffects: 'Kernel memory, 256 bytes and more for each entry, and longer dumps.',
      proven: 'inferred',
    },
    {
      name: 'fewer-flows',
      whatToDo:
        'Reuse connections, cache DNS on the node, and exempt what needs no NAT (iptables -t raw ... -j NOTRACK).',
      sideEffects: 'What is exempt is neither translated nor matched by rules on established connections.',
      proven: 'inferred',
    },
  ],
  sources: [
    kernelDocs.conntrackSysctl,
    {
      title: 'kubernetes: raise conntrack limits, lower timeouts',
      where: 'https://github.com/kubernetes/kubernetes/issues/18604',
    },
    {
      title: "kube-proxy's settings",
      where: 'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/',
    },
  ],
} as const satisfies WrittenPage;
