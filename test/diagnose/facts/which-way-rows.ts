// The table's rows of which way was open.
import { answersInVain, asksInVain, gaveUp, inOrder, pushes } from '../one-direction.ts';
import { ran } from '../made-by-hand.ts';
import type { Row } from './row.ts';

const probes = [gaveUp()];
const capture = ran('capture');
const oneWay = { nodes: [...inOrder(...asksInVain(true), ...answersInVain), ...capture], probes };
const neither = { nodes: [...inOrder(...asksInVain(false), ...pushes(false)), ...capture], probes };
const unheard = {
  nodes: [...inOrder(...asksInVain(false)), ...capture],
  probes,
  missing: 'words-of-other-side',
} as const;

export const whichWayRows = {
  'one way alone passed': { seen: oneWay, notSeen: neither, unknowable: unheard },
  'neither way passed': { seen: neither, notSeen: oneWay, unknowable: unheard },
} as const satisfies Partial<Record<string, Row>>;
