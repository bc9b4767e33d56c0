// An attempt whose last opening was answered with an ICMP error did not go unheard.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { asked, born, icmpError, packet, storyOf, takesIcmp } from '../made-by-hand.ts';

const again = born + 1;
const opening = (seconds: number, more = {}) =>
  packet(seconds, ['cali-client', 'in'], asked, 'S', { seq: 0, ...more });
/** The capture goes on for long enough that nobody waits any more. */
const openings: NodeEvent[] = [
  opening(born),
  opening(again, { retransmission: true }),
  packet(born + 60, ['cali-client', 'in'], { ...asked, sport: 50_000 }, 'S', { seq: 0 }),
  ...takesIcmp(),
];
const out = ['cali-client', 'out'] as const;
const unreachable = (seconds: number, code = 3) => icmpError(seconds, out, [3, code]);

describe('an attempt to connect that was repeated', () => {
  it('was refused where its last opening was answered with ICMP port unreachable', () => {
    assert.equal(storyOf([...openings, unreachable(again + 0.0001)]).lost.failure, 'refused');
  });

  it('timed out where nothing or something else answered it, or only one before', () => {
    for (const errors of [[], [unreachable(again + 0.0001, 1)], [unreachable(born + 0.0001)]])
      assert.equal(storyOf([...openings, ...errors]).lost.failure, 'timeout');
  });
});
