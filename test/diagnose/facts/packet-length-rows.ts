// The table's rows of whether length decides what passes.
import { ran } from '../made-by-hand.ts';
import { longInVain, tailArrives } from '../long-packets.ts';
import { asksInVain, gaveUp, inOrder } from '../one-direction.ts';
import type { Row } from './row.ts';

const probes = [gaveUp()];
const capture = ran('capture');
const long = { nodes: [...inOrder(...longInVain, ...tailArrives), ...capture], probes };
const short = { nodes: [...inOrder(...asksInVain(false)), ...capture], probes };
const alone = { nodes: [...inOrder(...longInVain), ...capture], probes };

export const packetLengthRows = {
  'only long packets vanished': {
    seen: long,
    notSeen: short,
    unknowable: { ...alone, missing: 'shorter-packets' },
  },
  'long packets alone were missed': {
    seen: long,
    notSeen: short,
    unknowable: { ...alone, missing: 'shorter-packets' },
  },
  'length may decide': {
    seen: { probes },
    notSeen: short,
    unknowable: 'that nothing short was sent again is seen by whoever looks',
  },
} as const satisfies Partial<Record<string, Row>>;
