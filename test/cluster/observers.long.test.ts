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
import { rollAfter } from '../run-folder/a-folder.ts';
import { historyLogs, kubectlSkip, recordOf, underTest } from './against-fixture.ts';

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
