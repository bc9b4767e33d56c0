import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseArpTable } from '../../../src/observe/neighbours/arp-table.ts';
import { createKnownNeighbours } from '../../../src/observe/neighbours/known-neighbours.ts';

const second = 1_000_000;

function oneNeighbour() {
  const known = createKnownNeighbours();
  const place = { address: '10.0.0.2', interface: 'eth0' };
  return {
    has: (mac: string | null, at: number) => known.see({ ...place, mac, isFailed: false }, at),
    fails: (at: number) => known.see({ ...place, mac: null, isFailed: true }, at),
    gone: (at: number) => known.gone(place, at),
  };
}

describe('a known neighbour', () => {
  it('is news when it has another address, not when it is asked for it or confirms it', () => {
    const { has } = oneNeighbour();
    assert.equal(has('a', 0), undefined);
    assert.equal(has(null, 1), undefined);
    assert.equal(has('a', 2), undefined);
    assert.deepEqual(has('b', 3), { change: 'moved', macBefore: 'a' });
    assert.deepEqual(has('a', 4), { change: 'moved', macBefore: 'b' });
  });

  it('fails once, however often it is asked, and then recovers or has moved', () => {
    const { has, fails } = oneNeighbour();
    has('a', 0);
    assert.deepEqual(fails(1), { change: 'failed', macBefore: 'a' });
    assert.equal(has(null, 2), undefined);
    assert.equal(fails(3), undefined);
    assert.deepEqual(has('a', 4), { change: 'recovered', macBefore: 'a' });
    fails(5);
    assert.deepEqual(has('c', 6), { change: 'moved', macBefore: 'a' });
  });

  it('that comes back soon is the same; later its address may be another’s', () => {
    const { has, gone } = oneNeighbour();
    has('a', 0);
    gone(second);
    assert.deepEqual(has('b', 2 * second), { change: 'moved', macBefore: 'a' });
    gone(3 * second);
    assert.equal(has('c', 100 * second), undefined);
  });
});

describe('the table of /proc/net/arp', () => {
  it('has those that have not answered without an address, and not those that are answered for', () => {
    const text =
      'IP address       HW type     Flags       HW address            Mask     Device\n' +
      '10.9.9.77        0x1         0x0         00:00:00:00:00:00     *        va\n' +
      '10.9.9.3         0x1         0x6         02:00:00:00:00:03     *        va\n' +
      '10.9.9.4         0x1         0xc         00:00:00:00:00:00     *        va\n';
    assert.deepEqual(parseArpTable(text), [
      { address: '10.9.9.77', interface: 'va', mac: null },
      { address: '10.9.9.3', interface: 'va', mac: '02:00:00:00:00:03' },
    ]);
  });
});
