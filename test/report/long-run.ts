// An hour of 10,000 connections that is reset all over: made event by event, as it would be read from its files.
import { formatMicros } from '../../src/model/clock.ts';
import type { ClientEvent } from '../../src/model/probe-event.ts';
import { seededRandom } from '../../src/model/random.ts';
import { createCollector } from '../../src/report/collect/collector.ts';
import type { RunView } from '../../src/report/run-view.ts';

const startedAt = Date.UTC(2026, 0, 1) * 1_000;
const seconds = 3_600;
const connections = 10_000;

/**
 * 5,000 connections of each of two classes, which answer every `periodSeconds`; a rule flips every 45 s, and 1 in 50 of the
 * co-located ones is reset within the 5 s after it. One answer a minute is enough for the page's size,
 * which does not depend on it.
 */
export function hourOfTenThousand(periodSeconds = 60): RunView {
  const collector = createCollector({ episodeWindowMs: 5_000, startedAt, seconds });
  const random = seededRandom(3);
  let number = connections;
  for (let second = 0; second < seconds; second += 1) {
    const at = (share = random.next()) => formatMicros(startedAt + Math.floor((second + share) * 1e6));
    const base = (slot: number) => clientBase(slot, at());
    if (second % 45 === 0) {
      collector.addNode({
        ...{
          event: 'rule-changed',
          at: at(0),
          node: 'node-1',
          source: 'ip-monitor',
          file: 'evidence/node-1/ip-monitor.log',
        },
        ...{
          text: '30003: not from all iif eth0 lookup 1',
          preference: 30_003,
          selector: 'not from all iif eth0',
          table: '1',
        },
        change: second % 90 === 0 ? 'deleted' : 'added',
      });
    }
    for (let slot = second % periodSeconds; slot < connections; slot += periodSeconds) {
      if (second < periodSeconds)
        collector.addProbe({ event: 'connected', ...base(slot), connection: slot, connectMs: 1 });
      const latencyMs = 0.2 + random.next() ** 4 * 30;
      collector.addProbe({ event: 'answered', ...base(slot), latencyMs, lateMs: 0, answers: 1 });
    }
    for (let slot = 0; second % 45 < 5 && slot < connections; slot += 100) {
      if (random.next() > 0.4) continue;
      number += 1;
      const failed = { failure: 'reset', errno: 'ECONNRESET', syscall: 'read', phase: 'awaiting' } as const;
      collector.addProbe({
        event: 'failed',
        ...base(slot),
        ...failed,
        livedMs: 45_000,
        answers: 9,
        lastGoodAt: null,
      });
      collector.addProbe({ event: 'connected', ...base(slot), connection: number, connectMs: 1 });
    }
  }
  return collector.view(null);
}

function clientBase(slot: number, at: string): Omit<ClientEvent, 'event'> {
  return {
    ...{ role: 'client', class: slot % 2 === 0 ? 'co-located' : 'remote', connection: slot, slot },
    ...{ at, loopDelayMs: 0, local: `10.44.${slot >> 8}.${slot & 255}:40000`, remote: '10.48.14.50:8080' },
  };
}
