// What is wrong with a cluster, with kubectl or with what was typed ends a run with its own sentence and exit code, and leaves nothing
// behind. The rest of the faults of clusters is in faults.long.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyPath, underTest } from './against-fixture.ts';
import { testFault, type Fault } from './fault-case.ts';

const faults: readonly Fault[] = [
  {
    when: 'a right is missing',
    fixture: { mayNot: ['create deployments.apps'] },
    exitCode: 69,
    says: /you may not create deployments\.apps \(to start server and clients\)/,
  },
  {
    when: 'the namespace does not exist',
    words: ['--namespace', 'nowhere'],
    exitCode: 64,
    says: /no namespace "nowhere"; make it with/,
  },
  {
    when: 'an outcome is misspelt',
    words: ['--expect', 'nothing'],
    exitCode: 64,
    says: /--expect nothing is no outcome; choose one of/,
  },
  {
    when: 'the rate is none',
    words: ['--max-rate', '0'],
    exitCode: 64,
    says: /--max-rate 0 must be a number above 0/,
  },
];
for (const fault of faults) testFault(fault);

test('without kubectl the run ends with 69 and says where to get it', async (t) => {
  const home = await underTest(t);
  const cluster = await underTest(t, {}, { PATH: await emptyPath(home.home) });
  const ended = await cluster.run('run');
  assert.match(ended.stderr, /kubectl is not installed; install it as https:\/\/kubernetes\.io/);
  assert.equal(ended.exitCode, 69);
});

test('a kubectl that is too old ends the run with 69 and its version', async (t) => {
  const home = await underTest(t);
  const path = await emptyPath(home.home);
  const old = { clientVersion: { major: '1', minor: '15', gitVersion: 'v1.15.12' } };
  await writeFile(join(path, 'kubectl'), `#!/bin/sh\necho '${JSON.stringify(old)}'\n`, { mode: 0o755 });
  const cluster = await underTest(t, {}, { PATH: path });
  const ended = await cluster.run('run');
  assert.match(ended.stderr, /kubectl v1\.15\.12 is too old; install 1\.20 or newer/);
  assert.equal(ended.exitCode, 69);
});
