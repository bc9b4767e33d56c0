// Whether memory and descriptors stay what they are while connections are lost all the time.
import { setTimeout as sleep } from 'node:timers/promises';
import { startClient, startServer, startWatcher } from './processes.ts';
import { useOf } from './tree.ts';

export interface SoakSpec {
  readonly connections: number;
  readonly exchangesPerSecond: number;
  readonly lossesPerSecond: number;
  readonly seconds: number;
  /** Left out at the beginning: the heap finds its size. */
  readonly settleSeconds: number;
}

interface Sample {
  readonly atSeconds: number;
  readonly pssMib: number;
  readonly descriptors: number;
}

export interface Soak {
  readonly samples: readonly Sample[];
  /** That were told, each once. */
  readonly told: number;
  readonly resets: number;
}

const samplesInAll = 120;

export async function soak(spec: SoakSpec, say: (text: string) => void): Promise<Soak> {
  const { connections, exchangesPerSecond, lossesPerSecond, seconds, settleSeconds } = spec;
  const server = await startServer();
  const holding = await startClient('hold', connections, exchangesPerSecond);
  const watcher = await startWatcher();
  const losing = await startClient('lose', lossesPerSecond, lossesPerSecond * (settleSeconds + seconds));
  await sleep(settleSeconds * 1_000);
  const begun = performance.now();
  const samples: Sample[] = [];
  while (samples.length < samplesInAll) {
    const { pssMib, descriptors } = useOf(watcher.pid);
    samples.push({ atSeconds: (performance.now() - begun) / 1_000, pssMib, descriptors });
    if (samples.length % 10 === 0) say(`soak: ${pssMib.toFixed(0)} MiB, ${descriptors} descriptors`);
    await sleep((seconds * 1_000) / samplesInAll);
  }
  await losing.until((text) => text === 'done', 120_000);
  await sleep(2_000);
  for (const program of [watcher, losing, holding, server]) await program.end();
  const resets = server.lines.filter(({ text }) => text.startsWith('reset ')).length;
  const told = watcher.lines.filter(
    ({ text }) => text.includes('"kind":"lost"') && text.includes('"revision":1,'),
  );
  return { samples, told: told.length, resets };
}
