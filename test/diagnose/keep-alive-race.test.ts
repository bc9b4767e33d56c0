// A question that crosses the close of an idle connection, and what looks like it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose, diagnoseWire } from '../../src/diagnose/diagnose.ts';
import { closedOnFreshQuestion } from '../../src/diagnose/facts/idle-close.ts';
import type { NodeEvent, PacketEvent } from '../../src/model/node-event.ts';
import type { FailedEvent, ProbeEvent } from '../../src/model/probe-event.ts';
import {
  answered,
  failed,
  failedAgain,
  leaves,
  listener,
  lost,
  packet,
  question,
  ran,
  source,
  storyOf,
  talk,
} from './made-by-hand.ts';
import { endOfSocket } from './kernel-events.ts';
import { at, client, service } from './story-events.ts';

const asked = lost - 0.005;
/** The way of the client's packets as it dials. */
const opens = { src: client, sport: 40_001, dst: service, dport: 8_080 };
/** The server's FIN at this time, which acknowledges what is before `ack`. */
const fin = (seconds: number, ack = 35): PacketEvent[] => [
  packet(seconds, ['cali-server', 'in'], leaves, 'F.', { seq: 534, ack }),
  packet(seconds + 1e-5, ['cali-client', 'out'], answered, 'F.', { seq: 534, ack, ttl: 63 }),
];
/** The question, of a client whose kernel had received what is before `ack`. */
const asks = (ack: number): PacketEvent[] => question(asked, 35).map((one) => ({ ...one, ack }));
const rst = [
  packet(asked + 0.0001, ['cali-server', 'in'], leaves, 'R', { seq: 535 }),
  packet(asked + 0.0002, ['cali-client', 'out'], answered, 'R', { seq: 535, ttl: 63 }),
];
const crossing = [...talk(), ...fin(asked - 1e-5), ...asks(534), ...rst, ...ran('capture')];

const slotOf = (slot: number) => ({
  ...{ role: 'client' as const, class: 'here', connection: slot, slot, loopDelayMs: 0 },
  ...{ local: `${client}:${40_001 + slot}`, remote: `${service}:8080` },
});
const closed = (how: Partial<FailedEvent> = {}) => failed({ failure: 'closed', errno: 'EOF', ...how });
/** Others of its kind, which the server closed so long after their last answer, while nobody asked. */
const closedBeside = (...silences: readonly number[]) =>
  silences.map((silence, index) =>
    closed({
      ...slotOf(index + 1),
      ...{ at: at(1 + silence), lastGoodAt: at(1), phase: 'idle' },
    }),
  );
const lives: readonly NodeEvent[] = [
  ...ran('listeners'),
  { ...listener(0.5, 'opened', 'lives') },
  source('listeners', 'started', { seconds: 0.1 }),
];

const told = (nodes: readonly NodeEvent[], probes: readonly ProbeEvent[]) => {
  const [finding] = diagnose({ probes, nodes }, causeModels);
  assert.ok(finding !== undefined);
  return finding;
};

describe('a question that crosses the close of an idle connection', () => {
  it('is a race with a timer, where all were closed after the same silence and the server goes on', () => {
    const finding = told([...crossing, ...lives], [...closedBeside(0.1, 0.101, 0.1), closed()]);
    assert.deepEqual([finding.cause, finding.author], ['keep-alive-race', 'server-application']);
    assert.notEqual(finding.certainty?.cause, 'open');
  });

  it('stands open by its packets alone, which a server that ends makes as well', () => {
    const [finding] = diagnoseWire(crossing, causeModels);
    assert.equal(finding?.cause, 'unknown');
    const rivals = finding.rivals.map(({ cause }) => cause);
    for (const one of ['keep-alive-race', 'server-process-died'])
      assert.ok(rivals.includes(one), `${one} among ${rivals.join()}`);
    assert.ok(!rivals.includes('server-aborted'), rivals.join());
  });

  it('is none where the listener went, where nobody listens afterwards, or where the server had the question', () => {
    const gone = [...crossing, ...ran('listeners'), listener(asked - 0.001, 'closed', 'ended')];
    // Whether that was a kill for memory nobody told.
    const rivals = told(gone, [closed()]).rivals.map(({ cause }) => cause);
    assert.deepEqual(rivals.toSorted(), ['server-killed-for-memory', 'server-process-died']);
    assert.notEqual(told(crossing, [closed(), failedAgain('refused')]).cause, 'keep-alive-race');
    const had = [...talk(), ...asks(534), ...fin(asked + 0.001, 52), ...ran('capture'), ...lives];
    assert.notEqual(told(had, [closed()]).cause, 'keep-alive-race');
  });

  it('may be one where a server that ran late closed with the question unread, not where that lay there for long', () => {
    const rivalsAt = (late: number) => {
      const unread = [
        ...[...talk(), ...asks(534), ...fin(asked + late, 52), ...ran('capture')],
        packet(asked + late + 1e-4, ['cali-server', 'in'], leaves, 'R.', { seq: 535, ack: 52, window: 500 }),
      ];
      return diagnoseWire(unread, causeModels).flatMap(({ rivals }) => rivals.map(({ cause }) => cause));
    };
    assert.ok(rivalsAt(0.015).includes('keep-alive-race'), rivalsAt(0.015).join());
    assert.ok(!rivalsAt(0.4).includes('keep-alive-race'), rivalsAt(0.4).join());
  });

  it('is none where the client had been closed on for long, and did not run', () => {
    const stalled = [...talk(), ...fin(asked - 0.4), ...asks(535), ...rst, ...ran('capture'), ...lives];
    const late = closed({ loopDelayMs: 400, at: at(lost + 0.3) });
    assert.notEqual(told(stalled, [late]).cause, 'keep-alive-race');
  });

  it('is one where the FIN was in the kernel of a client that had no time to hear of it', () => {
    const justHeard = [...talk(), ...fin(asked - 0.001), ...asks(535), ...rst, ...ran('capture'), ...lives];
    assert.equal(told(justHeard, [closed()]).cause, 'keep-alive-race');
  });

  it('may be one where its end tells of a question that nobody saw come after the FIN', () => {
    const unseen = [
      packet(1, ['cali-client', 'in'], opens, 'S', { seq: 17 }),
      packet(1.0001, ['cali-server', 'in'], leaves, 'S.', { seq: 533, ack: 18 }),
      ...[...fin(asked, 35), ...ran('capture')],
      packet(asked + 0.024, ['cali-server', 'in'], leaves, 'R.', { seq: 535, ack: 52, window: 500 }),
      { ...endOfSocket(leaves, 17), at: at(asked + 0.3) },
    ];
    assert.equal(closedOnFreshQuestion(storyOf(unseen, [failed()])).seen, 'unknown');
    const knew = [...unseen.slice(0, -1), { ...endOfSocket(leaves, 0), at: at(asked + 0.3) }];
    assert.equal(closedOnFreshQuestion(storyOf(knew, [failed()])).seen, 'no');
  });
});
