// The counter of lost connections: each once whatever is said of it later, its label sets bounded, its series there before its first loss.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLossCounting } from '../../../src/experiment/all-day/count-losses.ts';
import { mostOthers } from '../../../src/metrics/loss-series.ts';
import { createWatchMetrics } from '../../../src/metrics/watch-metrics.ts';
import type { WatchLoss } from '../../../src/model/watch-record.ts';
import { lossOf } from '../../watch-losses.ts';
import { endOf, podOf, podsHere } from './known-pods.ts';

const minute = 60_000;

function counted({ most = 500, pods = podsHere([podOf('checkout-1', 'checkout')]) } = {}) {
  const metrics = createWatchMetrics({
    ...{ node: 'node-1', version: '1', mostLabelSets: most },
    numbers: () => ({
      ...{ connections: 3, processes: null, untold: 0, held: counting.size, pods: pods.size },
      ...{ seesLosses: true, witnesses: new Map([['capture', 'limited']]) },
    }),
  });
  const counting = createLossCounting({
    ...{ counter: metrics.losses, pods },
    correctedLate: (correction) => metrics.correctedLate(correction),
  });
  /** `LABELS VALUE` of each series of a name that has the prefix. */
  const series = async (name: string) =>
    (await metrics.text())
      .split('\n')
      .filter((line) => line.startsWith(`netdebug_${name}`))
      .map((line) => line.slice('netdebug_'.length));
  return { counting, series, losses: () => series('lost_connections_total') };
}

const ends = { client: endOf('shop/checkout-1'), server: endOf(null), backend: null };
const loss = (id: string, other: Partial<WatchLoss> = {}) => lossOf({ id, ends, ...other });
const by = (cause: string, certainty: 'proven' | 'open' = 'proven') => ({
  cause: { id: cause, certainty, text: '' },
});
const labels = (cause: string, certainty: string, end = 'client', of = ['shop', 'checkout', 'deployment']) =>
  `lost_connections_total{cause="${cause}",author="server-kernel",certainty="${certainty}",end="${end}",` +
  `namespace="${of[0] ?? ''}",workload="${of[1] ?? ''}",workload_type="${of[2] ?? ''}"}`;

test('a series stands at 0 from the first word on, and the loss is counted a minute later', async () => {
  const { counting, losses } = counted();
  counting.take([loss('1', by('policy-reject'))], 0);
  assert.deepEqual(await losses(), [`${labels('policy-reject', 'proven')} 0`]);
  counting.look(minute - 1);
  assert.deepEqual(await losses(), [`${labels('policy-reject', 'proven')} 0`]);
  counting.look(minute);
  assert.deepEqual(await losses(), [`${labels('policy-reject', 'proven')} 1`]);
  counting.look(2 * minute);
  assert.deepEqual(await losses(), [`${labels('policy-reject', 'proven')} 1`]);
});

test('a loss that is corrected within the minute is counted once, by its last word; the first leaves no series', async () => {
  const { counting, losses, series } = counted();
  counting.take([loss('1', by('unknown', 'open')), loss('2', by('unknown', 'open'))], 0);
  counting.take([loss('1', { ...by('policy-reject'), revision: 2 })], 1_000);
  counting.take([loss('1', { ...by('silent-drop'), revision: 3 })], 2_000);
  counting.take([loss('2', { ...by('unknown', 'open'), revision: 2, ended: 'benign' })], 2_000);
  counting.look(minute);
  assert.deepEqual(await losses(), [`${labels('silent-drop', 'proven')} 1`], 'the other was none after all');
  assert.equal(counting.size, 0);
  assert.deepEqual(await series('watch_late_corrections_total'), [
    ...['taken-back', 'changed'].map((one) => `watch_late_corrections_total{correction="${one}"} 0`),
  ]);
});

test('what was taken back and said again within the minute counts', async () => {
  const { counting, losses } = counted();
  counting.take([loss('1', by('policy-reject'))], 0);
  counting.take([loss('1', { revision: 2, ended: 'benign' })], 1_000);
  counting.take([loss('1', { ...by('policy-reject'), revision: 3 })], 2_000);
  counting.look(minute);
  assert.deepEqual(await losses(), [`${labels('policy-reject', 'proven')} 1`]);
});

test('a correction after that changes no count, and is counted as such', async () => {
  const { counting, losses, series } = counted();
  counting.take([loss('1', by('policy-reject'))], 0);
  counting.look(minute);
  counting.take([loss('1', { ...by('silent-drop'), revision: 2 })], minute + 1);
  counting.take([loss('1', { revision: 3, ended: 'benign' })], minute + 2);
  counting.look(3 * minute);
  assert.deepEqual(await losses(), [`${labels('policy-reject', 'proven')} 1`]);
  assert.deepEqual(await series('watch_late_corrections_total'), [
    ...['taken-back', 'changed'].map((one) => `watch_late_corrections_total{correction="${one}"} 1`),
  ]);
});

test('each end that is on this node counts, by its own workload', async () => {
  const pods = podsHere([podOf('checkout-1', 'checkout'), podOf('redis-0', 'redis', 'statefulset')]);
  const { counting, losses } = counted({ pods });
  const within = { ...ends, backend: endOf('shop/redis-0') };
  counting.take([loss('1', { ...by('policy-reject'), ends: within })], 0);
  counting.look(minute);
  assert.deepEqual(await losses(), [
    `${labels('policy-reject', 'proven')} 1`,
    `${labels('policy-reject', 'proven', 'server', ['shop', 'redis', 'statefulset'])} 1`,
  ]);
});

test('a pod that the API tells of while its loss is held is counted by its workload', async () => {
  const known: ReturnType<typeof podOf>[] = [];
  const pods = {
    ...podsHere([]),
    isKnown: false,
    find: (name: string) => known.find((pod) => `shop/${pod.name}` === name),
  };
  const { counting, losses } = counted({ pods });
  counting.take([loss('1', by('policy-reject'))], 0);
  assert.deepEqual(await losses(), [
    `${labels('policy-reject', 'proven', 'client', ['shop', 'unknown', 'unknown'])} 0`,
  ]);
  known.push(podOf('checkout-1', 'checkout'));
  counting.look(minute);
  assert.deepEqual(await losses(), [`${labels('policy-reject', 'proven')} 1`]);
});

test('label sets are bounded, and no loss is lost by it: first the workload becomes other, then all but the end', async () => {
  const most = 20;
  const workloads = 400;
  const pods = podsHere(
    Array.from({ length: workloads }, (_, index) => podOf(`pod-${index}`, `work-${index}`)),
  );
  const { counting, losses, series } = counted({ most, pods });
  let made = 0;
  const lose = (pod: number, cause: string) =>
    counting.take(
      [loss(String(made++), { ...by(cause), ends: { ...ends, client: endOf(`shop/pod-${pod}`) } })],
      0,
    );
  for (let pod = 0; pod < workloads; pod += 1) lose(pod, 'policy-reject');
  // As no catalogue has them: the bound does not rest on there being few causes.
  for (let cause = 0; cause < 300; cause += 1) lose(300, `cause-${cause}`);
  lose(0, 'policy-reject');
  counting.look(minute);
  const all = await losses();
  assert.ok(all.length <= most + mostOthers + 3, String(all.length));
  assert.equal(all.length, most + mostOthers + 1);
  const sum = all.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  assert.equal(sum, made);
  assert.ok(
    all.includes(`${labels('policy-reject', 'proven', 'client', ['shop', 'work-0', 'deployment'])} 2`),
    'what is known goes on',
  );
  assert.ok(
    all.includes(
      `${labels('policy-reject', 'proven', 'client', ['other', 'other', 'other'])} ${workloads - most}`,
    ),
  );
  assert.deepEqual(await series('watch_label_sets '), [`watch_label_sets ${all.length}`]);
});

test('a series that stands at 0 for nobody makes room for others', async () => {
  const pods = podsHere([podOf('a'), podOf('b')]);
  const { counting, losses } = counted({ most: 1, pods });
  const of = (pod: string) => ({ ends: { ...ends, client: endOf(`shop/${pod}`) } });
  counting.take([loss('1', { ...by('policy-reject'), ...of('a') })], 0);
  counting.take([loss('1', { ...of('a'), revision: 2, ended: 'benign' })], 1);
  counting.take([loss('2', { ...by('policy-reject'), ...of('b') })], 2);
  counting.look(2 * minute);
  assert.deepEqual(await losses(), [
    `${labels('policy-reject', 'proven', 'client', ['shop', 'b', 'deployment'])} 1`,
  ]);
});

test('in a flood the oldest are counted sooner, each once', async () => {
  const { counting, losses } = counted();
  for (let from = 0; from < 50_000; from += 1_000)
    counting.take(
      Array.from({ length: 1_000 }, (_, index) => loss(String(from + index), by('policy-reject'))),
      from,
    );
  assert.ok(counting.size <= 20_000);
  assert.deepEqual(await losses(), [`${labels('policy-reject', 'proven')} ${50_000 - counting.size}`]);
  counting.end();
  assert.deepEqual(await losses(), [`${labels('policy-reject', 'proven')} 50000`]);
});

test('the watch tells of itself: what it watches, what it holds, what it cannot see', async () => {
  const { counting, series } = counted();
  counting.take([loss('1')], 0);
  assert.deepEqual(await series('watch_witness{'), [
    'watch_witness{witness="capture",state="well"} 0',
    'watch_witness{witness="capture",state="limited"} 1',
    'watch_witness{witness="capture",state="missing"} 0',
  ]);
  const said = await series('watch_');
  for (const line of ['watch_connections 3', 'watch_processes Nan', 'watch_held_losses 1', 'watch_pods 1'])
    assert.ok(said.includes(line), `${line} in ${said.join('\n')}`);
  assert.ok(said.includes('watch_sees_losses 1') && said.includes('watch_events_total{outcome="created"} 0'));
});
