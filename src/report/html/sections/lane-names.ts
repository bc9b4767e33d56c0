// What each kind of evidence is called on the page.
import type { LaneKind } from '../../run-view.ts';

export const laneNames: Readonly<Record<LaneKind, string>> = {
  rule: 'routing rules',
  route: 'routes',
  link: 'interfaces',
  listener: 'listening sockets',
  'entry-made': 'entries made',
  'entry-destroyed': 'entries destroyed',
  'entry-reset': 'entries closed by RST',
  rst: 'RSTs on the wire',
};

/** One change of it. */
export const changeNames: Readonly<Record<LaneKind, string>> = {
  rule: 'rule',
  route: 'route',
  link: 'interface',
  listener: 'listening socket',
  'entry-made': 'entry',
  'entry-destroyed': 'entry',
  'entry-reset': 'entry',
  rst: 'RST',
};
