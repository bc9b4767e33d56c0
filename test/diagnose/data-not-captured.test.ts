// A capture of openings and ends alone shows nothing of what was said between them, and of no repetition that it was not there.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { facts, type FactName } from '../../src/diagnose/facts/index.ts';
import type { NodeEvent, PacketEvent } from '../../src/model/node-event.ts';
import { kernel, known } from './kernel-events.ts';
import {
  answered,
  arrives,
  asked,
  failed,
  leaves,
  lost,
  packet,
  question,
  ran,
  storyOf,
  takesIcmp,
  talk,
} from './made-by-hand.ts';

const probes = [failed({ failure: 'timeout', errno: 'ETIMEDOUT' })];
const look = (name: FactName, nodes: readonly NodeEvent[]) => facts[name](storyOf(nodes, probes)).seen;

const opening = [
  packet(1, ['cali-client', 'in'], asked, 'S', { seq: 0 }),
  packet(1.00001, ['cali-server', 'out'], arrives, 'S', { seq: 0, ttl: 63 }),
  packet(1.001, ['cali-server', 'in'], leaves, 'S.', { seq: 499, ack: 1 }),
  packet(1.00101, ['cali-client', 'out'], answered, 'S.', { seq: 499, ack: 1, ttl: 63 }),
];
const again = [0.5, 0.3, 0.01].flatMap((before) =>
  question(lost - before, 35).map((one): PacketEvent => ({ ...one, retransmission: true })),
);
const at = (place: string) => (one: PacketEvent) => one.interface === place;
const onNode = (node: string, events: readonly NodeEvent[]) => events.map((event) => ({ ...event, node }));

describe('a capture without data', () => {
  it('does not show that nothing was sent again', () => {
    assert.equal(look('sent again and again', [...opening, ...ran('capture')]), 'unknown');
    // Kernels that were watched would have told of it.
    const told = [...opening, ...known, ...kernel, ...ran('capture')];
    assert.equal(look('sent again and again', told), 'no');
    // One that takes it does.
    assert.equal(look('sent again and again', [...opening, ...talk(), ...ran('capture')]), 'no');
  });

  it("on the server's node does not show that what was sent again never came there", () => {
    const whole = [...opening, ...talk(), ...again].filter(at('cali-client'));
    const told = (there: readonly PacketEvent[]): NodeEvent[] => [
      ...[...whole, ...takesIcmp()],
      ...onNode('node-2', [...there.filter(at('cali-server')), ...takesIcmp()]),
    ];
    assert.equal(look('never arrived', told(opening)), 'unknown');
    const [finding] = diagnose({ probes, nodes: told(opening) }, causeModels);
    assert.notEqual(finding?.certainty?.author, 'proven', finding?.author);
    // Of one that takes data it is known.
    assert.equal(look('never arrived', told([...opening, ...talk()])), 'yes');
  });
});
