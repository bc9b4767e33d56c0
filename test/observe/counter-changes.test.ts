import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeIncreases, increases } from '../../src/observe/counter-changes.ts';

describe('what moved between two readings', () => {
  it('is each counter that grew, by how much', () => {
    assert.deepEqual(increases({ a: 1, b: 2 }, { a: 1, b: 5, c: 2 }), { b: 3, c: 2 });
  });

  it('of a counter that was set back is what it has counted since', () => {
    assert.deepEqual(increases({ a: 10, b: 3 }, { a: 4, b: 0 }), { a: 4 });
  });

  it('is written in one line', () => {
    assert.equal(describeIncreases({ TcpOutRsts: 1, TcpEstabResets: 2 }), 'TcpOutRsts +1, TcpEstabResets +2');
  });
});
