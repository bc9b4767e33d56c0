import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAliveSockets } from '../../../src/experiment/watch/alive-sockets.ts';
import { times } from './made-losses.ts';

const connection = (sport: number) => ({ src: '10.0.0.1', sport, dst: '10.0.0.2', dport: 80 });
const otherEnd = (sport: number) => ({ src: '10.0.0.2', sport: 80, dst: '10.0.0.1', dport: sport });
const owner = (pid: number) => ({ pid, command: 'a', container: null, pod: null });

describe('what is watched just now', () => {
  /** A clock by which counting each socket takes a millisecond. */
  function countedOnes() {
    let now = 0;
    let looks = 0;
    const sockets = createAliveSockets(() => now);
    const isWanted = () => {
      looks += 1;
      now += 1;
      return true;
    };
    return {
      sockets,
      looks: () => looks,
      pass: (ms: number) => void (now += ms),
      connections: (isExact = false) => sockets.count(isWanted, isExact).connections,
    };
  }

  it('is a connection once, with both its ends, and its processes', () => {
    const { sockets } = countedOnes();
    sockets.put('a', { tuple: connection(1), process: owner(7) });
    sockets.put('b', { tuple: otherEnd(1), process: owner(8) });
    sockets.put('c', { tuple: connection(2), process: owner(7) });
    assert.deepEqual(
      sockets.count(() => true, false),
      { connections: 2, processes: 2 },
    );
  });

  it('is not counted again while nothing changes', () => {
    const { sockets, looks, pass, connections } = countedOnes();
    for (const index of times(100))
      sockets.put(String(index), { tuple: connection(1 + index), process: null });
    assert.equal(connections(), 100);
    pass(3_600_000);
    assert.equal(connections(), 100);
    assert.equal(looks(), 100);
  });

  it('is counted rarely where it changes all the time and counting takes long, and at once when it has to be exact', () => {
    const { sockets, looks, pass, connections } = countedOnes();
    for (const index of times(100))
      sockets.put(String(index), { tuple: connection(1 + index), process: null });
    assert.equal(connections(), 100);
    sockets.remove('7');
    pass(1_000);
    assert.equal(connections(), 100);
    assert.equal(looks(), 100);
    assert.equal(connections(true), 99);
    sockets.remove('8');
    pass(60_000);
    assert.equal(connections(), 98);
  });
});
