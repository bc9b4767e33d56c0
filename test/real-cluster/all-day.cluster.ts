// The watcher of all days on a real cluster: what a workload loses becomes a number and an Event on its pods, from the nodes of both ends,
// with the rights and the pod that the overlay gives it.
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readSeries, type Series } from '../../src/lab/mesh/series.ts';
import { kubectl, kubectlWith, observerImage, until } from './surroundings.ts';
import { inPod, kill, openShop, podOf, shop, workloadSkip } from './workloads.ts';

const namespace = 'netdebug-watch';
const overlay = `${dirname(dirname(import.meta.dirname))}/manifests/mesh/overlays/watcher`;

/** The objects of the overlay with the image under test. */
const objects = async () =>
  (await kubectl('kustomize', overlay)).replaceAll('image: netdebug:observer', `image: ${observerImage}`);

interface Watcher {
  readonly node: string;
  readonly series: readonly Series[];
}

async function watchers(): Promise<Watcher[]> {
  const listed = JSON.parse(
    await kubectl('get', 'pods', `--namespace=${namespace}`, '--selector=component=watcher', '--output=json'),
  ) as { items: { metadata: { name: string }; spec: { nodeName: string } }[] };
  return Promise.all(
    listed.items.map(async ({ metadata: { name }, spec: { nodeName } }) => {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}:9466/proxy/metrics`;
      return { node: nodeName, series: readSeries(await kubectl('get', `--raw=${path}`)) };
    }),
  );
}

/** `CAUSE at END of WORKLOAD`, of all that were counted. */
const counted = async (): Promise<string[]> =>
  (await watchers()).flatMap(({ series }) =>
    series
      .filter(({ name, value }) => name === 'netdebug_lost_connections_total' && value > 0)
      .map(
        ({ labels }) =>
          `${labels['cause']} at ${labels['end']} of ${labels['namespace']}/${labels['workload']}`,
      ),
  );

interface EventOfPod {
  readonly involvedObject: { readonly kind: string; readonly name: string };
  readonly reason: string;
  readonly message: string;
}

/** Those of the shop's pods that name a cause. */
async function events(): Promise<EventOfPod[]> {
  const words = ['get', 'events', `--namespace=${shop}`, '--output=json'];
  const { items } = JSON.parse(await kubectl(...words)) as { items: EventOfPod[] };
  return items.filter(({ message }) => message.includes('netdebug explain'));
}

describe('the watcher of all days', { skip: workloadSkip }, () => {
  let closeShop: (() => Promise<void>) | undefined;
  before(async () => {
    closeShop = await openShop();
    await kubectlWith(await objects(), 'apply');
    await kubectl(
      'rollout',
      'status',
      'daemonset/netdebug-watch',
      `--namespace=${namespace}`,
      '--timeout=180s',
    );
  });
  after(async () => {
    await kubectlWith(await objects(), 'delete', '--ignore-not-found', '--timeout=120s');
    await closeShop?.();
  });

  test('sees losses on every node, and the pods of it', async () => {
    const nodes = (await kubectl('get', 'nodes', '--output=name')).trim().split('\n').length;
    const all = await watchers();
    assert.equal(all.length, nodes);
    for (const { node, series } of all) {
      const value = (name: string) => series.find((one) => one.name === `netdebug_${name}`)?.value;
      assert.equal(value('watch_sees_losses'), 1, node);
      assert.ok((value('watch_pods') ?? 0) > 0, node);
    }
  });

  test('a server that is killed is an Event on its pod and on its clients’ within seconds, and a number after a minute', async () => {
    // Connections are listed now and then.
    await new Promise((done) => setTimeout(done, 15_000));
    const pods = await Promise.all(['redis', 'redis-beside', 'redis-apart'].map((app) => podOf(app)));
    const [server] = pods;
    await inPod(server?.name ?? '', kill('redis-server'));
    const begun = Date.now();
    const told = await until('each pod has its Event', 60, async () => {
      const last = (await events()).filter(({ message }) => /the end of the server's process/.test(message));
      const named = new Set(last.map(({ involvedObject }) => involvedObject.name));
      return { so: pods.every(({ name }) => named.has(name)), last };
    });
    process.stderr.write(`${Math.round((Date.now() - begun) / 1_000)} s after the kill:\n`);
    for (const { involvedObject, reason, message } of told)
      process.stderr.write(`  ${involvedObject.name}: ${reason}: ${message}\n`);
    // A watcher knows its own node: of the client apart, that its peer's socket ended, and not why.
    const wanted = [
      `server-process-died at server of ${shop}/redis`,
      `server-process-died at client of ${shop}/redis-beside`,
      ` at client of ${shop}/redis-apart`,
    ];
    const all = await until('all of it is counted', 120, async () => {
      const last = await counted();
      return { so: wanted.every((one) => last.some((line) => line.endsWith(one))), last };
    });
    const ofShop = all.filter((line) => line.includes(` of ${shop}/`));
    process.stderr.write(`counted: ${ofShop.join(', ')}\n`);
    assert.deepEqual(
      ofShop.filter((line) => !/^(?:server-process-died|unknown) at /.test(line)),
      [],
    );
  });
});
