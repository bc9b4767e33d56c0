// `cluster run --observe` puts observers on the two nodes in a namespace of their own and removes them with it. Copying their evidence
// is beyond the fixture, which has no exec: here it fails, is reported, and leaves the verdict as it is.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { historyLogs, kubectlSkip, recordOf, underTest } from './against-fixture.ts';

const words = ['run', '--json', '--observe', '--period', '200ms', '--max-rate', '1000', '--expect', 'any'];

test(
  'observers come and go with the run, and missing evidence is reported',
  { skip: kubectlSkip },
  async (t) => {
    const cluster = await underTest(t, { logs: await historyLogs('co-located') });
    const ended = await cluster.run(...words, '--image', 'registry.example/netdebug:v1');
    assert.equal(recordOf(ended).verdict.outcome, 'co-located-only');
    assert.equal(ended.exitCode, 0, ended.stderr);
    assert.match(ended.stderr, /The evidence of node node-a could not be copied/);
    assert.match(ended.stderr, /The evidence of node node-b could not be copied/);
    const applied = await readFile(join(cluster.home, 'run/evidence/applied-observers.json'), 'utf8');
    assert.match(applied, /"image": "registry\.example\/netdebug:observer"/);
    assert.match(applied, /"node-a"[^]*"node-b"/);
    assert.deepEqual(cluster.leftObjects(), []);
  },
);

test(
  'without the right to make namespaces --observe ends with 69 before anything is created',
  { skip: kubectlSkip },
  async (t) => {
    const cluster = await underTest(t, { mayNot: ['create namespaces'] });
    const ended = await cluster.run(...words);
    assert.match(ended.stderr, /you may not create namespaces \(to give observers their own\)/);
    assert.equal(ended.exitCode, 69);
    assert.equal(
      cluster.fixture.requests.some((one) => one.startsWith('PATCH')),
      false,
    );
  },
);
