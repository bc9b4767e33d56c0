import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../src/model/random.ts';
import { createDueQueue } from '../../../src/experiment/watch/due-queue.ts';
import { times } from './made-losses.ts';

describe('a queue of what is due', () => {
  it('gives what is due in order of time, each once, at most as much as is asked for', () => {
    const random = seededRandom(7);
    const queue = createDueQueue<number>();
    const due = times(500).map((item) => ({ item, at: Math.floor(random.next() * 1_000) }));
    for (const { item, at } of due) queue.put(item, at);
    const first = queue.take(499, 10);
    assert.equal(first.length, 10);
    const taken = [...first, ...queue.take(499, Infinity)];
    const timeOf = (item: number) => due[item]?.at ?? -1;
    assert.deepEqual(
      taken.map(timeOf),
      due
        .map(({ at }) => at)
        .filter((at) => at < 500)
        .sort((a, b) => a - b),
    );
    assert.equal(new Set(taken).size, taken.length);
    assert.equal(queue.take(Infinity, Infinity).length, 500 - taken.length);
    assert.deepEqual(queue.take(Infinity, Infinity), []);
  });

  it('has an item at the time that was said last, and none that was removed', () => {
    const queue = createDueQueue<string>();
    queue.put('moved', 1);
    queue.put('gone', 2);
    queue.put('moved', 5);
    queue.remove('gone');
    assert.deepEqual([queue.when('moved'), queue.when('gone')], [5, undefined]);
    assert.deepEqual(queue.take(4, 9), []);
    assert.deepEqual(queue.take(5, 9), ['moved']);
  });
});
