import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSourcePorts } from '../../src/probe/source-ports.ts';
import { parsePortRange } from '../../src/system/ephemeral-ports.ts';

const range = { first: 100, last: 105 };

test('addresses take turns, and no port is given out twice before it comes back', () => {
  const ports = createSourcePorts(['a', 'b'], range, { first: 0, every: 1 });
  const taken = Array.from({ length: 12 }, () => ports.take());
  assert.deepEqual(taken.slice(0, 4), [
    { address: 'a', port: 100 },
    { address: 'b', port: 100 },
    { address: 'a', port: 101 },
    { address: 'b', port: 101 },
  ]);
  assert.equal(new Set(taken.map(({ address, port }) => `${address}:${port}`)).size, 12);
  assert.deepEqual(ports.take(), { address: 'a', port: 0 }, 'when all are in use the kernel is asked');
  ports.giveBack({ address: 'b', port: 103 });
  assert.deepEqual(ports.take(), { address: 'b', port: 103 });
});

test('a port that came back is used again only after the others, which may be in TIME_WAIT no longer', () => {
  const ports = createSourcePorts(['a'], range, { first: 0, every: 1 });
  const first = ports.take();
  ports.giveBack(first);
  assert.deepEqual([ports.take().port, ports.take().port], [101, 102]);
});

test('processes that share the addresses have no port in common, and leave none unused', () => {
  const all = [0, 1, 2, 3].flatMap((first) => {
    const ports = createSourcePorts(['a'], range, { first, every: 4 });
    return Array.from({ length: 6 }, () => ports.take().port).filter((port) => port !== 0);
  });
  assert.deepEqual(
    all.toSorted((a, b) => a - b),
    [100, 101, 102, 103, 104, 105],
  );
});

test('without a known range the kernel chooses', () => {
  const ports = createSourcePorts(['a'], undefined, { first: 0, every: 1 });
  assert.deepEqual(
    [ports.take(), ports.take()],
    [
      { address: 'a', port: 0 },
      { address: 'a', port: 0 },
    ],
  );
  ports.giveBack({ address: 'a', port: 0 });
});

test('the kernel’s range of ports is read, and anything else is none', () => {
  assert.deepEqual(parsePortRange('32768\t60999\n'), { first: 32_768, last: 60_999 });
  assert.deepEqual([parsePortRange(''), parsePortRange('1 2 3')], [null, null]);
});
