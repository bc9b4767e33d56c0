// A pod's log is followed through whatever happens to its stream, and of what happens each thing is said once.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { followLog, type LogTrouble } from '../../src/cluster/follow-log.ts';
import { parseMicros } from '../../src/model/clock.ts';
import { findKubectl } from '../../src/system/tools/kubectl.ts';
import type { FixtureOptions } from '../fixtures/api-server/server.ts';
import { kubectlSkip, underTest, until } from './against-fixture.ts';
import { answered } from './client-events.ts';

const line = (second: number) => JSON.stringify(answered(second, 0, second));

async function followed(t: TestContext, silenceMs: number, options: FixtureOptions = {}) {
  const under = await underTest(t, options);
  const { cluster } = under.fixture;
  const metadata = { name: 'remote-client', namespace: 'default', labels: { component: 'remote-client' } };
  cluster.created(
    { group: 'apps', version: 'v1', name: 'deployments', kind: 'Deployment', namespaced: true },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata },
  );
  const pod = cluster.pod('remote-client').metadata.name;
  const log = cluster.logOf(pod);
  if (log === undefined) throw new Error('no log');
  const [lines, troubles]: [string[], LogTrouble[]] = [[], []];
  const follower = followLog({
    kubectl: findKubectl({ kubeconfig: under.kubeconfig }),
    pod,
    silenceMs,
    onLine(text) {
      lines.push(text);
      return parseMicros((JSON.parse(text) as { at: string }).at);
    },
    onTrouble: (trouble) => troubles.push(trouble),
  });
  t.after(() => follower.stop());
  const states = () => troubles.map((one) => one.state);
  return { log, lines, states };
}

test(
  'a stream that falls silent without an end is asked for anew, and nothing of what was written is missing',
  { skip: kubectlSkip },
  async (t) => {
    const { log, lines, states } = await followed(t, 1_500);
    log.append([line(1)]);
    await until('the first line', () => lines.includes(line(1)));
    log.silence();
    log.append([line(2)]);
    await until('what was written in silence', () => lines.includes(line(2)));
    assert.deepEqual(states(), ['silent', 'mended']);
  },
);

test(
  'a log that has nothing to say is said to be silent once, however often it is asked for',
  { skip: kubectlSkip },
  async (t) => {
    // Longer than kubectl takes to start on a busy machine: silent before its first line, it would mend with that.
    const { log, lines, states } = await followed(t, 1_500);
    log.append([line(1)]);
    await until('the first line', () => lines.includes(line(1)));
    const before = log.opened;
    await until('three more streams', () => log.opened >= before + 3);
    assert.deepEqual(states(), ['silent']);
  },
);

test(
  'while the API is away one sentence says so, and one when a line has come again',
  { skip: kubectlSkip },
  async (t) => {
    const requestFaults = [{ method: 'GET', path: /\/log$/, status: 503, times: 4 }] as const;
    const { log, lines, states } = await followed(t, 60_000, { requestFaults });
    await until('it broke', () => states().length > 0);
    log.append([line(1)]);
    await until('the first line', () => lines.includes(line(1)));
    assert.deepEqual(states(), ['broken', 'mended']);
  },
);
