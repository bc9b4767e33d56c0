// A run of `netdebug cluster run` over a recorded history: its verdict, and that its record, its events and the cluster agree with it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { historyLogs, kubectlSkip, recordOf, underTest } from './against-fixture.ts';

export const historyWords = [
  ...['run', '--json', '--period', '200ms', '--max-rate', '1000', '--duration', '20s'],
];

async function resetsIn(file: string): Promise<number> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  const events = lines.map((line) => JSON.parse(line) as { event: string; failure?: string });
  return events.filter((event) => event.event === 'failed' && event.failure === 'reset').length;
}

/** Declares a test: with these words added, the history ends with that outcome and exit code; `hit` are the classes with resets. */
export function testVerdict(
  history: 'co-located' | 'none' | 'both',
  words: readonly string[],
  { outcome, exitCode, hit }: { outcome: string; exitCode: number; hit: readonly string[] },
): void {
  test(`the recorded history "${history}" is judged ${outcome}`, { skip: kubectlSkip }, async (t) => {
    const cluster = await underTest(t, { logs: await historyLogs(history) });
    const ended = await cluster.run(...historyWords, ...words);
    const record = recordOf(ended);
    assert.equal(record.verdict.outcome, outcome, record.verdict.sentence);
    assert.equal(ended.exitCode, exitCode);
    assert.equal(record.kind, 'cluster');
    assert.equal(record.complete, true);
    assert.deepEqual(
      record.classes.filter((one) => one.resets > 0).map((one) => one.name),
      hit,
    );
    // What is said first of it follows from the rest, and is printed alone.
    const { firstScreen, ...kept } = record;
    assert.equal(firstScreen?.expected?.met, exitCode === 0);
    assert.deepEqual(kept, JSON.parse(await readFile(join(cluster.home, 'run/run.json'), 'utf8')));
    const total = record.classes.reduce((sum, one) => sum + one.resets, 0);
    assert.equal(await resetsIn(join(cluster.home, 'run/events.ndjson')), total);
    assert.deepEqual(cluster.leftObjects(), []);
  });
}
