// An attempt whose last opening was answered with an ICMP error did not go unheard.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lostByNodes } from '../../../src/diagnose/connections/lost-by-nodes.ts';
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { atClient, kernel, told } from '../kernel-events.ts';
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

describe('an attempt to connect whose kernel was told of an ICMP error', () => {
  const [about, ends] = [(code: number) => unreachable(1, code), 1.00002];
  const error = (number: number, seconds = 1.00001) => told(seconds, 'socket-error', atClient, { number });
  const closed = told(ends, 'set-state', atClient, { state: 'SYN_SENT', newState: 'CLOSE' });
  const failureOf = (...events: readonly NodeEvent[]) => {
    const reader = createNodeReader(null);
    for (const event of [...kernel, ...takesIcmp(), ...events]) reader.add(event);
    return lostByNodes(reader.timeline()).lost.map(({ failure }) => failure);
  };

  it('is refused or unreachable as that says, where its kernel tells no number', () => {
    assert.deepEqual(failureOf(about(3), error(0), closed), ['refused']);
    assert.deepEqual(failureOf(about(1), error(0), closed), ['unreachable']);
  });

  it('is what the number of the kernel’s next line says', () =>
    assert.deepEqual(failureOf(about(1), error(0), closed, error(113, 1.00003)), ['unreachable']));
});
