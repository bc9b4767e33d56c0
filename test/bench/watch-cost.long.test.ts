// The measurement of watching, with sizes at which it measures nothing: every part runs, and counts what there is to be counted.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Figure } from '../../bench/probing/spread.ts';
import type { InsideResults } from '../../bench/watch/inside.ts';
import { sectionsOf, watchCostPage } from '../../bench/watch/page.ts';
import { runInside } from '../../bench/watch/run-inside.ts';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { rootSkip } from '../programs-skip.ts';

const skip = rootSkip(['tcpdump', 'ss', 'conntrack']);

describe('the measurement of watching', { skip }, () => {
  const sizes = { connections: 50, exchangesPerSecond: 20, rounds: 1, settleSeconds: 1, seconds: 1 };
  let results: InsideResults;
  before(async () => {
    const sandbox = sandboxArgv(true);
    results = {
      latency: await runInside(sandbox, { part: 'latency', perSecond: 5, seconds: 2 }),
      burst: await runInside(sandbox, { part: 'burst', connections: 40 }),
      cost: await runInside(sandbox, { part: 'cost', ...sizes }),
      soak: await runInside(sandbox, { part: 'soak', ...sizes, lossesPerSecond: 2, seconds: 6 }),
    };
  });

  it('resets what it should, and each of them is told and counted', () => {
    const { latency, burst, soak } = results;
    assert.equal(latency.resets, 10);
    assert.equal(latency.milliseconds.length, 10);
    assert.equal(latency.strangers, 0);
    assert.deepEqual([burst.resets, burst.counted, burst.lost], [40, 40, 40]);
    assert.equal(burst.told + burst.onlyCounted, 40);
    assert.deepEqual([soak.resets, soak.told], [14, 14]);
    assert.equal(soak.samples.length, 120);
  });

  it('has CPU and memory of the watcher, with data packets and without, and of tcpdump', () => {
    assert.deepEqual(results.cost.map(({ contender }) => contender).sort(), [
      'tcpdump',
      'watch',
      'watch --metrics',
      'watch --port',
    ]);
    for (const { contender, pssMib, losses } of results.cost) {
      assert.ok(pssMib > (contender === 'tcpdump' ? 1 : 20), `${contender}: ${pssMib} MiB`);
      assert.equal(losses, 0, contender);
    }
    // What is measured is not only the process that was started.
    const { byName } = results.cost.find(({ contender }) => contender === 'watch') ?? { byName: {} };
    assert.ok('tcpdump' in byName && 'ended programs' in byName, Object.keys(byName).join(', '));
  });

  it('writes them down, each with its limit', () => {
    const sizesOfPage = { date: '2026-01-01', machine: 'a machine', perSecond: 5, ...sizes };
    const limited = sectionsOf(results, sizesOfPage)
      .flatMap(({ figures }): readonly Figure[] => figures)
      .filter(({ limit }) => limit !== undefined)
      .map(({ name }) => name);
    for (const name of ['99% of them within', 'not in the summary', 'watch, CPU', 'watch, memory'])
      assert.ok(limited.includes(name), name);
    assert.ok(limited.includes('watch --port / tcpdump, CPU'));
    assert.doesNotMatch(watchCostPage(results, sizesOfPage), /undefined/);
  });
});
