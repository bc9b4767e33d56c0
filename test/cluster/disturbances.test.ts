// What is done to pods and nodes is noticed by comparing looks, and covers the time in which it may have begun.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDisturbances } from '../../src/cluster/disturbances.ts';
import type { NodeView } from '../../src/cluster/node-view.ts';
import type { PodView } from '../../src/cluster/pod-view.ts';
import { micros } from './client-events.ts';

const pod = (rest: Partial<PodView> = {}): PodView => ({
  ...{
    name: 'server-1',
    uid: 'u1',
    component: 'server',
    node: 'a',
    phase: 'Running',
    ready: true,
    deleting: false,
  },
  ...{ restarts: 0, unschedulable: null, waiting: null, lastExit: null, ...rest },
});
const node = (rest: Partial<NodeView> = {}): NodeView => ({
  name: 'a',
  ready: true,
  cordoned: false,
  schedulable: true,
  ...rest,
});

/** Looks at 0 s (all well), then at 2, 4, … s; margin one second. */
function watched(...looks: readonly { pods?: readonly PodView[]; nodes?: readonly NodeView[] }[]) {
  const disturbances = createDisturbances(['server'], 1_000);
  const sentences = [{}, ...looks].map(
    (
      { pods = [pod()], nodes = [node()] }: { pods?: readonly PodView[]; nodes?: readonly NodeView[] },
      index,
    ) => disturbances.compare({ at: micros(index * 2), pods, nodes }),
  );
  return { sentences: sentences.flat(), at: (seconds: number) => disturbances.reasonAt(micros(seconds)) };
}

test('nothing is reported while nothing is done', () => {
  const { sentences, at } = watched({}, {});
  assert.deepEqual(sentences, []);
  assert.equal(at(1), undefined);
});

test('a restart covers the time between the looks, with a margin on both sides', () => {
  const { sentences, at } = watched(
    {},
    { pods: [pod({ restarts: 1, lastExit: 'OOMKilled, exit code 137' })] },
    {},
  );
  const sentence = 'pod server-1 restarted (OOMKilled, exit code 137)';
  assert.deepEqual(sentences, [sentence]);
  assert.deepEqual([at(0.9), at(1), at(5), at(5.1)], [undefined, sentence, sentence, undefined]);
});

test('a cordon covers everything until the node is uncordoned', () => {
  const cordoned = { nodes: [node({ cordoned: true })] };
  const { sentences, at } = watched(cordoned, cordoned, {});
  assert.deepEqual(sentences, ['node a is cordoned']);
  assert.deepEqual([at(-1), at(4), at(7)], Array(3).fill('node a is cordoned'));
  assert.equal(at(7.1), undefined);
  assert.equal(watched(cordoned).at(1e6), 'node a is cordoned');
});

test('a deleted pod, a missing one and its successor are all named', () => {
  const { sentences } = watched(
    { pods: [pod({ deleting: true })] },
    { pods: [] },
    { pods: [pod({ uid: 'u2', name: 'server-2' })] },
  );
  assert.deepEqual(sentences, [
    'pod server-1 is being deleted',
    'there is no server pod',
    'pod server-2 is new',
  ]);
});

test('nodes that could not be read this time keep their state', () => {
  const disturbances = createDisturbances(['server'], 1_000);
  const look = (seconds: number, nodes: readonly NodeView[] | undefined) =>
    disturbances.compare({ at: micros(seconds), pods: [pod()], nodes });
  look(0, [node()]);
  look(2, [node({ cordoned: true })]);
  look(4, undefined);
  assert.equal(disturbances.reasonAt(micros(1e6)), 'node a is cordoned');
});
