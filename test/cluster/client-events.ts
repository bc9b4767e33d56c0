// Client events for tests, at times in seconds.
import { formatMicros } from '../../src/model/clock.ts';
import type { ClientEvent, FailedEvent } from '../../src/model/probe-event.ts';

export const micros = (seconds: number) => 1_800_000_000_000_000 + Math.round(seconds * 1e6);

const base = (at: number, connection: number) => ({
  at: formatMicros(micros(at)),
  loopDelayMs: 0,
  role: 'client' as const,
  class: 'remote',
  connection,
  slot: 0,
  local: `10.0.0.1:${4_000 + connection}`,
  remote: '10.0.0.9:8080',
});

export const connected = (at: number, connection: number): ClientEvent => ({
  ...{ event: 'connected', ...base(at, connection), connectMs: 1 },
});

export const answered = (at: number, connection: number, answers = 1): ClientEvent => ({
  ...{ event: 'answered', ...base(at, connection), latencyMs: 1, lateMs: 0, answers },
});

export const reset = (at: number, connection: number, phase: FailedEvent['phase'] = 'idle'): FailedEvent => ({
  ...{ event: 'failed', ...base(at, connection), failure: 'reset', errno: 'ECONNRESET', syscall: 'read' },
  ...{ phase, livedMs: 500, answers: 1, lastGoodAt: null },
});
