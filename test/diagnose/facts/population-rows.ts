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
  'rejected just as many': {
    seen: rejected(3),
    notSeen: rejected(2),
    unknowable: { probes: lostTogether, missing: 'rule-counters' },
  },
} as const satisfies Record<string, Row>;
