// A run against the fixture in which something is done to pods and nodes: it is reported, and no reset of that time counts.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatMicros } from '../../src/model/clock.ts';
import { kubectlSkip, recordOf, underTest, until, type ClusterUnderTest } from './against-fixture.ts';

/** A client event of this moment. */
function now(className: string, connection: number, rest: object): string {
  const at = formatMicros(Date.now() * 1_000);
  const base = { at, loopDelayMs: 0, role: 'client', class: className, connection, slot: 0 };
  return JSON.stringify({
    ...base,
    local: `10.0.0.1:${4_000 + connection}`,
    remote: '10.0.0.9:8080',
    ...rest,
  });
}

const connected = (className: string, connection: number) =>
  now(className, connection, { event: 'connected', connectMs: 1 });
const answered = (className: string, connection: number) =>
  now(className, connection, { event: 'answered', latencyMs: 1, lateMs: 0, answers: 1 });
const reset = (className: string, connection: number) =>
  now(className, connection, {
    ...{ event: 'failed', failure: 'reset', errno: 'ECONNRESET', syscall: 'read', phase: 'idle' },
    ...{ livedMs: 10, answers: 1, lastGoodAt: null },
  });

async function started(cluster: ClusterUnderTest) {
  const run = cluster.start('run', '--json', '--period', '200ms', '--expect', 'any');
  const log = (component: string) =>
    cluster.fixture.cluster.logOf(cluster.fixture.cluster.pod(component).metadata.name);
  const components = ['server', 'co-located-client', 'remote-client'];
  const pods = () => cluster.fixture.cluster.store.names().filter((name) => name.startsWith('Pod/')).length;
  await until(
    'all logs are followed',
    () => pods() === 3 && components.every((one) => (log(one)?.opened ?? 0) > 0),
  );
  for (const [component, name] of [
    ['co-located-client', 'co-located'],
    ['remote-client', 'remote'],
  ] as const) {
    log(component)?.append([connected(name, 0), answered(name, 0)]);
  }
  return { run, log };
}

/** Requests for pods that were answered after this call: looks that have seen what the fixture is now. */
async function looks(cluster: ClusterUnderTest, count: number): Promise<void> {
  const seen = () => cluster.fixture.requests.filter((one) => one.endsWith('/default/pods')).length;
  const before = seen();
  await until(`${count} looks at the pods`, () => seen() >= before + count);
}

async function lines(
  cluster: ClusterUnderTest,
  file: string,
): Promise<{ reason?: string; text?: string; event?: unknown }[]> {
  const text = await readFile(join(cluster.home, 'run', file), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { reason?: string });
}

test(
  'a server that restarts and a cordoned node are reported, and their resets are set aside',
  { skip: kubectlSkip },
  async (t) => {
    const cluster = await underTest(t);
    const { run, log } = await started(cluster);
    await looks(cluster, 2);

    cluster.fixture.cluster.restart('server', []);
    log('co-located-client')?.append([
      reset('co-located', 0),
      connected('co-located', 1),
      answered('co-located', 1),
    ]);
    log('remote-client')?.append([reset('remote', 0), connected('remote', 1), answered('remote', 1)]);
    await looks(cluster, 2);
    cluster.fixture.cluster.cordon('node-a', true);
    log('co-located-client')?.append([
      reset('co-located', 1),
      connected('co-located', 2),
      answered('co-located', 2),
    ]);
    await looks(cluster, 3);

    run.child.kill('SIGINT');
    const ended = await run.ended;
    const record = recordOf(ended);
    assert.deepEqual(
      record.classes.map((one) => [one.name, one.resets]),
      [
        ['co-located', 0],
        ['remote', 0],
      ],
    );
    const aside = (await lines(cluster, 'evidence/set-aside.ndjson')).map((one) => one.reason ?? '');
    assert.equal(aside.length, 3);
    assert.ok(
      aside.every((reason) =>
        /pod server-.* restarted \(OOMKilled, exit code 137\)|node node-a is cordoned/.test(reason),
      ),
      aside.join('\n'),
    );
    const notes = (await lines(cluster, 'evidence/notes.ndjson')).map((one) => one.text ?? '').join('\n');
    assert.match(notes, /pod server-.* restarted/);
    assert.match(notes, /node node-a is cordoned/);
    assert.deepEqual(cluster.leftObjects(), []);
  },
);

test(
  'resets before a disturbance count, and a client that restarts begins new connections',
  { skip: kubectlSkip },
  async (t) => {
    const cluster = await underTest(t);
    const { run, log } = await started(cluster);
    await looks(cluster, 1);
    log('co-located-client')?.append([
      reset('co-located', 0),
      connected('co-located', 1),
      answered('co-located', 1),
    ]);
    // Long enough before what follows that it cannot be blamed on it: a margin of a period and two seconds.
    await looks(cluster, 4);
    cluster.fixture.cluster.restart('co-located-client', [
      connected('co-located', 0),
      answered('co-located', 0),
    ]);
    await looks(cluster, 3);

    run.child.kill('SIGINT');
    const record = recordOf(await run.ended);
    const [coLocated] = record.classes;
    assert.equal(coLocated?.resets, 1);
    const events = (await lines(cluster, 'events.ndjson')) as unknown as {
      event: string;
      class: string;
      connection: number;
    }[];
    const own = events.filter((one) => one.class === 'co-located' && one.event === 'connected');
    assert.deepEqual(
      own.map((one) => one.connection),
      [0, 1, 2],
    );
  },
);
