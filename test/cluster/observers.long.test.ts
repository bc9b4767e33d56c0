// `cluster run --observe` puts observers on the two nodes in a namespace of their own, copies what they saw, and removes them.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { observerFolder } from '../../src/cluster/observer-objects.ts';
import { observingLine } from '../../src/model/source-line.ts';
import { readRun } from '../../src/experiment/read-run.ts';
import { readNodeEvents } from '../../src/run-folder/saved-run.ts';
import { resourceOf } from '../fixtures/api-server/cluster.ts';
import { rollAfter } from '../run-folder/a-folder.ts';
import { historyLogs, kubectlSkip, recordOf, underTest, until } from './against-fixture.ts';

/** A run of the lab: its clients stand for those of the cluster's pods, and its nodes' evidence for that of the observers. */
const recorded = resolve(import.meta.dirname, '../recorded/report/default');

async function recordedLogs(): Promise<Record<string, string[]>> {
  const lines = (await readFile(join(recorded, 'events.ndjson'), 'utf8')).split('\n').filter(Boolean);
  const of = (part: string) => lines.filter((line) => line.includes(part));
  return {
    server: of('"role":"server"'),
    'co-located-client': of('"class":"co-located"'),
    'remote-client': of('"class":"remote"'),
  };
}

/** What lies in the observers' pods, by node. */
async function observersFiles(t: TestContext): Promise<Record<string, string>> {
  const home = await mkdtemp(join(tmpdir(), 'netdebug-observers-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const files: Record<string, string> = {};
  for (const [node, recordedNode] of [
    ['node-a', 'node-1'],
    ['node-b', 'node-2'],
  ] as const) {
    files[node] = join(home, node);
    const folder = join(home, node, observerFolder, 'evidence', node);
    await cp(join(recorded, 'evidence', recordedNode), folder, { recursive: true });
    // Who observes for long has rolled.
    await rollAfter(30, folder);
  }
  return files;
}

const words = ['run', '--json', '--observe', '--period', '200ms', '--max-rate', '1000', '--expect', 'any'];

test(
  'the evidence of observers is copied into the run, and says why connections were reset',
  { skip: kubectlSkip },
  async (t) => {
    const files = await observersFiles(t);
    const cluster = await underTest(t, { logs: await recordedLogs(), podFiles: files });
    const ended = await cluster.run(...words, '--image', 'registry.example/netdebug:v1');
    const { verdict, findings } = recordOf(ended);
    assert.equal(verdict.outcome, 'co-located-only');
    assert.deepEqual(
      findings.map(({ cause, author }) => [cause, author]),
      [['route-table-conflict', 'server-kernel']],
    );
    assert.equal(ended.exitCode, 0, ended.stderr);
    const events = cluster.fixture.cluster.store.all().filter(([, one]) => one.kind === 'Event');
    assert.deepEqual(
      events.map(([, { metadata, involvedObject, reason, type, source }]) => ({
        ...{ namespace: metadata.namespace, involvedObject, reason, type, source },
      })),
      [
        {
          namespace: 'default',
          involvedObject: { apiVersion: 'v1', kind: 'Node', name: 'node-a', uid: 'node-a' },
          ...{ reason: 'ConnectionsReset', type: 'Warning', source: { component: 'netdebug' } },
        },
      ],
    );
    assert.match(
      String(events[0]?.[1]['message']),
      /^route-table-conflict explains [0-9]+ lost connections \(co-located\), (?:proven|likely): On node-1 /,
    );
    for (const [node, folder] of Object.entries(files)) {
      const copied = join(cluster.home, 'run/evidence', node, 'events.ndjson');
      const there = join(folder, observerFolder, 'evidence', node, 'events.ndjson');
      assert.equal(await readFile(copied, 'utf8'), await readFile(there, 'utf8'));
    }
    // The page shows what each node saw, as that of the lab's run does.
    const run = join(cluster.home, 'run');
    const lanesOf = async (path: string) =>
      (await readRun(path)).lanes.map(({ node, kind, total }) => [node, kind, total]);
    // What was recorded lies before this run, as its record has it.
    await rm(join(run, 'run.json'));
    assert.deepEqual(await lanesOf(run), await lanesOf(recorded));
    assert.equal((await readNodeEvents(run, ['node-a', 'node-b'])).length, 182);
    assert.deepEqual(cluster.leftObjects(), []);
  },
);

test(
  'a witness that an observer lacks is said before the clients run, and is in the record; so are the rules that it saw',
  { skip: kubectlSkip },
  async (t) => {
    const observer = [
      'rule-owners      started     kube-proxy in mode nftables',
      "capture          unavailable tcpdump: Couldn't change to 'tcpdump' uid=102 gid=105: Operation not permitted",
      'snmp             started     every 1000 ms, of the node and 0 pods',
      'snmp             limited     pods cannot be seen: in a pod it takes hostPID: true',
      observingLine('node-x', '/var/run/netdebug'),
      'ip-monitor       failed      later than the beginning, told by the evidence alone',
    ];
    const cluster = await underTest(t, { logs: { ...(await historyLogs('co-located')), observer } });
    const ended = await cluster.run(...words, '--image', 'registry.example/netdebug:v1');
    const said = ended.stderr.indexOf('node-a: capture is missing: tcpdump: Couldn');
    const running = ended.stderr.indexOf('running on node-a and node-b');
    assert.ok(said !== -1 && said < running, ended.stderr);
    assert.match(ended.stderr, /node-b, by its rules: kube-proxy in mode nftables/);
    const told = (recordOf(ended).missingWitnesses ?? []).map(
      ({ node, witness, state }) => `${node} ${witness} ${state}`,
    );
    assert.deepEqual(told, [
      ...['node-a', 'node-b'].flatMap((node) => [`${node} capture unavailable`, `${node} snmp limited`]),
      // Whose files could not be copied, either.
      'node-a observer unavailable',
      'node-b observer unavailable',
    ]);
  },
);

test(
  'observers come and go with the run, and evidence that cannot be copied is reported',
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
    // The node's name, as the cluster has it, is the folder's.
    assert.match(applied, /"--node",\s+"\$\(NETDEBUG_NODE\)"/);
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

test(
  'clients start when the observers on their nodes listen, and not before',
  { skip: kubectlSkip },
  async (t) => {
    const logs = { ...(await historyLogs('co-located')), observer: [] };
    const cluster = await underTest(t, { logs, slowObservers: true });
    const { readiness, store } = cluster.fixture.cluster;
    const { ended } = cluster.start(...words, '--rollout-timeout', '60s');
    const asked = () =>
      cluster.fixture.requests.filter((one) => /netdebug-observe.*\/pods$/.test(one)).length;
    await until('the observers are waited for', () => asked() > 2);
    assert.deepEqual(readiness, ['server on node-a is ready']);
    assert.equal(store.names().filter((name) => /^Pod\/.*client/.test(name)).length, 2);
    cluster.fixture.cluster.makeReady('observer');
    const names = ['observer-0', 'observer-1'];
    const read = (name: string) =>
      cluster.fixture.requests.filter((one) => one.endsWith(`/${name}/log`)).length;
    await until('they are asked whether they listen', () => names.every((name) => read(name) > 1));
    assert.equal(readiness.filter((one) => one.includes('client')).length, 0);
    for (const name of names) cluster.fixture.cluster.logOf(name)?.append(['Observing it; it goes there.']);
    assert.equal(recordOf(await ended).verdict.outcome, 'co-located-only');
    assert.deepEqual(readiness, [
      'server on node-a is ready',
      'observer on node-a is ready',
      'observer on node-b is ready',
      'co-located-client on node-a is ready',
      'remote-client on node-b is ready',
    ]);
    assert.deepEqual(cluster.leftObjects(), []);
  },
);

/** A run of which the first reset is all that its clients have said, and that goes on. */
async function runningWithOneReset(t: TestContext) {
  const files = await observersFiles(t);
  const all = await recordedLogs();
  const first = all['co-located-client']?.findIndex((line) => line.includes('"failed"')) ?? 0;
  const logs = { ...all, 'co-located-client': all['co-located-client']?.slice(0, first + 1) ?? [] };
  const cluster = await underTest(t, { logs, podFiles: files });
  const run = cluster.start(...words);
  const inside = cluster.fixture.cluster;
  await until('the clients run', () => inside.readiness.some((one) => one.startsWith('remote-client')));
  await until(
    'logs are followed',
    () => (inside.logOf(inside.pod('co-located-client').metadata.name)?.opened ?? 0) > 0,
  );
  return { cluster, run };
}

const endings: readonly {
  readonly how: string;
  readonly end: (running: Awaited<ReturnType<typeof runningWithOneReset>>) => void;
  readonly exitCode: number;
  readonly says: RegExp;
}[] = [
  {
    how: 'Ctrl-C ends the watching',
    end: ({ run }) => void run.child.kill('SIGINT'),
    exitCode: 130,
    says: /Ctrl-C again ends this at once, and loses it/,
  },
  {
    how: 'pods that moved end the run',
    end({ cluster }) {
      const inside = cluster.fixture.cluster;
      const one = inside.pod('remote-client');
      inside.store.put(resourceOf('pods'), { ...one, spec: { nodeName: 'node-a' } });
    },
    exitCode: 69,
    says: /The pods moved, and the run with them: all pods are on one node, node-a/,
  },
];

for (const { how, end, exitCode, says } of endings) {
  test(
    `${how}, and the evidence says why connections were reset until then`,
    { skip: kubectlSkip },
    async (t) => {
      const running = await runningWithOneReset(t);
      end(running);
      const ended = await running.run.ended;
      assert.equal(ended.exitCode, exitCode, ended.stderr);
      const record = recordOf(ended);
      assert.equal(record.complete, false);
      assert.deepEqual(
        record.findings.map(({ cause }) => cause),
        ['route-table-conflict'],
      );
      assert.match(ended.stderr, says);
      assert.deepEqual(running.cluster.leftObjects(), []);
    },
  );
}
