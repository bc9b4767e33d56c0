import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTimeList } from '../../../src/experiment/watch/time-list.ts';
import { times } from './made-losses.ts';

describe('a list by time', () => {
  it('has what lies between two times, or the latest of it, though some came late', () => {
    const list = createTimeList<string>();
    for (const at of [1, 2, 5, 4, 4, 9]) list.add(`at ${at}`, at);
    assert.deepEqual(list.between(2, 5), ['at 2', 'at 4', 'at 4', 'at 5']);
    assert.deepEqual(list.between(2, 5, 2), ['at 4', 'at 5']);
    assert.deepEqual(list.between(6, 8), []);
    assert.deepEqual([list.timeOfLast(1), list.timeOfLast(3), list.timeOfLast(7)], [9, 4, undefined]);
  });

  it('lets go of what is older, once, and goes on', () => {
    const list = createTimeList<number>();
    for (const at of times(3_000)) list.add(at, at);
    const gone: number[] = [];
    list.forget(10, (item) => gone.push(item));
    list.forget(2_500, (item) => gone.push(item));
    assert.deepEqual(gone, times(2_500));
    assert.equal(list.size, 500);
    list.add(3_000, 3_000);
    assert.deepEqual(list.between(0, 2_501), [2_500, 2_501]);
    list.forget(9_999);
    assert.deepEqual([list.size, list.between(0, 9_999)], [0, []]);
  });
});
