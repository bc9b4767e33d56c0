import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { flowKey } from '../../../src/experiment/watch/flow-keys.ts';
import { createHeldFlows, type HeldFlow } from '../../../src/experiment/watch/held-flows.ts';
import { signalOf } from '../../../src/experiment/watch/loss-signals.ts';
import { parseMicros } from '../../../src/model/clock.ts';
import type { ConntrackEvent, NodeEvent } from '../../../src/model/node-event.ts';
import { packet } from '../../diagnose/made-by-hand.ts';
import { at } from '../../diagnose/story-events.ts';
import { resetConnection, times } from './made-losses.ts';

const there = { src: '10.1.0.5', sport: 40_001, dst: '10.96.0.10', dport: 6_379 };
const here = { src: '10.1.0.9', sport: 16_379, dst: '10.1.0.5', dport: 40_001 };
const behind = { src: '10.1.0.5', sport: 15_095, dst: '10.1.0.9', dport: 16_379 };

const entry = (
  seconds: number,
  change: ConntrackEvent['change'],
  state: string | null = null,
): NodeEvent => ({
  ...{ at: at(seconds), node: 'node-1', source: 'conntrack-events', text: '', file: '' },
  ...{ event: 'conntrack', change, protocol: 'tcp', state, original: there, reply: here, id: '1' },
  ...{ deletedByProgram: false, portid: null },
});

const idle = { isWaiting: () => false, isFresh: () => false };
const hold = (mostBytes = 1e9) => {
  const joined: [HeldFlow, HeldFlow][] = [];
  const flows = createHeldFlows({ keepMs: 60_000, mostBytes }, (from, into) => joined.push([from, into]));
  const take = (...events: readonly NodeEvent[]) => events.map((event) => flows.take(event, signalOf(event)));
  return { flows, take, joined };
};

describe('what is held of single connections', () => {
  it('has both sides of a translation in one, in both directions', () => {
    const { flows, take } = hold();
    take(entry(1, 'new'));
    const flow = flows.find(flowKey(there));
    assert.ok(flow !== undefined);
    for (const tuple of [here, { src: here.dst, sport: here.dport, dst: here.src, dport: here.sport }])
      assert.equal(flows.find(flowKey(tuple)), flow);
    assert.ok(flow.ports.has(16_379) && flow.ports.has(6_379));
  });

  it('joins a leg that no entry names when a packet shows its numbers on both, with what was told of either', () => {
    const { flows, take, joined } = hold();
    const numbers = { seq: 77, ack: 88, payloadLength: 5 };
    take(entry(1, 'new'), packet(2, ['cali-a', 'in'], behind, '.', { seq: 1 }));
    assert.notEqual(flows.find(flowKey(there)), flows.find(flowKey(behind)));
    take(
      packet(3, ['cali-a', 'in'], there, 'P.', numbers),
      packet(3.00001, ['cali-b', 'out'], behind, 'P.', numbers),
    );
    const one = flows.find(flowKey(there));
    assert.equal(one, flows.find(flowKey(behind)));
    assert.equal(one?.events.length, 4);
    assert.equal(joined.length, 1);
    // The same numbers much later are another packet.
    const other = { ...there, sport: 50_000 };
    take(packet(9, ['cali-a', 'in'], other, 'P.', numbers));
    assert.notEqual(flows.find(flowKey(other)), one);
  });

  it('keeps of an entry its beginning and its end', () => {
    const { flows, take } = hold();
    take(entry(1, 'new'), ...times(20).map((index) => entry(2 + index, 'update')), entry(30, 'destroy'));
    assert.equal(flows.find(flowKey(there))?.events.length, 2);
  });

  it('lets go of what ended in order soon, of what was in trouble later, of what lives not at all', () => {
    const { flows, take } = hold();
    take(entry(1, 'new'), ...resetConnection(2, 7));
    flows.forget(parseMicros(at(50)), idle);
    assert.equal(flows.size, 2);
    take(entry(51, 'destroy', 'TIME_WAIT'));
    flows.forget(parseMicros(at(60)), idle);
    assert.ok(flows.find(flowKey(there)) !== undefined);
    flows.forget(parseMicros(at(67)), idle);
    assert.equal(flows.find(flowKey(there)), undefined);
    assert.equal(flows.size, 0);
    assert.equal(flows.bytes, 0);
  });

  it('holds no more than it may, but nothing that was not yet judged is let go of', () => {
    const { flows, take } = hold(50_000);
    for (const index of times(100)) take(...resetConnection(10 + index, index));
    flows.forget(parseMicros(at(60)), { isWaiting: () => true, isFresh: () => true });
    assert.equal(flows.size, 100);
    flows.forget(parseMicros(at(60)), idle);
    assert.ok(flows.bytes <= 50_000);
    assert.ok(flows.bytes > 25_000);
    assert.equal(flows.troubled(0, Infinity).length, flows.size);
    assert.equal(flows.troubled(parseMicros(at(108)), parseMicros(at(110))).length, 2);
  });
});
