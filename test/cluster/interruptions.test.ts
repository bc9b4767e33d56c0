// Ctrl-C at any stage of a run ends it with 130 and leaves nothing behind; what was recorded by then is kept.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runRecordSchema } from '../../src/model/run-record.ts';
import type { FixtureOptions } from '../fixtures/api-server/server.ts';
import { kubectlSkip, underTest, until } from './against-fixture.ts';

const stages: readonly { when: string; fixture?: FixtureOptions; request: RegExp }[] = [
  { when: 'kubectl asks for the version', request: /GET \/version/ },
  { when: 'rights are asked for', request: /selfsubjectaccessreviews/ },
  { when: 'the server is applied', request: /PATCH .*deployments\/server/ },
  { when: 'pods are waited for', fixture: { podFault: 'pending' }, request: /GET .*\/default\/pods/ },
  { when: 'the clients are applied', request: /PATCH .*deployments\/remote-client/ },
  { when: 'the logs are followed', request: /GET .*\/pods\/remote-client-.*\/log/ },
];

for (const { when, fixture = {}, request } of stages) {
  test(
    `Ctrl-C while ${when} ends the run with 130 and nothing left behind`,
    { skip: kubectlSkip },
    async (t) => {
      const cluster = await underTest(t, fixture);
      const { child, ended } = cluster.start('run', '--rollout-timeout', '30s');
      await until(`a request ${String(request)}`, () =>
        cluster.fixture.requests.some((one) => request.test(one)),
      );
      child.kill('SIGINT');
      const { exitCode, stderr } = await ended;
      assert.equal(exitCode, 130, stderr);
      assert.deepEqual(cluster.leftObjects(), []);
    },
  );
}

test(
  'a run that is interrupted while it runs leaves a record that says so',
  { skip: kubectlSkip },
  async (t) => {
    const cluster = await underTest(t);
    const { child, ended } = cluster.start('run');
    await until('logs are followed', () =>
      cluster.fixture.requests.some((one) => /pods\/server.*\/log/.test(one)),
    );
    child.kill('SIGTERM');
    assert.equal((await ended).exitCode, 130);
    const record = runRecordSchema.parse(
      JSON.parse(await readFile(join(cluster.home, 'run/run.json'), 'utf8')),
    );
    assert.equal(record.complete, false);
  },
);
