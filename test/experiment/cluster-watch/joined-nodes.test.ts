// What a cluster's watch finds of recorded runs on two nodes: each node tells what it is asked for, over its own voice, and the engine
// judges what both saw. With one node alone it finds less.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHeardUntil } from '../../../src/experiment/cluster-watch/heard-until.ts';
import { createOtherEnds } from '../../../src/experiment/cluster-watch/other-ends.ts';
import { createNodeVoice } from '../../../src/experiment/cluster-watch/told-by-nodes.ts';
import { createLiveLosses } from '../../../src/experiment/watch/create-live-losses.ts';
import { parseMicros, type Micros } from '../../../src/model/clock.ts';
import type { NodeEvent, SourceEvent } from '../../../src/model/node-event.ts';
import type { WatchLoss } from '../../../src/model/watch-record.ts';
import { createToldConnections } from '../../../src/observe/serving/told-connections.ts';
import { told as kernelTold } from '../../diagnose/kernel-events.ts';
import { source } from '../../diagnose/made-by-hand.ts';
import { recordedEvents } from '../watch/replay.ts';

const [server, service] = ['10.44.0.10', '10.48.14.50'];

interface Joined {
  readonly last: readonly WatchLoss[];
  /** How many events each node told, of how many it had. */
  readonly told: ReadonlyMap<string, readonly [number, number]>;
  readonly otherEnds: readonly string[];
  /** How long after it was lost each was first said, at most. */
  readonly latest: Micros;
}

function watched(scenario: string, nodes: readonly string[]): Joined {
  const own = new Set([server, service]);
  const filters = new Map(nodes.map((node) => [node, createToldConnections(node)]));
  for (const filter of filters.values()) filter.want({ addresses: [...own], ports: [] });
  const voices = new Map(nodes.map((node) => [node, createNodeVoice(node)]));
  const events = nodes
    .flatMap((node) => recordedEvents('runs', scenario, 'evidence', node, 'events.ndjson.gz'))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const started = parseMicros(events[0]?.at ?? '');
  const losses = createLiveLosses({
    ...{ node: 'test', keepMs: 600_000, startedAt: started },
    wanted: { ports: [], addresses: own, pods: [], processes: [] },
  });
  const until = createHeardUntil(1e9, () => 0);
  const otherEndsOf = createOtherEnds(own);
  const otherEnds: string[] = [];
  const told = new Map<string, [number, number]>(nodes.map((node) => [node, [0, 0]]));
  const last = new Map<string, WatchLoss>();
  let latest = 0;
  const take = (event: NodeEvent) => {
    const count = told.get(event.node);
    if (count === undefined) return;
    count[1] += 1;
    if (filters.get(event.node)?.isTold(event) !== true) return;
    count[0] += 1;
    const heard = voices.get(event.node)?.take(event);
    if (heard === undefined) return;
    losses.take(heard);
    otherEnds.push(...otherEndsOf(heard));
  };
  const look = (now: Micros) => {
    for (const node of nodes) until.heard(node, now);
    const at = until.now();
    if (at === undefined) return;
    for (const line of losses.look(at)) {
      if (!last.has(line.id)) latest = Math.max(latest, now - parseMicros(line.at));
      last.set(line.id, line);
    }
  };
  let now = started;
  for (const event of events) {
    for (; now + 100_000 <= parseMicros(event.at); now += 100_000) look(now + 100_000);
    take(event);
  }
  for (const end = now + 15e6; now < end; now += 100_000) look(now + 100_000);
  for (const line of losses.end(now)) last.set(line.id, line);
  return { last: [...last.values()], told, otherEnds, latest };
}

const causesOf = ({ last }: Joined) => new Set(last.map(({ cause }) => cause.id));

describe('the watch of a server on one node, with clients on both', () => {
  const joined = watched('gke-intranode-policy', ['node-1', 'node-2']);

  it('finds the rule that is fought over, at the connections of its own node alone', () => {
    assert.ok(joined.last.length > 0);
    assert.deepEqual([...causesOf(joined)], ['route-table-conflict']);
    for (const { ends } of joined.last) assert.equal(ends.client?.address, '10.44.0.33');
  });

  it('meets the clients of both nodes', () => {
    assert.ok(
      joined.otherEnds.some((address) => address.startsWith('10.44.0.')),
      joined.otherEnds.join(),
    );
    assert.ok(
      joined.otherEnds.some((address) => address.startsWith('10.44.1.')),
      joined.otherEnds.join(),
    );
  });

  it('says each within two seconds', () => {
    assert.ok(joined.latest <= 2e6, `${joined.latest / 1e6} s`);
  });
});

describe('what only both nodes together can tell', () => {
  const both = watched('one-way-drop', ['node-1', 'node-2']);
  const one = watched('one-way-drop', ['node-1']);

  it('is found by their evidence', () => {
    assert.deepEqual([...causesOf(both)], ['one-way-drop']);
    assert.ok(both.last.some(({ node }) => node === 'node-1, node-2'));
  });

  it('is less sure from one of them', () => {
    const sure = ({ last }: Joined) =>
      last.filter(({ cause }) => cause.id === 'one-way-drop' && cause.certainty === 'proven').length;
    assert.ok(sure(one) < sure(both), `${sure(one)} and ${sure(both)}`);
  });
});

it('sockets of two kernels that have one number stay apart', () => {
  const event = kernelTold(1, 'socket-error', null, { cookie: '77' });
  const voices = ['a', 'b'].map((node) => createNodeVoice(node).take(event));
  const cookies = voices.map((one) => (one.event === 'kernel' ? one.cookie : null));
  assert.deepEqual(cookies, ['77@a', '77@b']);
});

it('what a node held no more is missing of each of its witnesses, and who fell silent begins anew', () => {
  const voice = createNodeVoice('node-1');
  voice.take(source('capture', 'started'));
  voice.take(source('ip-monitor', 'started'));
  voice.take(source('ip-monitor', 'stopped'));
  const said = (all: readonly SourceEvent[]) =>
    all.map(({ source: name, state, lost }) => [name, state, lost]);
  assert.deepEqual(said(voice.hasMissed(7, 2e6)), [['capture', 'limited', 7]]);
  assert.deepEqual(voice.speakAgain(3e6), []);
  assert.deepEqual(said(voice.fallSilent(4e6, 'it was not heard')), [['capture', 'failed', null]]);
  const [again] = voice.speakAgain(5e6);
  assert.deepEqual([again?.state, again?.at], ['started', '1970-01-01T00:00:05.000000Z']);
});
