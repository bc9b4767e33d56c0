// How long after its RST a lost connection's line can be read.
import { setTimeout as sleep } from 'node:timers/promises';
import { watchLossSchema } from '../../src/model/watch-record.ts';
import { startClient, startServer, startWatcher, type Running } from './processes.ts';

export interface LatencySpec {
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Latency {
  readonly resets: number;
  /** Of each connection that was told, from its RST to the first line of it that could be read. */
  readonly milliseconds: readonly number[];
  /** Lines of connections that were not reset. */
  readonly strangers: number;
  /** Lines that corrected an earlier one. */
  readonly corrections: number;
}

/** What is told late is waited for; what is told later than this counts as not told. */
const patienceMs = 5_000;

export async function measureLatency({ perSecond, seconds }: LatencySpec): Promise<Latency> {
  const server = await startServer();
  const watcher = await startWatcher();
  const client = await startClient('lose', perSecond, perSecond * seconds);
  await client.until((text) => text === 'done', seconds * 1_000 + 60_000);
  await sleep(patienceMs);
  await watcher.end();
  await client.end();
  await server.end();
  const resets = resetTimes(server);
  const first = new Map<number, number>();
  let [strangers, corrections] = [0, 0];
  for (const { text, at } of watcher.lines.filter((line) => line.text.includes('"kind":"lost"'))) {
    const { ends, revision } = watchLossSchema.parse(JSON.parse(text));
    const reset = resets.get(ends.client?.port ?? -1);
    if (revision > 1) corrections += 1;
    if (reset === undefined) strangers += 1;
    else if (!first.has(ends.client?.port ?? -1))
      first.set(ends.client?.port ?? -1, Number(at - reset) / 1e6);
  }
  return { resets: resets.size, milliseconds: [...first.values()], strangers, corrections };
}

/** By the client's port, when the server reset it: nanoseconds of the monotonic clock, just before it asked for that. */
export function resetTimes({ lines }: Pick<Running, 'lines'>): Map<number, bigint> {
  return new Map(
    lines.flatMap(({ text }) => {
      const [, port, at] = /^reset ([0-9]+) ([0-9]+)$/.exec(text) ?? [];
      return port === undefined || at === undefined ? [] : [[Number(port), BigInt(at)] as const];
    }),
  );
}
