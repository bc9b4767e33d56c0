// What the words of a symptom mean, so that a page is found by whoever says ECONNRESET and by whoever says "reset by peer".

/** A word as it was said, with what it means here: a stem, or the name of what several words of the field stand for. */
export interface Word {
  readonly said: string;
  readonly means: string;
}

/** What is said in several words, the longer before what it holds. `$1` goes on to be read as words of its own. */
const phrases: readonly (readonly [RegExp, readonly string[], string?])[] = [
  [/\b(?:no|without an?y?|never an?) (?:rst|reset)s?\b/g, ['no-reset']],
  [/\bresets? nobody\b/g, ['no-reset']],
  [/\b(?:connection (?:was )?)?reset by (?:the )?(?:remote )?peer\b/g, ['reset']],
  [/\bsoftware caused connection abort\b/g, ['destroyed']],
  [/\b(?:icmp )?port[- ]unreachable\b/g, ['refused', 'icmp']],
  [/\bno route to host\b|\b(?:host|network) (?:is )?unreachable\b/g, ['unreachable']],
  [/\bbad gateway\b|\b50[23]s?\b/g, ['http-error']],
  [/\bprematurely closed( connection)?\b/g, ['closed']],
  [/\b(?:unexpected )?end of (?:file|stream)\b/g, ['closed']],
  [/\b(?:socket )?h[au]ng(?:s|ing)? up\b|\bhang-?ups?\b/g, ['closed']],
  [/\bclosed by (?:the )?(?:peer|remote host|server)\b|\bremote end closed\b/g, ['closed']],
  [/\blost connection\b|\bconnection (?:was |is )?lost\b/g, ['closed']],
  [/\bbroken pipe\b/g, ['epipe']],
  [/\btim(?:e|ed|es|ing)[- ]?out\b|\btime-?outs?\b/g, ['timeout']],
  [/\bdeadline exceeded\b/g, ['timeout']],
  [/\bno (?:answer|response|reply)\b|\b(?:without|never an?y?) (?:answer|response|reply)\b/g, ['timeout']],
  [/\bnever while idle\b|\bnot (?:while )?idle\b/g, ['busy']],
  [/\b(?:under|heavy|high) (?:heavy |high )?load\b|\bhigh throughput\b/g, ['busy', 'load']],
  [
    /\bin (?:the )?mid(?:dle)?(?: of (?:the )?(?:traffic|transfers?|requests?))?\b|\bmid-?stream\b/g,
    ['busy'],
  ],
  [/\b(?:without|no) (?:any )?traffic\b|\bnot (?:been )?used\b|\bsaid nothing\b/g, ['idle']],
  [/\bhas not sent anything\b|\bsent nothing\b/g, ['idle']],
  [/\bkeep-?alives?\b/g, ['keepalive']],
  [/\bout of memory\b|\boom[- ]?kill(?:ed|er)?\b/g, ['memory']],
  // SIGKILL, which the memory's guard is not alone to send.
  [/\bexit(?:ed)? (?:code|status) 137\b/g, ['memory', 'died']],
  [/\bsignal:? killed\b|\bkill -9\b/g, ['died']],
  [/\bconnection tracking\b|\btracking table\b/g, ['conntrack']],
  [/\btable (?:is )?full\b/g, ['full', 'table']],
  [/\bload[- ]balancers?\b/g, ['load-balancer']],
  [/\b(?:accept|listen|syn) (?:queue|backlog)s?\b|\blisten ?(?:overflow|drop)s?\b/g, ['backlog']],
  [/\bnew connections?\b|\bconnecting\b|\breconnect(?:s|ed|ing)?\b/g, ['connect']],
  [
    /\bno (?:ready )?(?:endpoints?|pods?|backends?)\b|\bnot ready\b|\bmatches nothing\b/g,
    ['no-endpoint', 'endpoint'],
  ],
  [/\bwithout (?:ready )?endpoints?\b/g, ['no-endpoint', 'endpoint']],
  [/\b(?:same|one|own) node\b|\bsame host\b/g, ['same-node']],
  [/\bsame (?:pod )?(?:ip|address)(?: address)?\b/g, ['duplicate', 'address']],
  [/\btwo mac(?: addresses)?\b|\bmac (?:address(?:es)?)?\b|\barp\b/g, ['arp']],
  [/\bone[- ](?:way|direction)\b|\bonly one direction\b|\basymmetric(?:al)?\b/g, ['one-way']],
  [
    /\bsource ports?\b|\bephemeral ports?\b|\bport (?:clash|collision|exhaustion)s?\b/g,
    ['source-port', 'port'],
  ],
  [/\btime[-_ ]?wait\b|\btw_reuse\b/g, ['time-wait']],
  [/\bchallenge acks?\b|\bbare acks?\b/g, ['challenge-ack']],
  [/\b(?:garbage collection|gc) ?(?:pauses?)?\b|\bevent loop\b|\bdid not run\b/g, ['cpu']],
  [/\bhealth[- ]?checks?\b|\bliveness\b|\breadiness\b/g, ['health-check']],
  [/\bpod ip\b/g, ['pod-address']],
  [/\bcluster ?ip\b|\bservice (?:ip|address|vip)\b/g, ['service']],
  [/\b(?:frag(?:mentation)? needed|fragmentation-needed|need to frag)\b/g, ['mtu', 'icmp']],
  [/\bsilently\b/g, ['unsaid']],
  [/\bnow and then\b|\bfrom time to time\b/g, ['sporadic']],
  [/\b(?:all |everything )?at (?:once|the same time|one moment)\b|\ball together\b/g, ['together']],
  [/\brestart count\b/g, ['died']],
];

/** One meaning, and the words that have it, as people and programs say them. */
const meanings: Readonly<Record<string, string>> = {
  reset: 'reset econnreset connectionreset rst',
  refused: 'refused refuse econnrefused connectionrefused reject rejected',
  timeout: 'timeout etimedout hang hung hanging stuck freeze froze frozen stall unanswered',
  closed: 'closed close eof eofexception disconnect fin hangup',
  epipe: 'epipe',
  idle: 'idle idling silence silent quiet inactive inactivity dormant unused',
  busy: 'busy traffic',
  keepalive: 'keepalive heartbeat',
  memory: 'memory oom oomkilled mem cgroup',
  conntrack: 'conntrack nf_conntrack',
  nat: 'nat snat dnat masquerade masq translate translated untranslated rewrite rewritten translation',
  lost: 'drop dropped lost lose loss vanish blackhole swallow discard missing disappear',
  mtu: 'mtu mss fragment jumbo vxlan overlay',
  large: 'large larger big bigger huge bulk size upload download full-length',
  backlog: 'backlog somaxconn listenoverflows listendrops',
  endpoint: 'endpoint endpoints endpointslice selector',
  died: 'crash killed sigkill kill die died dead restart exit panic segfault terminate terminated',
  rule: 'firewall policy networkpolicy iptables nftables rule acl firewalld ruleset',
  'load-balancer': 'nlb alb elb lb loadbalancer gateway',
  proxy: 'proxy haproxy envoy nginx sidecar mesh istio ingress middlebox box',
  ipvs: 'ipvs ipvsadm swarm',
  duplicate: 'duplicate twice both',
  sporadic: 'sporadic random randomly intermittent occasional occasionally sometimes rare rarely',
  together: 'simultaneously burst',
  cpu: 'cpu throttle throttled starved paused suspended frozen',
  reuse: 'reuse reused pool pooled',
  'health-check': 'healthcheck check checker',
  destroyed: 'econnaborted destroy destroyed abort aborted linger',
  unreachable: 'ehostunreach enetunreach unreachable',
  connect: 'connect syn dial handshake',
  retransmit: 'retransmit retransmission resend resent repeat',
  invalid: 'invalid',
  expired: 'expire expired expiry forget forgets forgot',
};

/** Says nothing of a cause. */
const empty = new Set(
  (
    'a an and are as at be been but by can cannot for from had has have how i if in into is it its just my no not of on once only or our ' +
    'over so still than that the their them then there these they this to too up was we what when where which while who why will with you ' +
    'after before between during connection connections tcp error errors get gets got see sees say says said kubernetes k8s does did do ' +
    'even all any some every other more most very also always about although since now one two via per like out off second seconds minute minutes hour hours day days min mins secs'
  ).split(' '),
);

const bySaid = new Map(
  Object.entries(meanings).flatMap(([means, words]) =>
    words.split(' ').flatMap((word) => [
      [word, means],
      [stem(word), means],
    ]),
  ) as [string, string][],
);

/** The words of a text that say something, in no order. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let rest = text.toLowerCase().replace(/[’`]/g, "'");
  for (const [pattern, means] of phrases) {
    rest = rest.replace(pattern, (said) => {
      words.push(...means.map((one) => ({ said: said.trim(), means: one })));
      return ' | ';
    });
  }
  for (const [said] of rest.matchAll(/[a-z0-9_]*[a-z][a-z0-9_]*/g)) {
    // A setting is known by its parts, too: nf_conntrack_max by conntrack.
    for (const part of said.includes('_') ? [said, ...said.split('_')] : [said]) {
      if (empty.has(part) || part.length < 2) continue;
      words.push({ said, means: bySaid.get(part) ?? bySaid.get(stem(part)) ?? stem(part) });
    }
  }
  return words;
}

/** The word without the ending that says how often or when: resets and resetting are reset. */
function stem(word: string): string {
  if (word.length <= 3) return word;
  const bare = word
    .replace(/ies$/, 'y')
    .replace(/(?<=[a-z]{3})(?:ings?|ed|ly)$/, '')
    .replace(/(?<=(?:ss|sh|ch|x|z))es$/, '')
    .replace(/(?<=[^s])s$/, '');
  return bare.replace(/([b-df-hj-np-rtv-z])\1$/, '$1').replace(/(?<=[a-z]{3})e$/, '');
}
