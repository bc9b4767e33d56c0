// How to see each cause with the tools of a node's own shell, without netdebug.
import type { CauseId } from '../model/cause.ts';

export interface HandCheck {
  /** What the command shows when this is the cause. */
  readonly why: string;
  readonly command: string;
}

const serverSide = 'On the server’s node: ';

export const confirmByHand: Readonly<Record<CauseId, readonly HandCheck[]>> = {
  'route-table-conflict': [
    {
      why: 'On the node, the rule goes and comes back at the moments of the resets:',
      command: 'ip -ts monitor rule',
    },
    {
      why: 'While it stands, each connection has two entries, of which the second one’s reply goes to another port:',
      command: 'conntrack -L -p tcp --dport 8080',
    },
    {
      why: 'In the server’s pod, the peer has the port of the second entry, not the client’s own:',
      command: 'ss -tn state established',
    },
  ],
  'conntrack-entry-deleted': [
    {
      why: 'On the node, the DESTROY of a connection that still lives is marked as a program’s doing, with its port id:',
      command: 'conntrack -E -e DESTROY -p tcp -o timestamp,id,userspace',
    },
  ],
  'conntrack-invalid': [
    { why: 'On the node, this counter moves with each reset:', command: 'conntrack -S | grep -o "invalid=[0-9]*"' },
    {
      why: 'With this set, the kernel’s log names each packet that is judged invalid:',
      command: 'sysctl net.netfilter.nf_conntrack_log_invalid=6',
    },
  ],
  'conntrack-expired': [
    { why: 'On the node, entries of TCP connections live this many seconds without a packet:', command: 'sysctl net.netfilter.nf_conntrack_tcp_timeout_established' },
    { why: 'The entry’s DESTROY comes that long after the last answer, and before the reset:', command: 'conntrack -E -e DESTROY -p tcp -o timestamp' },
  ],
  'conntrack-table-full': [
    { why: 'On the node, the count is at the maximum:', command: 'sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max' },
    { why: 'And these counters move:', command: 'conntrack -S | grep -oE "(drop|early_drop|insert_failed)=[0-9]+"' },
  ],
  'policy-reject': [
    { why: 'On the node, a rule that rejects with a RST counts packets:', command: 'iptables-save -c | grep "reject-with tcp-reset"' },
  ],
  'endpoint-replaced': [
    { why: 'The address behind the Service is another one now, or its pod is younger than the connection was:', command: 'kubectl get endpointslices,pods -o wide' },
  ],
  'server-process-died': [
    { why: 'The container was started again though its pod stayed:', command: 'kubectl get pods -o wide' },
    { why: 'Its last words:', command: 'kubectl logs --previous POD' },
  ],
  'server-aborted': [
    { why: `${serverSide}these counters of the pod move with each reset:`, command: 'nstat -az TcpExtTCPAbortOnClose TcpExtTCPAbortOnData TcpExtTCPAbortOnLinger' },
  ],
  'forged-reset': [
    { why: 'The RST’s hop count or sequence number is not what the peer’s other packets have:', command: 'tcpdump -ni any -v "tcp[tcpflags] & tcp-rst != 0"' },
    { why: `${serverSide}the server’s kernel did not send it, so this counter stands still:`, command: 'nstat -az TcpOutRsts' },
  ],
  'silent-drop': [
    { why: 'The client sends the same data again and again, and nothing comes back:', command: 'ss -tnoi state established' },
    { why: 'Packets are seen on one side of the drop and not on the other:', command: 'tcpdump -ni any "tcp port 8080"' },
  ],
  'probe-stalled': [
    { why: 'The prober’s own delay is as long as its lateness:', command: 'grep -E \'"loopDelayMs":[0-9]{3,}\' events.ndjson' },
  ],
  unknown: [],
};
