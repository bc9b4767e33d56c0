// The record says which pods and nodes a run was on and what they run, and a finding becomes an Event on its node.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '../../src/report/formats/text.ts';
import { runRecordSchema } from '../../src/model/run-record.ts';
import { readShown } from '../../src/experiment/run-report.ts';
import { html } from '../../src/report/formats/html.ts';
import { join } from 'node:path';
import { historyLogs, kubectlSkip, recordOf, underTest, type ClusterUnderTest } from './against-fixture.ts';

const words = ['run', '--json', '--period', '200ms', '--max-rate', '1000', '--expect', 'any'];
const eventsOf = ({ fixture }: ClusterUnderTest) =>
  fixture.cluster.store.all().flatMap(([, one]) => (one.kind === 'Event' ? [one] : []));

test('pods, nodes and versions are in the record and in the reports', { skip: kubectlSkip }, async (t) => {
  const cluster = await underTest(t, { logs: await historyLogs('co-located') });
  const record = recordOf(await cluster.run(...words));
  const { cluster: where, findings } = record;
  assert.equal(where?.version, 'v1.32.4-fixture');
  assert.deepEqual(where.nodes[0], {
    name: 'node-a',
    kernel: '6.1.0-fixture',
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    kubelet: 'v1.32.4-fixture',
    containerRuntime: 'containerd://1.7.24',
  });
  assert.deepEqual(
    where.pods.map((pod) => [pod.component, pod.class, pod.node]),
    [
      ['server', null, 'node-a'],
      ['co-located-client', 'co-located', 'node-a'],
      ['remote-client', 'remote', 'node-b'],
    ],
  );
  const remote = where.pods[2]?.name ?? '';
  assert.match(
    text.renderRun(record),
    new RegExp(
      `Kubernetes v1\\.32\\.4-fixture, .*\\.\nclass +pod +node .*\n[^]*^remote +${remote} +node-b +6\\.1\\.0-fixture`,
      'm',
    ),
  );
  const page = html.renderRun(await readShown(join(cluster.home, 'run')));
  assert.match(
    page,
    new RegExp(`<h2>Where it ran</h2>[^]*<td>${remote}</td><td>node-b</td><td>6.1.0-fixture</td>`),
  );
  // A record from before it existed still reads.
  const older: unknown = JSON.parse(JSON.stringify({ ...record, cluster: undefined }));
  assert.equal(runRecordSchema.safeParse(older).success, true);
  assert.deepEqual(
    eventsOf(cluster).map((one) => [
      one['reason'],
      (one['involvedObject'] as { kind: string; name: string }).name,
    ]),
    findings.map(() => ['ConnectionsReset', 'node-a']),
  );
  // The idle ones and those that awaited an answer: without evidence of a node not the same causes stand open for them.
  assert.deepEqual(
    findings.map(({ cause, connections, rivals }) => [
      cause,
      connections,
      rivals.some((rival) => rival.cause === 'keep-alive-race'),
    ]),
    [
      ['unknown', 30, false],
      ['unknown', 2, true],
    ],
  );
});
