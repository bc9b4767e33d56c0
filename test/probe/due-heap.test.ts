// The heap gives its items in order of time, whatever was put in or taken out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/model/random.ts';
import { insert, remove, type HeapItem } from '../../src/probe/due-heap.ts';

function drain(heap: HeapItem[]): number[] {
  const dues: number[] = [];
  for (let first = heap[0]; first !== undefined; first = heap[0]) {
    dues.push(first.dueMs);
    remove(heap, first);
  }
  return dues;
}

test('items come out in order of their due times', () => {
  const heap: HeapItem[] = [];
  for (const dueMs of [5, 1, 4, 1, 3, 9, 0]) insert(heap, { dueMs, place: -1 });
  assert.deepEqual(drain(heap), [0, 1, 1, 3, 4, 5, 9]);
});

test('the order survives any mix of putting in and taking out from the middle', () => {
  const random = seededRandom(1);
  for (let round = 0; round < 200; round++) {
    const heap: HeapItem[] = [];
    const inside = new Set<HeapItem>();
    for (let step = 0; step < 60; step++) {
      const victim = [...inside][Math.floor(random.next() * inside.size)];
      if (victim !== undefined && random.next() < 0.4) {
        remove(heap, victim);
        inside.delete(victim);
        assert.equal(victim.place, -1);
      } else {
        const item = { dueMs: Math.floor(random.next() * 20), place: -1 };
        insert(heap, item);
        inside.add(item);
      }
      assert.ok(heap.every((item, place) => item.place === place && inside.has(item)));
    }
    const expected = [...inside].map((item) => item.dueMs).sort((a, b) => a - b);
    assert.deepEqual(drain(heap), expected);
  }
});

test('taking out an item that is outside changes nothing', () => {
  const heap: HeapItem[] = [];
  insert(heap, { dueMs: 1, place: -1 });
  remove(heap, { dueMs: 1, place: -1 });
  assert.deepEqual(drain(heap), [1]);
});
