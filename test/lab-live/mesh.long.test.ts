// The mesh in the lab, with a real Prometheus: the fight shows on the nodes that have it and nowhere else, a node's loss wakes nobody,
// the right alert fires and only that, and every query of the dashboards has data.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from '../../src/model/schema.ts';
import { noPrometheus, prometheus, root, rulesFile } from '../mesh/prometheus.ts';
import { labSkip, startNetdebug, worldOf, type Started } from './netdebug.ts';

const skip = (await labSkip()) || noPrometheus;
const api = 'http://127.0.0.1:9090/api/v1';

const resultSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});
const meshSchema = z.object({
  counts: z.array(
    z.object({
      node: z.string(),
      resets: z.record(z.string(), z.number()),
      excluded: z.record(z.string(), z.number()),
    }),
  ),
});

/** Runs queries inside the world, all in one process. */
async function ask(world: readonly string[], queries: readonly string[]) {
  const script = `const all = JSON.parse(process.argv[1]);
    Promise.all(all.map((query) => fetch('${api}/query?query=' + encodeURIComponent(query)).then((r) => r.json())))
      .then((answers) => process.stdout.write(JSON.stringify(answers)))
      .catch((error) => { console.error(error); process.exitCode = 1; });`;
  const words = ['lab', 'exec', ...world, 'control', '--'];
  const asked = await startNetdebug(...words, process.execPath, '-e', script, JSON.stringify(queries)).ended;
  if (asked.exitCode !== 0) return undefined;
  return z
    .array(resultSchema)
    .parse(JSON.parse(asked.stdout))
    .map(({ data }) => data.result);
}

const firing = 'ALERTS{alertstate="firing"}';
const namesOf = (result: readonly { metric: Readonly<Record<string, string>> }[]) =>
  result
    .map(
      ({ metric }) =>
        `${metric['alertname'] ?? ''} ${metric['severity'] ?? ''} ${metric['node'] ?? ''} ${metric['class'] ?? ''} ${metric['path'] ?? ''}`,
    )
    .toSorted();

/** What the dashboards ask, with their variables filled in. */
async function dashboardQueries(): Promise<string[]> {
  const folder = join(root, 'manifests/mesh/dashboards');
  const targets = z.array(z.object({ targets: z.array(z.object({ expr: z.string() })) }));
  const queries: string[] = [];
  // What watchers serve is no mesh's; a test of the rules asks its dashboard's queries.
  for (const name of (await readdir(folder)).filter((file) => file !== 'losses.json')) {
    const { panels } = z
      .object({ panels: targets })
      .parse(JSON.parse(await readFile(join(folder, name), 'utf8')));
    for (const { expr } of panels.flatMap((panel) => panel.targets)) {
      queries.push(expr.replaceAll('$node', 'node-2').replaceAll('$class', '.*').replaceAll('$path', '.*'));
    }
  }
  return queries;
}

test('the mesh, under a real Prometheus', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-mesh-'));
  const out = join(folder, 'run');
  const words = [
    'lab',
    'mesh',
    '--nodes',
    '6',
    '--conflict',
    'node-2,node-5',
    '--lose',
    'node-6',
    '--duration',
    '36s',
  ];
  const mesh = startNetdebug(...words, '--rules', rulesFile, '--out', out);
  const started: Started[] = [mesh];
  t.after(async () => {
    for (const { child } of started) child.kill('SIGTERM');
    await Promise.all(started.map(({ ended }) => ended));
    await rm(folder, { recursive: true, force: true });
  });
  await mesh.said('watch each other');
  const storage = ['--storage.tsdb.path', join(folder, 'tsdb'), '--web.listen-address', '127.0.0.1:9090'];
  const world = await worldOf(mesh);
  const words2 = ['lab', 'exec', ...world, 'control', '--', prometheus];
  started.push(startNetdebug(...words2, `--config.file=${join(out, 'prometheus.yml')}`, ...storage));

  const both = [
    'NetdebugMeshResets page node-2 same-node service',
    'NetdebugMeshResets page node-5 same-node service',
  ];
  let answers: Awaited<ReturnType<typeof ask>>;
  const queries = await dashboardQueries();
  // Failures of the lost node's connections have been held back and judged long before, and the mesh is there for a while yet.
  await mesh.said('waiting until held failures have been judged');
  while (answers?.[0]?.length !== 2 && mesh.child.exitCode === null) {
    answers = (await ask(world, [firing, 'ALERTS{alertstate="pending"}', ...queries])) ?? answers;
  }
  assert.ok(answers !== undefined, 'Prometheus answers');
  const [alerts = [], pending = [], ...panels] = answers;
  assert.deepEqual(namesOf(alerts), both);
  assert.deepEqual(namesOf(pending), [], 'nothing else is about to fire');
  assert.ok(queries.length > 20);
  queries.forEach((query, index) => assert.notEqual(panels[index]?.length, 0, `no data for ${query}`));

  const { exitCode, stdout, stderr } = await mesh.ended;
  assert.equal(exitCode, 0, stdout + stderr);
  assert.match(
    stdout,
    /As expected: resets of same-node connections through the Service on node-2, node-5, and nowhere else/,
  );
  const { counts } = meshSchema.parse(JSON.parse(await readFile(join(out, 'mesh.json'), 'utf8')));
  assert.ok(
    counts.some(({ excluded }) => (excluded['node-not-ready'] ?? 0) > 0),
    'the lost node was noticed, and left out',
  );
});
