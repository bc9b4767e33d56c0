// Whom ICMP errors exclude: what they say, and where they came from.
import { clientEnds, programs, quiet, rules, serverEnds, type Exclusion } from './exclusion-row.ts';

const noProgram: Exclusion['excludes'] = [...programs, 'client-kernel', 'privileged-program', ...quiet];

export const byIcmp: readonly Exclusion[] = [
  // What it says.
  {
    when: ['ICMP answer: port unreachable'],
    excludes: [...noProgram, 'server-kernel', 'node-kernel'],
    because:
      'its packets were answered with ICMP port unreachable, which of TCP only a rule says: a kernel without a socket sends RST',
    basis: 'physics',
  },
  {
    when: ['ICMP answer: prohibited'],
    excludes: noProgram,
    because:
      'its packets were answered with an ICMP error that says "prohibited", as rules, routes and routers do, and no program',
    basis: 'physics',
  },
  {
    when: ['ICMP answer: host unreachable'],
    excludes: noProgram,
    because:
      'its packets were answered with ICMP host or network unreachable, as a kernel that forwards says, and no program',
    basis: 'physics',
  },
  {
    when: ['ICMP answer: host unreachable'],
    excludes: [...rules, 'server-kernel'],
    because:
      'ICMP host or network unreachable is what a kernel says that has no way to forward (a rule can be told to say so)',
    basis: 'convention',
  },
  {
    when: ['ICMP answer: time exceeded'],
    excludes: [...noProgram, ...rules],
    because:
      'its packets were answered with ICMP time exceeded, which a kernel says that forwards, and neither a program nor a rule',
    basis: 'physics',
  },
  {
    when: ['timed out', 'ICMP: packet too long'],
    excludes: ['nobody'],
    because: 'it was said, with an ICMP error, that its packets are too long for a link on the way',
    basis: 'physics',
  },
  // Where it came from.
  {
    when: ['ICMP made on the node'],
    excludes: [...clientEnds, ...serverEnds, 'client-pod-rule', 'server-pod-rule', 'in-between', ...quiet],
    because: 'the node sent the ICMP error and never received it',
    basis: 'physics',
  },
  {
    when: ["ICMP left the server's pod", "server's pod is known"],
    excludes: [...clientEnds, 'client-pod-rule', 'node-rule', 'node-kernel', 'in-between', ...quiet],
    because: "the ICMP error came out of the server's own interface",
    basis: 'physics',
  },
  {
    when: ["ICMP left the server's pod"],
    excludes: [...clientEnds, 'client-pod-rule', 'node-rule', 'node-kernel', 'in-between', ...quiet],
    because:
      "the ICMP error came in where the server's other packets do (told by its hops alone: another machine of the same network looks like that)",
    basis: 'convention',
  },
  {
    when: ['ICMP from outside'],
    excludes: [...clientEnds, ...serverEnds, ...rules, 'node-kernel', ...quiet],
    because: 'the ICMP error came into the node from outside, and both pods live on that node',
    basis: 'physics',
  },
];
