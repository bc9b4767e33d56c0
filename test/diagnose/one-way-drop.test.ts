// A hole in one direction is named only where the other one was seen to be open; where nobody spoke there, both stay open.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import {
  again,
  answersInVain,
  asksInVain,
  bare,
  gaveUp,
  inOrder,
  ofClient,
  ofServer,
  pushes,
} from './one-direction.ts';
import { ran, takesIcmp } from './made-by-hand.ts';
import { client } from './story-events.ts';

function told(nodes: readonly NodeEvent[], probe: ProbeEvent = gaveUp()) {
  const all = [
    ...nodes,
    ...takesIcmp(),
    ...['conntrack-events', 'conntrack-stats', 'ip-monitor'].flatMap(ran),
  ];
  const [finding, another] = diagnose({ probes: [probe], nodes: all }, causeModels);
  assert.ok(finding !== undefined && another === undefined);
  const { cause, author, rivals } = finding;
  return { cause, author, rivals: rivals.map((rival) => rival.cause) };
}
/** Of one pod's interface alone, which is the other end's node for nobody. */
const seenAt = (place: string, events: readonly NodeEvent[]) =>
  events
    .filter((event) => event.event !== 'packet' || event.interface === place)
    // What has come from the other end has passed routers.
    .map((event) =>
      event.event === 'packet' && (event.tuple.src === client) !== (place === 'cali-client')
        ? { ...event, ttl: 61 }
        : event,
    );
const neitherIsNamed = (nodes: readonly NodeEvent[], probe?: ProbeEvent) => {
  const { cause, rivals } = told(nodes, probe);
  assert.equal(cause, 'unknown');
  for (const one of ['silent-drop', 'one-way-drop']) assert.ok(rivals.includes(one), rivals.join());
};

describe('questions that vanish', () => {
  it('while what the server says arrives, vanish in one direction', () => {
    const { cause, author } = told(inOrder(...asksInVain(false), ...pushes(true)));
    assert.deepEqual([cause, author], ['one-way-drop', 'nobody']);
  });

  it('may vanish in a hole of both directions where the server says nothing', () => {
    neitherIsNamed(inOrder(...asksInVain(false)));
  });

  it('vanish in a hole of both where what the server says vanishes, too', () => {
    assert.equal(told(inOrder(...asksInVain(false), ...pushes(false))).cause, 'silent-drop');
  });

  it('say nothing of one direction where the server is heard only after the last of them: the hole may have been mended', () => {
    neitherIsNamed(inOrder(...asksInVain(false), ...ofServer(2.9, true)));
  });

  it('and a server that hangs up meanwhile, whose FIN arrives, are ended by that server', () => {
    const fin = { flags: 'F.', payloadLength: 0 };
    const nodes = inOrder(
      ...asksInVain(false),
      ...ofServer(2.7, true, fin),
      ...ofClient(2.7002, false, { ...bare, seq: 52, ack: 535 }),
    );
    const closed = gaveUp({ failure: 'closed', errno: 'EOF', at: '2026-11-23T06:41:42.900000Z' });
    const { cause, author } = told(nodes, closed);
    assert.deepEqual([cause, author], ['one-way-drop', 'server-application']);
  });

  it('are not all of their direction where shorter ones arrive meanwhile', () => {
    const { cause } = told(
      inOrder(
        ...asksInVain(false),
        ...pushes(true),
        ...[2.3001, 2.5101].flatMap((seconds) => ofClient(seconds, true, { ...bare, seq: 52, ack: 551 })),
      ),
    );
    assert.notEqual(cause, 'one-way-drop');
  });
});

describe('answers that vanish', () => {
  const nodes = inOrder(...asksInVain(true), ...answersInVain);

  it('vanish in one direction where the questions arrive again and again', () => {
    const { cause, author } = told(nodes);
    assert.deepEqual([cause, author], ['one-way-drop', 'nobody']);
  });

  it("are known to on the server's side alone: the client asks again what was acknowledged", () => {
    assert.equal(told(seenAt('cali-server', nodes)).cause, 'one-way-drop');
  });

  it("look from the client's side like any silence", () => {
    neitherIsNamed(seenAt('cali-client', nodes));
  });

  it('once, and then one repetition of the question that crossed an acknowledgement, are no hole of one direction', () => {
    const crossed = inOrder(
      ...ofClient(2.2, true),
      ...ofServer(2.2005, false, { ack: 52 }),
      ...ofClient(2.41, true, again),
    );
    assert.notEqual(told(seenAt('cali-server', crossed)).cause, 'one-way-drop');
  });
});
