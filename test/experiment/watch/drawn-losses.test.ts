// A live loss has what it is drawn from: its last packets, and what kernels told of its end. None of it is held.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { watchLossSchema } from '../../../src/model/watch-record.ts';
import { source } from '../../diagnose/made-by-hand.ts';
import { told } from '../../diagnose/kernel-events.ts';
import { client, server } from '../../diagnose/story-events.ts';
import { inOrder, resetConnection, started } from './made-losses.ts';
import { replay } from './replay.ts';

describe('a live loss', () => {
  it('has its last packets, each at all places where it was seen, which are not held when it is asked for later', () => {
    const { lines, losses } = replay(inOrder([...started(), ...resetConnection(10, 0)]));
    const [first] = lines;
    assert.ok(first !== undefined);
    const line = watchLossSchema.parse(JSON.parse(JSON.stringify(first.line)));
    assert.deepEqual(
      line.ladder?.rungs.map(({ from, flags, seen, mark }) => [from, flags, seen?.length, mark]),
      [
        ['client', 'P.', 2, null],
        ['server', 'P.', 2, null],
        ['client', 'P.', 2, null],
        ['server', 'R', 2, 'ending'],
      ],
    );
    assert.deepEqual([line.lastMoments?.answer, line.lastMoments?.stopped], ['reset', null]);
    assert.deepEqual(
      losses.since(0).map(({ id, ladder, lastMoments }) => [id, ladder, lastMoments]),
      [[line.id, undefined, undefined]],
    );
  });

  it('has what its kernel told in place of its last packets, where none was captured', () => {
    const own = { src: client, sport: 5_000, dst: server, dport: 80 };
    const { last } = replay([
      source('kernel-events', 'started'),
      told(10, 'receive-reset', own, { cookie: '1' }),
      told(10.00001, 'set-state', own, { state: 'ESTABLISHED', newState: 'CLOSE' }),
    ]);
    assert.equal(last.length, 1);
    assert.equal(last[0]?.ladder, undefined);
    assert.deepEqual(
      last[0]?.lastMoments?.told.map(({ side, node, text }) => [side, node, text]),
      [
        ['client', 'node-1', 'received a RST'],
        ['client', 'node-1', 'ESTABLISHED -> CLOSE'],
      ],
    );
  });
});
