// Many connections reset at once: is each of them counted?
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseSnmp } from '../../src/observe/snmp-counters.ts';
import { watchLossSchema, watchSummarySchema } from '../../src/model/watch-record.ts';
import { startClient, startServer, startWatcher } from './processes.ts';
import { resetTimes } from './latency.ts';
import { useOf } from './tree.ts';

export interface Burst {
  readonly resets: number;
  /** From the first to the last. */
  readonly milliseconds: number;
  /** RSTs that the kernel of the server's pod counted meanwhile. */
  readonly counted: number;
  /** Connections with a line of their own. */
  readonly told: number;
  /** As the summary has them. */
  readonly lost: number;
  readonly onlyCounted: number;
  /** Until the last line of all could be read, after the last reset, milliseconds. */
  readonly lagMs: number;
  readonly pssMib: number;
}

/** After the last line that comes. */
const quietMs = 5_000;

export async function measureBurst(connections: number): Promise<Burst> {
  const server = await startServer();
  const watcher = await startWatcher();
  // It knows what it lists at its start and then rarely; these came since, as most do in life.
  const client = await startClient('wait', connections);
  const rstsBefore = outRsts(server.pid);
  server.write('reset');
  await server.until((text) => text.startsWith('reset all '), 60_000);
  await quiet(watcher.lines);
  const pssMib = useOf(watcher.pid).pssMib;
  const counted = outRsts(server.pid) - rstsBefore;
  await watcher.end();
  await client.end();
  await server.end();
  const times = [...resetTimes(server).values()];
  const [first = 0n, last = 0n] = [times[0], times.at(-1)];
  const lines = watcher.lines.filter(({ text }) => text.startsWith('{'));
  const summary = watchSummarySchema.parse(JSON.parse(lines.pop()?.text ?? 'null'));
  const told = lines.map(({ text, at }) => ({ at, loss: watchLossSchema.parse(JSON.parse(text)) }));
  const firstTold = told.filter(({ loss }) => loss.revision === 1);
  return {
    resets: times.length,
    milliseconds: Number(last - first) / 1e6,
    counted,
    told: new Set(told.map(({ loss }) => loss.id)).size,
    lost: summary.lost,
    onlyCounted: summary.onlyCounted,
    lagMs: Number((firstTold.at(-1)?.at ?? last) - last) / 1e6,
    pssMib,
  };
}

const outRsts = (pid: number): number =>
  parseSnmp(readFileSync(`/proc/${pid}/net/snmp`, 'utf8'))['TcpOutRsts'] ?? 0;

async function quiet(lines: readonly unknown[]): Promise<void> {
  for (let before = -1; before !== lines.length;) {
    before = lines.length;
    await sleep(quietMs);
  }
}
