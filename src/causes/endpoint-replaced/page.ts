// The pod behind the address is gone, or is another one that knows nothing of the connection.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs, resetsOnly } from '../shared-sources.ts';

export const page = {
  id: 'endpoint-replaced',
  title: 'the pod behind the address is gone, or is another one',
  scenario: 'endpoint-replaced',
  symptom: {
    client:
      'ECONNRESET on its next write, once a new pod has the address; silence, then ETIMEDOUT or EHOSTUNREACH, while nobody ' +
      'has it. A new connection works, is refused, or times out, by how far the new pod is.',
    server: 'The old one is gone, with its counters and logs. The new one has never heard of the connection.',
    nodes:
      "The veth or the route of the server's address goes and comes; the RST comes in on another interface than the answers did.",
  },
  symptoms: [
    'after a rollout, an eviction or a node drain clients hang on the old pod, or are reset once a new pod has its address',
  ],
  author: {
    who: [
      'server-kernel',
      'nobody',
      'node-kernel',
      'in-between',
      'server-process-died',
      'server-application',
    ],
    text:
      "The kernel of the new pod, for lack of a socket; nobody, while the address is nobody's, or the node's kernel or a router on the " +
      'way, where they say so with an ICMP error.',
  },
  mechanism: [
    {
      text:
        "A pod's connections live in its network namespace. When that goes without the process closing them, no FIN is " +
        'sent, and the peer knows nothing until it writes.',
      basis: ['measured'],
    },
    {
      text:
        'If a new pod has the address by then, its kernel finds no socket and answers RST. If it already listens on the ' +
        'port, the client connects again at once; if not, it is refused.',
      basis: ['measured'],
    },
    {
      text:
        'Through a Service, an entry of conntrack keeps its connection on the pod that it was made for, also after the ' +
        'Service has other endpoints. kube-proxy deletes such entries for UDP, on purpose not for TCP, so that a ' +
        'terminating pod can finish.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'While nobody has the address and traffic goes through the VPC, the packet runs in circles between node and VPC ' +
        'until its hop count is used up. Each round makes another entry, some 30 for each connection.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'client A -----> V -----> entry: B -----> [pod of yesterday]   no FIN',
    '                              \\',
    '                               +-------> [new pod at B]       no socket, RST',
  ],
  howToConfirm: [
    {
      where: 'anywhere with kubectl',
      run: 'kubectl get pods -n NAMESPACE -o wide &&\n  kubectl get events -n NAMESPACE --sort-by=.lastTimestamp',
      whenItIs:
        'The pod at POD_IP is younger than the connection was; Killing, Evicted, Preempted or Scheduled at the time of the reset.',
      whenNot: 'The same pod, older than the connection, and no event.',
    },
    {
      where: 'anywhere with kubectl',
      run: 'kubectl get endpointslices -n NAMESPACE -l kubernetes.io/service-name=SERVICE -o wide',
      whenItIs: 'The address that the connection used is not among the endpoints any more.',
      whenNot: 'It is, as before.',
    },
    {
      where: "the server's node",
      run: 'ip -ts monitor link route',
      whenItIs:
        'The server\'s veth turns to "state DOWN" or is "Deleted", and a route "POD_IP dev ..." names another one.',
      whenNot: 'No line for this veth.',
    },
    {
      where: "the server's node",
      run: resetsOnly,
      whenItIs:
        'Length 40, flags [R], In on a veth that did not carry the earlier answers. While nobody has the address: none.',
      whenNot: 'In on the same veth as ever.',
    },
    {
      where: "the client's node",
      run: 'conntrack -L -p tcp -s CLIENT_IP -d SERVICE_IP',
      whenItIs: 'The second src=, the pod that the connection goes to, is the address of a pod that is gone.',
      whenNot: 'It is the address of the pod that serves.',
    },
  ],
  lookAlikes: [
    {
      cause: 'duplicate-owner',
      tellApart:
        'There two have the address at once: its MAC goes back and forth, and no link or route comes or goes.',
    },
    {
      cause: 'server-process-died',
      tellApart: 'The pod stays: same address, same veth, a higher restart count.',
    },
    {
      cause: 'route-table-conflict',
      tellApart: 'The same RST, on the same veth as ever; only a rule changed.',
    },
    {
      cause: 'silent-drop',
      tellApart:
        "While nobody has the address both are silent; here the server's link is down or its route is gone.",
    },
  ],
  fixes: [
    {
      name: 'drained-first',
      whatToDo:
        'End the connections before the pod: on SIGTERM stop accepting, finish, close; a preStop sleep that outlasts the ' +
        "endpoint's removal everywhere; terminationGracePeriodSeconds longer than both.",
      sideEffects:
        'Roll-outs and node drains take as long as the grace period. Clients must come back after a close.',
      proven: 'lab',
    },
    {
      name: 'client-timeouts',
      whatToDo:
        'TCP_USER_TIMEOUT or keepalive in the client, for pods that vanish with their node and cannot say goodbye.',
      sideEffects: 'Too short, it ends connections that would have lived through a brief loss.',
      proven: 'inferred',
    },
  ],
  sources: [
    {
      title: 'Kubernetes: termination of pods and their endpoints',
      where: 'https://kubernetes.io/docs/tutorials/services/pods-and-endpoint-termination-flow/',
    },
    {
      title: 'KEP-3960: a sleep action for preStop',
      where: 'https://www.kubernetes.dev/resources/keps/3960/',
    },
    {
      title: 'kubernetes: why entries of TCP are not deleted',
      where: 'https://github.com/kubernetes/kubernetes/pull/102631',
    },
    {
      title: 'kubernetes: entries stay when endpoints switch',
      where: 'https://github.com/kubernetes/kubernetes/issues/100698',
    },
    kernelDocs.conntrackSysctl,
  ],
} as const satisfies WrittenPage;
