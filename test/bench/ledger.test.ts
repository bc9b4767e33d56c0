import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { openLedger, type Trial } from '../../bench/diagnosis/ledger.ts';

async function newFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-ledger-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'ledger.ndjson');
}

const trial = (seed: number): Trial => ({
  ...{ condition: 'plain', scenario: 'policy-reject', variant: 'to-server', fix: null, workload: null, seed },
  ...{ outcome: 'both', resets: 3, failures: 4, milliseconds: 20 },
  answers: {
    'all witnesses': [
      {
        ...{ cause: 'unknown', causeCertainty: 'open', author: 'node-rule', authorCertainty: 'likely' },
        ...{ connections: 3, suspects: [], rivals: ['policy-reject', 'silent-drop'] },
      },
    ],
    'no capture': [],
  },
});

it('goes on with what it holds of the same models, past a line that was cut off', async (t) => {
  const file = await newFile(t);
  const first = await openLedger(file, 'one');
  await Promise.all([first.add(trial(1)), first.add(trial(2))]);
  await appendFile(file, '{"condition":"pla');
  const second = await openLedger(file, 'one');
  assert.deepEqual(second.trials, [trial(1), trial(2)]);
  assert.deepEqual([second.has(trial(2)), second.has(trial(3))], [true, false]);
  await second.add(trial(3));
  const third = await openLedger(file, 'one');
  assert.deepEqual(third.trials, [trial(1), trial(2), trial(3)]);
});

it('keeps a run that failed, and does not make it again', async (t) => {
  const file = await newFile(t);
  const failed = { ...trial(1), failed: 'a log without its end', answers: {} };
  await (await openLedger(file, 'one')).add(failed);
  const again = await openLedger(file, 'one');
  assert.deepEqual(again.trials, [failed]);
  assert.ok(again.has(trial(1)));
});

it('counts nothing of other models, and drops it with the first new run', async (t) => {
  const file = await newFile(t);
  await (await openLedger(file, 'one')).add(trial(1));
  const before = await readFile(file, 'utf8');
  const other = await openLedger(file, 'two');
  assert.deepEqual(other.trials, []);
  assert.equal(await readFile(file, 'utf8'), before);
  await other.add(trial(2));
  assert.deepEqual((await openLedger(file, 'two')).trials, [trial(2)]);
  assert.deepEqual((await openLedger(file, 'one')).trials, []);
});

it('begins where there is no file, or an empty one, and remembers without one', async (t) => {
  const file = await newFile(t);
  await writeFile(file, '');
  await (await openLedger(file, 'one')).add(trial(1));
  assert.deepEqual((await openLedger(file, 'one')).trials, [trial(1)]);
  const unwritten = await openLedger(undefined, 'one');
  await unwritten.add(trial(1));
  assert.ok(unwritten.has(trial(1)));
});
