import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getHeapStatistics } from 'node:v8';
import { createHeapReturn } from '../../../src/experiment/watch/heap-return.ts';

const mib = 1_048_576;
const second = 1_000_000;

describe('the heap that a storm of losses leaves behind', () => {
  function made() {
    const heap = { bytes: 20 * mib, shrunk: 0 };
    const returns = createHeapReturn({
      size: () => heap.bytes,
      shrink: () => {
        heap.bytes = 120 * mib;
        heap.shrunk += 1;
      },
    });
    /** From one second to the other, a look each 100 ms. */
    const pass = (from: number, to: number, isBusy: boolean) => {
      for (let at = from * second; at < to * second; at += second / 10) returns.look(at, isBusy);
    };
    return { heap, pass };
  }

  it('is handed back once, when nothing was lost for some seconds', () => {
    const { heap, pass } = made();
    pass(0, 5, true);
    heap.bytes = 200 * mib;
    pass(5, 60, true);
    assert.equal(heap.shrunk, 0);
    pass(60, 85, false);
    assert.equal(heap.shrunk, 1);
    // What is still in use is no reason to do it again, nor is what grows while nothing is lost.
    pass(85, 86, true);
    pass(86, 100, false);
    heap.bytes = 200 * mib;
    pass(100, 300, false);
    assert.equal(heap.shrunk, 1);
    pass(300, 301, true);
    pass(301, 325, false);
    assert.equal(heap.shrunk, 2);
  });

  it('is left alone where it has not grown by much, or where nothing was lost', () => {
    const { heap, pass } = made();
    heap.bytes = 60 * mib;
    pass(0, 1, true);
    pass(1, 60, false);
    heap.bytes = 500 * mib;
    pass(60, 120, false);
    assert.equal(heap.shrunk, 0);
  });

  it('goes back to the machine', () => {
    const returns = createHeapReturn();
    const size = () => getHeapStatistics().total_heap_size;
    const before = size();
    let garbage: unknown[] = Array.from({ length: 1_500_000 }, (_, index) => ({
      index,
      text: `lost ${index}`,
    }));
    assert.equal(garbage.length, 1_500_000);
    garbage = [];
    const grown = size() - before;
    assert.ok(grown > 64 * mib, `${grown} bytes`);
    returns.look(0, true);
    returns.look(13 * second, false);
    assert.ok(size() - before < grown / 2, `${size() - before} of ${grown} bytes are left`);
  });
});
