// An end is held until a socket ends by the same process; one that comes after its sockets is told at once.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createProcessEnds } from '../../../src/observe/kernel/process-ends.ts';
import { readTold } from '../../../src/observe/kernel/told.ts';
import { parseTraceLine } from '../../../src/observe/kernel/trace-line.ts';

function end(kind: 'oom-victim' | 'process-exit' | 'signal', fields: string, seconds: string) {
  const line = parseTraceLine(
    `  redis-server-4711  [001] d..1. ${seconds}: ${kind.replace('-', '_')}: ${fields}`,
  );
  assert.ok(typeof line === 'object');
  const told = readTold(kind, line.fields);
  assert.ok(told !== undefined);
  return { line, told };
}

const [closed, soon, later] = [100_000_000, '100.500000', '102.000000'];
const victim = (seconds: string) => end('oom-victim', 'pid=4711 comm=redis-server total-vm=9kB', seconds);
const exit = (seconds: string) =>
  end('process-exit', 'comm=redis-server pid=4711 prio=120 group_dead=true', seconds);

describe('the end of a process whose sockets were just told of', () => {
  it('is told at once, and so is that it was killed for memory: what is told without that would say it was not', () => {
    const ends = createProcessEnds();
    ends.take(4711, closed);
    for (const one of [victim, exit]) assert.equal(ends.hold(one(soon)), true, one(soon).told.kind);
  });

  it('waits for its next socket where it comes later', () => {
    const ends = createProcessEnds();
    ends.take(4711, closed);
    for (const one of [victim, exit]) assert.equal(ends.hold(one(later)), false);
    assert.equal(ends.take(4711, closed + 2_100_000).length, 2);
  });
});
