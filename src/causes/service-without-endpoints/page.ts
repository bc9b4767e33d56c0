// A Service without a ready endpoint: kube-proxy refuses who connects, in the node, with an ICMP error.
import type { WrittenPage } from '../define-cause.ts';

export const page = {
  id: 'service-without-endpoints',
  title: 'the Service had no ready endpoint, and kube-proxy refused who connected',
  scenario: 'service-without-endpoints',
  symptom: {
    client:
      'ECONNREFUSED at once for each new connection to the Service, from every node. Established connections go on. Of many attempts ' +
      'some are refused a second late, or time out: a kernel sends an address only so many ICMP errors.',
    server:
      'Nothing. Its pods are not there, or not ready; a pod that is not ready still serves what it has.',
    nodes:
      'ICMP port unreachable (type 3 code 3; ICMPv6 type 1 code 4) goes to the client, and no RST; the counter of a rule with the ' +
      'comment "has no endpoints" rises.',
  },
  symptoms: [
    'connection refused, or a timeout, when connecting to a Service that has no ready pods or endpoints (wrong selector, not ready)',
  ],
  author: {
    who: ['node-rule'],
    text: "kube-proxy's REJECT rule for the Service, on the client's own node. The attempt never leaves that node.",
  },
  mechanism: [
    {
      text:
        'For each Service that has no ready endpoint kube-proxy writes a rule with "-j REJECT" and the comment "NAMESPACE/NAME has no ' +
        'endpoints" (iptables: filter table, KUBE-SERVICES; nftables: the map no-endpoint-services). It meets new connections only.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'REJECT answers the SYN with ICMP port unreachable. For a connection that is being made Linux takes that as final: connect() ' +
        'fails with ECONNREFUSED, just as if a host had answered with a RST because nobody listens.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'Endpoints go when no pod matches the selector, when all pods fail their readiness probe, when the Deployment is scaled to ' +
        'zero, and for a moment in a rollout that takes the last old pod away before a new one is ready.',
      basis: ['source'],
    },
    {
      text:
        'Entries that conntrack has stay as they are, so established connections go on to a pod that lives; with a pod that ended they ' +
        'end as its process or its address does, which is another cause.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'client A            its own node                 server B',
    '   | --- SYN -------> rule "has no endpoints" x     |   not ready',
    '   | <-- ICMP port unreachable',
    '   |     ECONNREFUSED                               |   never hears of it',
  ],
  howToConfirm: [
    {
      where: 'anywhere with kubectl',
      run: 'kubectl get endpointslices -n NAMESPACE -l kubernetes.io/service-name=SERVICE -o yaml |\n  grep -E -A3 "addresses|conditions"',
      whenItIs: 'No endpoint, or none with "ready: true".',
      whenNot: 'A ready endpoint has been there all the time: see server-process-died and policy-reject.',
    },
    {
      where: "the client's node",
      run: "iptables-save -c -t filter | grep 'has no endpoints'",
      whenItIs: "The Service's rule, and its counter rises with each attempt.",
      whenNot: 'No such rule, or its counter rests.',
    },
    {
      where: "the client's node",
      run: 'nft list map ip kube-proxy no-endpoint-services',
      whenItIs:
        "kube-proxy in mode nftables: the Service's address and port are there. Nothing of it counts.",
      whenNot: 'They are not, or there is no such map: kube-proxy is in another mode.',
    },
    {
      where: "the client's node",
      run: "tcpdump -nn -l -i any '(icmp or icmp6) and host CLIENT_IP'",
      whenItIs: '"tcp port PORT unreachable" goes out to the client, and did not come in before.',
      whenNot: 'No ICMP: the refusal is a RST, see server-process-died.',
    },
    {
      where: 'anywhere with kubectl',
      run: 'kubectl get pods -n NAMESPACE -o wide && kubectl describe service SERVICE -n NAMESPACE',
      whenItIs: 'Pods that are missing, or not READY, or whose labels or port the Service does not name.',
      whenNot: 'Pods are ready and match.',
    },
  ],
  lookAlikes: [
    {
      cause: 'server-process-died',
      tellApart: "Refused as well, but by a RST that the server's own kernel sends: nobody listens.",
    },
    {
      cause: 'policy-reject',
      tellApart:
        'The same ICMP error, by a rule of another chain and without that comment; live connections suffer, too.',
    },
    {
      cause: 'endpoint-replaced',
      tellApart:
        "The pod's link or route went; live connections end, and attempts time out or meet a new pod.",
    },
  ],
  fixes: [
    {
      name: 'one-ready',
      whatToDo:
        'Keep one endpoint ready: two replicas at least, a PodDisruptionBudget with minAvailable 1, maxUnavailable 0 in the rolling ' +
        'update, and a readiness probe that does not fail for all pods at once, as one does that asks a common backend.',
      sideEffects: 'One more pod.',
      proven: 'lab',
    },
    {
      name: 'matching-selector',
      whatToDo:
        "Let the Service's selector, targetPort and named port match the pods' labels and containerPort.",
      sideEffects: 'None known.',
      proven: 'inferred',
    },
    {
      name: 'retry',
      whatToDo:
        'Let clients try again after a moment, with a delay that grows: a refusal is quick, and says that nothing was sent.',
      sideEffects: 'A Service that is gone for good is noticed later.',
      proven: 'inferred',
    },
  ],
  sources: [
    {
      title: 'kube-proxy rejects connections to Services without endpoints',
      where: 'kubernetes/kubernetes: pkg/proxy/iptables/proxier.go',
    },
    {
      title: 'Kubernetes: debug Services',
      where: 'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/',
    },
    {
      title: 'Refused while a Service has no endpoints',
      where: 'https://github.com/kubernetes/kubernetes/issues/17359',
    },
    { title: 'The same from outside', where: 'https://github.com/kubernetes/kubernetes/issues/97360' },
  ],
} as const satisfies WrittenPage;
