// Of a connection whose end alone was captured, when it was well last is known by its socket: what happened between that and its end may
// have ended it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { lostByNodes } from '../../../src/diagnose/connections/lost-by-nodes.ts';
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';

import type { NodeEvent } from '../../../src/model/node-event.ts';
import { atClient, endOfSocket, losesByReset, kernel } from '../kernel-events.ts';
import { lost, ran, serverRst, talk } from '../made-by-hand.ts';
import { at } from '../story-events.ts';

function goodBefore(...events: readonly NodeEvent[]): number {
  const reader = createNodeReader(null);
  for (const event of events) reader.add(event);
  const [loss, ...rest] = lostByNodes(reader.timeline()).lost;
  assert.ok(loss !== undefined);
  assert.deepEqual(rest, []);
  return Math.round((loss.failedAt - loss.lastGoodAt) / 1_000);
}

const ended = (): NodeEvent => {
  const event = endOfSocket(atClient, 0);
  if (event.event !== 'socket') return event;
  return { ...event, at: at(lost + 0.001), lastSentMs: 40, lastReceivedMs: 240 };
};
const witnesses = [...ran('capture'), ...kernel, ...ran('sockets')];

it('is known by its socket where no packet before the RST was captured', () => {
  const told = [...serverRst(), ...losesByReset(atClient)];
  assert.equal(goodBefore(...witnesses, ...told), 0);
  const ms = goodBefore(...witnesses, ...told, ended());
  assert.ok(ms >= 200 && ms <= 245, `${ms} ms`);
});

it('is known by its packets where these were', () => {
  const told = [...talk(), ...serverRst(), ...losesByReset(atClient)];
  assert.equal(goodBefore(...witnesses, ...told), goodBefore(...witnesses, ...told, ended()));
});
