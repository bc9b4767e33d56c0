// What a box that forgets idle connections shows, and what looks like it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent, PacketEvent } from '../../src/model/node-event.ts';
import type { FailedEvent, ProbeEvent } from '../../src/model/probe-event.ts';
import { answered, asked, failed, good, leaves, packet, ran, takesIcmp, talk } from './made-by-hand.ts';
import { at, client, firstEntry, service } from './story-events.ts';

const used = (silence: number) => good + 0.001 + silence;
const data = { payloadLength: 17, ipLength: 69, hasTimestampOption: true, window: 500 };
/** The question after the silence, as the client's interface has it. */
const question = (silence: number, more: Partial<PacketEvent> = {}) => [
  packet(used(silence), ['cali-client', 'in'], asked, 'P.', { ...data, seq: 35, ...more }),
  packet(used(silence) + 1e-5, ['eth0', 'out'], asked, 'P.', { ...data, seq: 35, ttl: 63, ...more }),
];
/** A RST comes in from the network; and one that leaves the server's pod. */
const fromNetwork = (silence: number) => [
  packet(used(silence) + 0.0002, ['eth0', 'in'], answered, 'R', { seq: 534, ttl: 61 }),
  packet(used(silence) + 0.0003, ['cali-client', 'out'], answered, 'R', { seq: 534, ttl: 60 }),
];
const fromServer = (silence: number) => [
  packet(used(silence) + 0.0002, ['cali-server', 'in'], leaves, 'R', { seq: 534 }),
  packet(used(silence) + 0.0003, ['cali-client', 'out'], answered, 'R', { seq: 534, ttl: 63 }),
];
const capture = ran('capture');
const boxSays = (silence: number) => [...talk(), ...question(silence), ...fromNetwork(silence), ...capture];

const slotOf = (slot: number) => ({
  ...{ role: 'client' as const, class: 'here', connection: slot, slot, loopDelayMs: 0 },
  ...{ local: `${client}:${40_001 + slot}`, remote: `${service}:8080` },
});
const well = (slot: number, seconds: number): ProbeEvent => ({
  ...{ event: 'answered', ...slotOf(slot), at: at(seconds), latencyMs: 1, lateMs: 0, answers: 1 },
});
/** All of them were made after one second. */
const lostAfter = (slot: number, silence: number, how: Partial<FailedEvent> = {}): ProbeEvent => {
  const end = used(silence) + (how.waitedMs ?? 1) / 1_000;
  return failed({
    ...slotOf(slot),
    ...{ lastGoodAt: at(good + 0.001), at: at(end), livedMs: (end - 1) * 1_000, waitedMs: 1, ...how },
  });
};
const timedOut = { failure: 'timeout', errno: 'DEADLINE', waitedMs: 700 } as const;
/** Seven slots that live with pauses of `pause`, and so many lost after these silences; the first of them is the one that was captured. */
const fleet = (pause: number, silences: readonly number[], how: Partial<FailedEvent> = {}): ProbeEvent[] => [
  ...silences.flatMap((silence, slot) => [well(slot, good + 0.001), lostAfter(slot, silence, how)]),
  ...[10, 11, 12, 13, 14, 15, 16].flatMap((slot) => [well(slot, 1), well(slot, 1 + pause)]),
];
const apart = fleet(1, [4, 4.1, 4.2]);

function told(nodes: readonly NodeEvent[], probes: readonly ProbeEvent[]) {
  const findings = diagnose({ probes, nodes }, causeModels);
  // Of the others of the fleet nobody saw a packet.
  const own = findings.find(({ cause }) => cause !== 'unknown') ?? findings[0];
  assert.ok(own !== undefined);
  return own;
}
const rivalsOf = ({ rivals }: ReturnType<typeof told>) => rivals.map(({ cause }) => cause).sort();

describe('a RST from the network after a silence', () => {
  it("is a box's that forgets, where silence parts the flows that were lost from those that live", () => {
    const finding = told(boxSays(4), apart);
    assert.deepEqual([finding.cause, finding.author], ['idle-timeout-between', 'in-between']);
    assert.match(finding.sentence, /between 1\.0 s and 4\.0 s/);
  });

  it('stands open where nothing is known of others: somebody may have forged it', () => {
    const finding = told(boxSays(4), apart.slice(0, 2));
    assert.equal(finding.cause, 'unknown');
    assert.deepEqual(rivalsOf(finding), ['forged-reset', 'idle-timeout-between']);
    assert.equal(finding.author, 'in-between');
  });

  it('was forged where it came after a short one, and where others that were silent for longer live', () => {
    assert.equal(told(boxSays(0.1), [well(0, good + 0.001), lostAfter(0, 0.1)]).cause, 'forged-reset');
    assert.equal(told(boxSays(4), fleet(5, [4, 4.1, 4.2])).cause, 'forged-reset');
  });

  it("is no box's where the server's pod sent it, or where the own table had forgotten", () => {
    const sent = [...talk(), ...question(4), ...fromServer(4), ...capture];
    assert.notEqual(told(sent, apart).cause, 'idle-timeout-between');
    const gone = [
      firstEntry(1, 40_001),
      firstEntry(used(4), 40_001, 'destroy', { state: 'ESTABLISHED' }),
      ...ran('conntrack-events'),
    ];
    assert.notEqual(told([...boxSays(4), ...gone], apart).cause, 'idle-timeout-between');
  });
});

describe('a question after a silence that nobody answers', () => {
  const again = [0.2, 0.6].flatMap((later) => question(4 + later, { retransmission: true }));
  const entries = [firstEntry(1, 40_001), ...ran('conntrack-events')];
  const silent = [...talk(), ...question(4), ...again, ...takesIcmp(), ...entries];

  it('vanished in a box that forgets, where silence parts the flows', () => {
    const finding = told(silent, fleet(1, [4, 4.1, 4.2], timedOut));
    assert.equal(finding.cause, 'idle-timeout-between', rivalsOf(finding).join());
  });

  it('stands open where nothing is known of others', () => {
    const finding = told(silent, fleet(1, [4], timedOut).slice(0, 2));
    assert.equal(finding.cause, 'unknown');
    assert.ok(rivalsOf(finding).includes('silent-drop'), rivalsOf(finding).join());
    assert.notDeepEqual(rivalsOf(finding), ['silent-drop']);
  });

  it('vanished elsewhere where others that were silent for longer live', () => {
    assert.notEqual(told(silent, fleet(5, [4, 4.1, 4.2], timedOut)).cause, 'idle-timeout-between');
  });
});
