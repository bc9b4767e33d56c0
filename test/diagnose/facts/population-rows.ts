// The table's rows of what many connections show together.
import type { ProbeEvent } from '../../../src/model/probe-event.ts';
import { at, client, service } from '../story-events.ts';
import { counters, failed, good, lost, ran } from '../made-by-hand.ts';
import type { Row } from './row.ts';

const slotOf = (slot: number) => ({
  ...{ role: 'client' as const, class: 'here', connection: slot, slot, loopDelayMs: 0 },
  ...{ local: `${client}:${40_001 + slot}`, remote: `${service}:8080` },
});
const answered = (slot: number, seconds: number): ProbeEvent => ({
  ...{ event: 'answered', ...slotOf(slot), at: at(seconds), latencyMs: 1, lateMs: 0, answers: 1 },
});
/** Three connections that are used again after `shortSilence` and answered, and after `longSilence` and reset. */
const used = (shortSilence: number, longSilence: number): ProbeEvent[] =>
  [0, 1, 2].flatMap((slot): ProbeEvent[] => {
    const begun = good - shortSilence;
    const end = good + longSilence;
    return [
      answered(slot, begun),
      answered(slot, good),
      failed({ ...slotOf(slot), at: at(end), lastGoodAt: at(good), livedMs: (end - begun) * 1_000 }),
    ];
  });
/** The server closes three idle connections, so long after the last answer of each. */
const closedAfter = (...silences: readonly number[]): ProbeEvent[] =>
  silences.flatMap((silence, slot): ProbeEvent[] => [
    answered(slot, good),
    failed({
      ...slotOf(slot),
      ...{ at: at(good + silence), lastGoodAt: at(good), failure: 'closed', errno: 'EOF', phase: 'idle' },
    }),
  ]);
/** Three connections that are lost when they are used again after `silence`, and seven that live with `pause` between two answers. */
const parted = (silence: number, pause: number): ProbeEvent[] => [
  ...[0, 1, 2].flatMap((slot): ProbeEvent[] => [
    answered(slot, good),
    failed({ ...slotOf(slot), at: at(good + silence), lastGoodAt: at(good), waitedMs: 1 }),
  ]),
  ...[3, 4, 5, 6, 7, 8, 9].flatMap((slot): ProbeEvent[] => [answered(slot, 1), answered(slot, 1 + pause)]),
];
const lostTogether = [0, 1, 2].map((slot) => failed({ ...slotOf(slot), at: at(lost + slot / 1_000) }));
const rejected = (packets: number) => ({
  nodes: [
    counters('rule-counters', 'node-1', { 'filter FORWARD -j REJECT': packets }),
    ...ran('rule-counters'),
  ],
  probes: lostTogether,
});

export const populationRows = {
  'lost only after long idle': {
    seen: { probes: used(1, 5) },
    notSeen: { probes: used(1, 1.1) },
    // Of one connection no bound can be told.
    unknowable: { probes: used(1, 5).slice(0, 3), missing: null },
  },
  'idle bound parts them': {
    seen: { probes: parted(4, 2) },
    notSeen: { probes: parted(4, 5) },
    // Where all have one rhythm none of those that live can be compared.
    unknowable: { probes: parted(4, 2).slice(0, 6), missing: null },
  },
  'closed after the same silence': {
    seen: { probes: closedAfter(0.25, 0.251, 0.254) },
    notSeen: { probes: closedAfter(0.25, 0.1, 0.2) },
    // Of two nobody can tell.
    unknowable: { probes: closedAfter(0.25, 0.251), missing: null },
  },
  'rejected just as many': {
    seen: rejected(3),
    notSeen: rejected(2),
    unknowable: { probes: lostTogether, missing: 'rule-counters' },
  },
} as const satisfies Record<string, Row>;
