// The mesh on a real cluster: a start without a false count, an API server that goes away, the bug, and the way of its alert.
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, before, test } from 'node:test';
import { readSeries, type Series } from '../../src/lab/mesh/series.ts';
import { mainScript } from '../program.ts';
import { breakRules } from './rule-breaker.ts';
import {
  apiSwitch,
  folderFor,
  image,
  kubectl,
  kubectlWith,
  netdebug,
  observerImage,
  shell,
  until,
} from './surroundings.ts';

const namespace = 'netdebug-mesh';
const manifests = `${dirname(dirname(import.meta.dirname))}/manifests/mesh/base`;

/** The objects of the manifests with the images under test. */
async function installed(): Promise<string> {
  return (await kubectl('kustomize', manifests)).replaceAll('image: netdebug:latest', `image: ${image}`);
}

let nodes = 0;
before(async () => {
  nodes = (await kubectl('get', 'nodes', '--output=name')).trim().split('\n').length;
  await kubectlWith(await installed(), 'apply');
  for (const one of [
    'daemonset/netdebug-mesh-server',
    'daemonset/netdebug-mesh-agent',
    'deployment/netdebug-mesh-coordinator',
  ])
    await kubectl('rollout', 'status', one, `--namespace=${namespace}`, '--timeout=180s');
});
after(async () => {
  await kubectlWith(await installed(), 'delete', '--ignore-not-found', '--timeout=180s');
});

/** What every agent counts, by the pod's node. */
async function agents(): Promise<Map<string, Series[]>> {
  const listed = JSON.parse(
    await kubectl('get', 'pods', `--namespace=${namespace}`, '--selector=component=agent', '--output=json'),
  ) as { items: { metadata: { name: string }; spec: { nodeName: string } }[] };
  const all = listed.items.map(async ({ metadata: { name }, spec: { nodeName } }) => {
    const path = `/api/v1/namespaces/${namespace}/pods/${name}:9464/proxy/metrics`;
    return [nodeName, readSeries(await kubectl('get', `--raw=${path}`))] as const;
  });
  return new Map(await Promise.all(all));
}

const named = (series: readonly Series[], name: string) =>
  series.filter((one) => one.name === `netdebug_mesh_${name}`);

const sum = (series: readonly Series[]) => series.reduce((total, { value }) => total + value, 0);

/** Failures that count, of all agents: each as its labels and its number. */
async function failures(): Promise<string[]> {
  return [...(await agents())].flatMap(([node, series]) =>
    named(series, 'probes_total')
      .filter(({ labels, value }) => labels['outcome'] !== 'answered' && value > 0)
      .map(({ labels, value }) => `${node} ${JSON.stringify(labels)} ${value}`),
  );
}

const openConnections = async () =>
  sum([...(await agents()).values()].flatMap((series) => named(series, 'connections')));

const aWhile = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1_000));

test('it starts without a failure that counts, every counter is there from the start, and status says that all are covered', async () => {
  await until('every node is covered', 120, async () => {
    const ended = await netdebug('mesh', 'status', '--json');
    return { so: ended.exitCode === 0, last: ended.stdout + ended.stderr };
  });
  // What failed is held back for a minute.
  await aWhile(75);
  assert.deepEqual(await failures(), []);
  for (const [node, series] of await agents()) {
    const outcomes = new Set(named(series, 'probes_total').map(({ labels }) => labels['outcome']));
    assert.ok(
      outcomes.has('reset') && outcomes.has('timeout') && outcomes.has('refused'),
      `${node}: ${[...outcomes].join()}`,
    );
    assert.ok(named(series, 'excluded_total').length > 0, node);
  }
  const { stdout } = await netdebug('mesh', 'status');
  process.stderr.write(stdout);
});

test(
  'while the API server is away the connections stay, and nothing of it counts',
  { skip: apiSwitch === null ? 'NETDEBUG_TEST_STOP_API and NETDEBUG_TEST_START_API are not given' : false },
  async (t) => {
    const { stop, start } = apiSwitch ?? { stop: 'false', start: 'false' };
    const before = await openConnections();
    assert.ok(before >= nodes, String(before));
    let away = true;
    const back = async () => {
      if (away) await shell(start);
      away = false;
    };
    t.after(back);
    await shell(stop);
    await aWhile(24);
    await back();
    await until('the API server answers', 60, async () => {
      const last = await kubectl('get', '--raw=/readyz').catch(String);
      return { so: last === 'ok', last };
    });
    const open: number[] = [];
    const ready: string[] = [];
    for (let second = 0; second < 90; second += 3) {
      open.push(await openConnections().catch(() => Number.NaN));
      ready.push(
        await kubectl('get', 'nodes', '--no-headers').then((text) =>
          String(text.match(/ Ready /g)?.length ?? 0),
        ),
      );
      await aWhile(3);
    }
    process.stderr.write(`open: ${open.join(' ')}\nnodes ready: ${ready.join(' ')}\n`);
    assert.ok(Math.min(...open.filter((one) => !Number.isNaN(one))) >= before - 1, open.join(' '));
    await aWhile(60);
    assert.deepEqual(await failures(), []);
  },
);

test('with the rule fought over, same-node connections through the Service are reset, no others; and the alert’s way leads somewhere', async (t) => {
  const heal = await breakRules();
  t.after(heal);
  const counted = await until('resets count', 300, async () => {
    const all = [...(await agents()).values()].flat();
    const resets = named(all, 'resets_total').filter(({ value }) => value > 0);
    return { so: resets.length > 0, last: resets };
  });
  assert.deepEqual(
    [...new Set(counted.map(({ labels }) => `${labels['class'] ?? ''} ${labels['path'] ?? ''}`))],
    ['same-node service'],
  );
  const listed = await kubectl('get', 'nodes', '--output=jsonpath={.items[0].metadata.name}');
  const folder = await folderFor(t);
  const ended = await netdebug(
    ...['mesh', 'evidence', listed, '--image', observerImage, '--duration', '40s', '--out', folder],
  );
  assert.equal(ended.exitCode, 0, ended.stderr);
  assert.equal(ended.stdout.trim(), folder);
  // What it says to type next is typed, and says something: the node was seen to reset, and its rule to come and go.
  const commands = [...ended.stderr.matchAll(/^ {2}(\S.*?)(?: +# .*)?$/gm)].map((match) => match[1] ?? '');
  assert.ok(commands.length >= 3, ended.stderr);
  for (const command of commands) {
    const own = `${process.execPath} ${mainScript}`;
    // A page is named on stderr.
    const said = await shell(`${command.replace(/^netdebug /, `${own} `)} 2>&1`);
    assert.notEqual(said.trim(), '', command);
    process.stderr.write(`${command}\n  ${said.slice(0, 160).replaceAll('\n', '\n  ')}\n`);
  }
});
