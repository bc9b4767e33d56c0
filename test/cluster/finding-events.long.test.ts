// A finding becomes an Event where that is allowed, and the run says so where it is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyLogs, kubectlSkip, underTest, type ClusterUnderTest } from './against-fixture.ts';

const words = ['run', '--json', '--period', '200ms', '--max-rate', '1000', '--expect', 'any'];
const eventsOf = ({ fixture }: ClusterUnderTest) =>
  fixture.cluster.store.all().flatMap(([, one]) => (one.kind === 'Event' ? [one] : []));

test('where nodes may have no Event of ours the pod gets it', { skip: kubectlSkip }, async (t) => {
  const fault = {
    method: 'POST',
    path: /events$/,
    status: 403,
    times: 1,
    message: 'events is forbidden',
  } as const;
  const cluster = await underTest(t, { logs: await historyLogs('co-located'), requestFaults: [fault] });
  await cluster.run(...words);
  const objects = eventsOf(cluster).map((one) => one['involvedObject'] as { kind: string; name: string });
  // The one that was forbidden; those of further findings are not.
  assert.deepEqual(
    objects.slice(0, 1).map((one) => [one.kind, one.name.replace(/-[a-z0-9]+-0$/, '')]),
    [['Pod', 'co-located-client']],
  );
});

test(
  'an Event that is forbidden everywhere is said, and --no-event makes none',
  { skip: kubectlSkip },
  async (t) => {
    const fault = {
      method: 'POST',
      path: /events$/,
      status: 403,
      times: 9,
      message: 'events is forbidden',
    } as const;
    const forbidden = await underTest(t, { logs: await historyLogs('co-located'), requestFaults: [fault] });
    const ended = await forbidden.run(...words);
    assert.match(ended.stderr, /No Event could be made of the finding unknown: /);
    assert.equal(ended.exitCode, 0);
    const quiet = await underTest(t, { logs: await historyLogs('co-located') });
    await quiet.run(...words, '--no-event');
    assert.deepEqual(eventsOf(quiet), []);
    assert.equal(
      quiet.fixture.requests.some((one) => one.startsWith('POST') && one.endsWith('/events')),
      false,
    );
  },
);
