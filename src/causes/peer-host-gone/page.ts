// The machine at the other end is gone: no FIN, no RST, and the client's own patience decides when that is noticed.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'peer-host-gone',
  title: "the server's machine, its pod or its link is gone, and nobody says so",
  scenario: 'peer-host-gone',
  symptom: {
    client:
      'No answer, then its own timeout; ETIMEDOUT, EHOSTUNREACH or ENETUNREACH when its kernel gives up, by default after a quarter of an ' +
      'hour. An idle client notices nothing. New connections fail within seconds.',
    server: 'Nothing: it is gone, or cut off and waiting.',
    nodes:
      'The same segment again and again. A router that looks for the machine in vain has the neighbour FAILED and sends ICMP host ' +
      'unreachable after three seconds.',
  },
  symptoms: [
    'no route to host, host unreachable (EHOSTUNREACH), or a hang until timeout, after a node or VM died or was powered off',
  ],
  author: {
    who: ['nobody', 'in-between', 'node-kernel'],
    text:
      'Nobody; the client gives up. Where ICMP says unreachable, a router or a node said it, which ends attempts to connect and no ' +
      'established connection.',
  },
  mechanism: [
    {
      text:
        'A machine that loses power, panics or loses its link sends nothing: only a kernel that lives can answer with FIN or RST. The ' +
        'client sends again until tcp_retries2 or TCP_USER_TIMEOUT ends it.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'The last router asks for the link-layer address three times, a second apart, then sends ICMP host unreachable to whoever ' +
        'waits. TCP keeps that as a soft error: it goes on, and gives EHOSTUNREACH in place of ETIMEDOUT in the end.',
      basis: ['measured'],
    },
    {
      text:
        'A pod whose veth is deleted leaves no route behind: ENETUNREACH at once where there is no other; silence where a blackhole ' +
        'route takes its range; ICMP time exceeded where the default route leads back.',
      basis: ['measured', 'inferred'],
    },
  ],
  drawing: [
    'client A --- data ---> router ---> (who has B? who has B?)     B is gone',
    'client A --- again ---> router',
    'client A <--- ICMP host unreachable, after 3 s --- router',
    '   ... and again, until the client gives up',
  ],
  howToConfirm: [
    {
      where: 'anywhere with kubectl',
      run: 'kubectl get nodes; kubectl get pod POD -n NAMESPACE -o wide',
      whenItIs:
        'The node is NotReady, or the pod is gone or on another node than its old address belongs to.',
      whenNot:
        'The node is Ready and the pod has the address that the client dials: look for a hole on the way.',
    },
    {
      where: "the client's node",
      run: 'ip neigh show nud failed; ip route get POD_IP',
      whenItIs: "The pod's node, or the pod, is FAILED or INCOMPLETE; or there is no route.",
      whenNot: 'It is REACHABLE: it answers ARP, so its machine lives.',
    },
    {
      where: "the client's pod",
      run: "tcpdump -nn -v -l -i any 'icmp[icmptype] = icmp-unreach or icmp[icmptype] = icmp-timxceed'",
      whenItIs: 'ICMP host or net unreachable, or time exceeded, about the connection.',
      whenNot: 'None: a switch or a cloud that says nothing leaves only the silence.',
    },
    {
      where: "the client's pod",
      run: 'ss -tnoi dst SERVICE_IP',
      whenItIs:
        'timer:(on,...) with many attempts and backoff:, while connections to other servers are fine.',
      whenNot: 'No timer: what was sent arrived.',
    },
  ],
  lookAlikes: [
    {
      cause: 'silent-drop',
      tellApart: 'The machine lives: it answers others, ARP or ping, and its node is Ready.',
    },
    {
      cause: 'one-way-drop',
      tellApart: 'What the server says by itself still arrives, or questions still reach it.',
    },
    {
      cause: 'endpoint-replaced',
      tellApart: 'Somebody else has the address soon, and its kernel answers with RST.',
    },
    {
      cause: 'server-process-died',
      tellApart: 'The machine lives and its kernel says goodbye: FIN or RST, and refused afterwards.',
    },
  ],
  fixes: [
    {
      name: 'notice-sooner',
      whatToDo:
        'Nothing brings the connection back; what can be had is to know it after a second, not after minutes. TCP_USER_TIMEOUT on the sockets (gRPC: keepalive_time and ' +
        'keepalive_timeout, from which it is set; PostgreSQL: tcp_user_timeout in the connection string; Envoy and Istio: TCP ' +
        'keepalive together with a per-try timeout), then connect again, to another endpoint.',
      sideEffects:
        'The loss remains. Too short, it ends connections that would have lived through a brief one.',
      proven: 'lab',
    },
    {
      name: 'fewer-retries',
      whatToDo:
        'Where programs cannot be changed: net.ipv4.tcp_retries2 = 8 (about 100 s) in the pods, and tcp_keepalive_time = 60 for those ' +
        'that ask for keepalive.',
      sideEffects: 'It holds for every connection of the namespace.',
      proven: 'inferred',
    },
    {
      name: 'drain-first',
      whatToDo:
        'Before planned work: kubectl drain, and time enough in preStop, so that servers say goodbye while their link is there.',
      sideEffects: 'Clients connect again, all at once.',
      proven: 'inferred',
    },
  ],
  sources: [
    {
      title: 'A node that ends without a word: fifteen minutes of failing requests',
      where: 'https://github.com/istio/istio/issues/33466',
    },
    {
      title: 'The same through linkerd, and TCP_USER_TIMEOUT as the cure',
      where: 'https://github.com/linkerd/linkerd2/issues/13023',
    },
    { title: 'gRPC: TCP_USER_TIMEOUT from keepalive', where: 'https://github.com/grpc/proposal/pull/95' },
    {
      title: 'kubelet waits for an API server that is gone',
      where: 'https://github.com/kubernetes/kubernetes/pull/48670',
    },
    {
      title: 'PostgreSQL: tcp_user_timeout',
      where: 'https://www.postgresql.org/docs/current/libpq-connect.html',
    },
    { title: 'Linux: TCP_USER_TIMEOUT', where: 'torvalds/linux commit dca43c75e7e5' },
    kernelDocs.ipSysctl,
  ],
} as const satisfies WrittenPage;
