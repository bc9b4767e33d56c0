// Rights are asked for before a run, and a Forbidden of an API server that has just started is not believed at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientRow } from '../../src/cluster/preflight.ts';
import { readVersions } from '../../src/system/tools/kubectl-version.ts';
import { kubectlSkip, underTest, type ClusterUnderTest } from './against-fixture.ts';

async function rowsOf(cluster: ClusterUnderTest): Promise<Map<string, string>> {
  const ended = await cluster.run('preflight', '--json');
  const { rows } = JSON.parse(ended.stdout) as { rows: { what: string; state: string; sentence: string }[] };
  return new Map(rows.map((row) => [row.what, `${row.state}: ${row.sentence}`]));
}

test('rights that are all refused at first are asked for again', { skip: kubectlSkip }, async (t) => {
  const cluster = await underTest(t, { forbidFirst: 30 });
  assert.match((await rowsOf(cluster)).get('rights') ?? '', /^ok: /);
});

test('a dataplane that may not be read is no right that is asked for', { skip: kubectlSkip }, async (t) => {
  const daemonSets = /\/daemonsets$/;
  const cluster = await underTest(t, {
    requestFaults: [
      { method: 'GET', path: daemonSets, status: 403, times: 9, message: 'daemonsets is forbidden' },
    ],
  });
  const row = (await rowsOf(cluster)).get('dataplane') ?? '';
  assert.match(row, /^warning: The dataplane is not known, and a run does not need it: /);
  assert.doesNotMatch(row, /ask for/);
});

test('a dataplane of plain processes is not called unrecognised', { skip: kubectlSkip }, async (t) => {
  const rows = await rowsOf(await underTest(t));
  assert.match(rows.get('dataplane') ?? '', /a plain process of the nodes the API does not tell/);
});

test('how far kubectl and the cluster are apart is a number, or is not known', () => {
  const row = (server: object) => {
    const clientVersion = { major: '1', minor: '32', gitVersion: 'v1.32.4' };
    const { client, server: read } = readVersions({ clientVersion, serverVersion: server });
    if (read === undefined) throw new Error('no version');
    return clientRow({ clientVersion: client, serverVersion: read }).sentence;
  };
  assert.match(row({ major: '1', minor: '', gitVersion: 'v1.34.1' }), /are 2 minor versions apart/);
  assert.match(row({ major: '', minor: '', gitVersion: '' }), /how far they are apart cannot be told/);
});
