// What was recorded, told to the live engine as it was told then, with a clock that runs as fast as it can.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createLiveLosses } from '../../../src/experiment/watch/create-live-losses.ts';
import type { LiveLosses, WantedConnections } from '../../../src/experiment/watch/live-losses.ts';
import { parseMicros, type Micros } from '../../../src/model/clock.ts';
import { nodeEventSchema, type NodeEvent } from '../../../src/model/node-event.ts';
import type { WatchLoss } from '../../../src/model/watch-record.ts';

const recorded = resolve(import.meta.dirname, '../../recorded');

/** The events of one node, in order of time. @param path Under test/recorded. */
export function recordedEvents(...path: string[]): NodeEvent[] {
  const text = gunzipSync(readFileSync(join(recorded, ...path))).toString();
  const events = text
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [nodeEventSchema.parse(JSON.parse(line))]));
  return events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

export const everything: WantedConnections = { ports: [], addresses: [], pods: [], processes: [] };

export interface Replayed {
  readonly losses: LiveLosses;
  /** As they were said, with the time of the look that said them. */
  readonly lines: readonly { readonly line: WatchLoss; readonly saidAt: Micros }[];
  /** Each loss as it was said last. */
  readonly last: readonly WatchLoss[];
  readonly now: Micros;
}

export interface ReplayOptions {
  readonly wanted?: Partial<WantedConnections>;
  /** A look each so many microseconds. */
  readonly every?: Micros;
  /** How long it goes on looking when nothing is told any more. */
  readonly after?: Micros;
  readonly end?: boolean;
  readonly beforeLook?: () => void;
  readonly afterLook?: () => void;
  readonly keepMs?: number;
  /** As the engine has it. */
  readonly monotonic?: () => number;
}

export function replay(events: readonly NodeEvent[], options: ReplayOptions = {}): Replayed {
  const { every = 100_000, after = 15_000_000, end = true, keepMs = 600_000, wanted = {} } = options;
  const start = parseMicros(events[0]?.at ?? '');
  const losses = createLiveLosses({
    node: events[0]?.node ?? 'node-1',
    wanted: { ...everything, ...wanted },
    keepMs,
    startedAt: start,
    ...(options.monotonic === undefined ? {} : { monotonic: options.monotonic }),
  });
  const lines: { line: WatchLoss; saidAt: Micros }[] = [];
  const look = (at: Micros) => {
    options.beforeLook?.();
    for (const line of losses.look(at)) lines.push({ line, saidAt: at });
    options.afterLook?.();
  };
  let now = start;
  for (const event of events) {
    const at = parseMicros(event.at);
    for (; now + every <= at; now += every) look(now + every);
    losses.take(event);
  }
  for (const until = now + after; now < until; now += every) look(now + every);
  if (end) for (const line of losses.end(now)) lines.push({ line, saidAt: now });
  const last = new Map(lines.map(({ line }) => [line.id, line]));
  return { losses, lines, last: [...last.values()], now };
}
