// What two nodes told as a program deleted the entry of a connection whose answer was under way: the answer made an entry of its own, which
// begins at the server.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lostByNodes } from '../../../src/diagnose/connections/lost-by-nodes.ts';
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { recordedEvents } from '../recorded-events.ts';

const told = recordedEvents('answer-under-way.ndjson');

function lostIn(events: readonly NodeEvent[]) {
  const reader = createNodeReader(null);
  for (const event of events) reader.add(event);
  return lostByNodes(reader.timeline()).lost.map(
    ({ client, target }) => `${client?.address ?? '?'}>${target.address}`,
  );
}

describe('whose end a line is of', () => {
  it('is told by the entry that was there first, not by one that an answer made in mid-stream', () => {
    assert.deepEqual(lostIn(told), ['10.84.0.33>10.88.14.50']);
  });
});
