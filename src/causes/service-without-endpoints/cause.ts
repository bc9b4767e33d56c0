// The Service has no ready endpoint: kube-proxy's rule refuses who connects, with an ICMP error that the node makes.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['node-rule'],
  // Without the rule's counter a policy that rejects looks the same: then both are shown.
  shownBy: [
    [
      'was refused',
      'never connected',
      'ICMP answer: port unreachable',
      'rule of a Service without endpoints hit',
    ],
    ['was refused', 'never connected', 'ICMP answer: port unreachable', 'ICMP made on the node'],
  ],
  suggestedBy: [
    ['was refused', 'never connected', 'ICMP answer: port unreachable'],
    ['was refused', 'never connected', 'rule of a Service without endpoints hit'],
    [
      'timed out',
      'never connected',
      'sent again and again',
      'ICMP refused its neighbours',
      'rule of a Service without endpoints hit',
    ],
  ],
  contradictedBy: [
    'not never connected',
    'not rule of a Service without endpoints hit',
    "server's kernel had no socket",
    "server's kernel sent a RST",
  ],
  sentence: () =>
    "The Service had no ready endpoint. kube-proxy then refuses each attempt to connect on the client's own node, with ICMP port " +
    'unreachable, and no server ever hears of it; connections that lived already go on.',
});
