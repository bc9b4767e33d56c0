// What a kernel (Linux 6.18) told as a server was killed that three clients of its own node, by way of a Service, and three of another node
// had asked something: the node gives its own another port, and no entry tells which.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lostByNodes } from '../../../src/diagnose/connections/lost-by-nodes.ts';
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { recordedEvents } from '../recorded-events.ts';

const told = recordedEvents('both-ends.ndjson');

/** CLIENT>TARGET, each as often as it is lost. */
function lostIn(events: readonly NodeEvent[]) {
  const reader = createNodeReader(null);
  for (const event of events) reader.add(event);
  const { lost } = lostByNodes(reader.timeline());
  return lost.map(({ client, target }) => `${client?.address ?? '?'}>${target.address}`).sort();
}
const times = (count: number, what: string) => Array.from({ length: count }, () => what);
const ofService = times(3, '10.44.0.33>10.48.14.50');
const ofOtherNode = times(3, '10.44.1.21>10.44.0.10');

describe('both ends of a connection that its node translates', () => {
  it('are one lost connection where one act told of both', () => {
    assert.deepEqual(lostIn(told), [...ofService, ...ofOtherNode]);
  });

  it('stay two where nothing tells that they are one', () => {
    const change = (by: (event: Extract<NodeEvent, { event: 'kernel' }>) => Partial<typeof event>) =>
      told.map((event) =>
        event.event === 'kernel' && event.tuple?.src === '10.44.0.33' ? { ...event, ...by(event) } : event,
      );
    const alone = [...times(3, '10.44.0.33>10.44.0.10'), ...ofService, ...ofOtherNode];
    // Another thread's system call, another node, or a client that the server knows by another address.
    assert.deepEqual(lostIn(change(() => ({ task: 4_711 }))), alone);
    assert.deepEqual(lostIn(change(() => ({ node: 'node-2' }))), alone);
    assert.equal(
      lostIn(change(({ tuple }) => ({ tuple: tuple === null ? null : { ...tuple, src: '10.44.0.99' } })))
        .length,
      9,
    );
  });
});
