// The lab with programs that are not ours at both ends: what ended their connections is found from the nodes' evidence alone.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findWorkload, foreignWorkloads } from '../../src/lab/workloads/foreign/index.ts';
import { missingPrograms } from '../../src/system/workload-programs.ts';
import { labRun, labSkip, readProbeEvents } from './netdebug.ts';

const noLab = await labSkip();

function skipWithout(workload: string): string | false {
  if (noLab !== false) return noLab;
  const missing = missingPrograms(findWorkload(workload).programs);
  return missing.length === 0 ? false : `not installed: ${missing.join(', ')}`;
}

const grpc = `grpc=${fileURLToPath(new URL('../workloads/grpc.ts', import.meta.url))}`;
const workloads = [
  ...foreignWorkloads.map(({ name }) => ({ name, word: name })),
  { name: 'grpc', word: grpc },
];

for (const { name, word } of workloads) {
  describe(`connections of ${name}`, { skip: skipWithout(word), concurrency: 1 }, () => {
    it('are rejected by a policy, and that is said of them', async (t) => {
      const { record, exitCode, stderr, folder } = await labRun(
        t,
        'policy-reject',
        '--workload',
        word,
        '--duration',
        '6s',
      );
      assert.equal(exitCode, 0, stderr);
      const [finding] = record.findings;
      assert.deepEqual([finding?.cause, finding?.author], ['policy-reject', 'node-rule']);
      // The programs connected again by themselves: each of the eight connections was lost more than once.
      assert.ok((finding?.connections ?? 0) > 8, String(finding?.connections));
      assert.equal(record.workload, name);
      assert.deepEqual([record.classes, record.verdict.outcome], [[], 'inconclusive']);
      assert.deepEqual(await readProbeEvents(folder), []);
    });

    it('live on where nothing is wrong, and nothing is said of them', async (t) => {
      const { record, exitCode, stderr } = await labRun(t, 'healthy', '--workload', word, '--duration', '4s');
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual(record.findings, []);
    });
  });
}

describe('connections of redis', { skip: skipWithout('redis') || skipWithout('raw'), concurrency: 1 }, () => {
  const rejected = ['policy-reject', '--workload', 'redis', '--duration', '6s'];
  for (const [words, author] of [
    [['--variant', 'sidecar'], 'node-rule'],
    [['--family', 'ipv6'], 'node-rule'],
    [['--family', 'ipv6', '--variant', 'sidecar'], 'node-rule'],
  ] as const) {
    it(`are told to be rejected by the node with ${words.join(' ')}`, async (t) => {
      const { record, exitCode, stderr } = await labRun(t, ...rejected, ...words);
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual([record.findings[0]?.cause, record.findings[0]?.author], ['policy-reject', author]);
    });
  }

  it('to a server in its node’s network are told to be ended by a rule of the node', async (t) => {
    const { record, stderr } = await labRun(t, ...rejected, '--server', 'node');
    assert.equal(record.findings[0]?.author, 'node-rule', stderr);
    assert.equal(record.server, 'node');
  });

  it('in IPv6 are hit by the bug of GKE', async (t) => {
    const words = ['--workload', 'redis', '--family', 'ipv6', '--duration', '8s'];
    const { record, exitCode, stderr } = await labRun(t, ...words);
    assert.equal(exitCode, 0, stderr);
    assert.equal(record.findings[0]?.cause, 'route-table-conflict');
    assert.equal(record.family, 'ipv6');
  });
});

describe('the bug of GKE', { skip: skipWithout('redis') }, () => {
  it('is found in connections of redis-cli', async (t) => {
    const { record, exitCode, stderr } = await labRun(t, '--workload', 'redis', '--duration', '8s');
    assert.equal(exitCode, 0, stderr);
    assert.equal(record.findings[0]?.cause, 'route-table-conflict');
  });
});

describe('a run with PostgreSQL', { skip: skipWithout('postgres') }, () => {
  it('leaves no shared memory on the machine', async (t) => {
    const left = async () => [
      ...(await readdir('/dev/shm')).filter((name) => name.startsWith('PostgreSQL')),
      ...(await readFile('/proc/sysvipc/shm', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/)[1]),
    ];
    const before = await left();
    const { exitCode, stderr } = await labRun(t, 'healthy', '--workload', 'postgres', '--duration', '2s');
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(await left(), before);
  });
});
