// The parts of the benchmark beside the rounds, each as a section of the page.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { burstDelays } from './burst.ts';
import { measureCommands } from './commands.ts';
import { idleCost } from './idle.ts';
import { massReset } from './mass-reset.ts';
import type { Section } from './page.ts';
import type { Contenders } from './programs.ts';
import type { Say } from './rounds.ts';
import { shuffled, type Figure } from './spread.ts';
import { startUpOf } from './start-up.ts';

export async function idle(windows: number, say: Say): Promise<Section> {
  say(`ten connections at rest, for ${5 * windows} s`);
  const values = (await idleCost(5_000 * windows)).shares.map((share) => 100 * share);
  return {
    title: 'Ten connections at rest',
    text: `CPU of a client with ten connections and the default period of 5 s, as a share of one core, in each of ${windows} periods.`,
    figures: [{ name: 'client, ten connections', unit: '%', digits: 2, values, limit: { most: 0.2 } }],
  };
}

export async function burst(rounds: number, say: Say): Promise<Section> {
  const connections = 1_000;
  say(`a thousand connections reset at once, ${rounds} times: about a quarter of a minute each`);
  const found = await burstDelays({ connections, rounds });
  const figures = found.flatMap(({ name, rounds: seen }) =>
    (['p50', 'p99', 'most'] as const).map((which): Figure => ({
      ...{ name: `${name}, from reset to report, ${which}`, unit: ' ms', digits: 2 },
      values: seen.map((round) => round[which]),
      ...(which === 'p99' && name === 'netdebug' ? { limit: { most: 5 } } : {}),
    })),
  );
  return {
    title: 'A thousand connections reset at once',
    text: `From the reset to its report in the client’s --events; ${rounds} such bursts, in each of which all ${connections} resets were reported.`,
    figures,
  };
}

export async function many(connections: number, say: Say): Promise<Section> {
  say(`${connections} connections in four processes a side, then reset at once: about a minute`);
  const sources = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
  const { held, reported } = await massReset({
    ...{ connections, workers: 4, sources, heldMs: 60_000, watchedMs: 1_000 },
  });
  const counted = { unit: '', digits: 0, limit: { least: connections } };
  return {
    title: `${connections} connections`,
    text: 'Held by four processes on each side, then reset by the server all at once.',
    figures: [
      { name: 'connections held', ...counted, values: [held] },
      { name: 'their resets reported', ...counted, values: [reported] },
    ],
  };
}

export async function startUp({ netdebug, go, c }: Contenders, rounds: number, say: Say): Promise<Section> {
  const subjects = [netdebug, ...(go === undefined ? [] : [go])];
  const times = new Map(subjects.map(({ name }) => [name, [] as number[]]));
  for (let round = 1; round <= rounds; round++) {
    say(`start-up, round ${round} of ${rounds}`);
    for (const subject of shuffled(subjects, Math.random))
      times.get(subject.name)?.push(await startUpOf(subject, c ?? netdebug));
  }
  return {
    title: 'Start-up',
    text: 'From the command to the line about the first answer on stderr.',
    figures: [...times].map(([name, values]) => ({
      name: `client, ${name}`,
      unit: ' ms',
      digits: 0,
      values,
    })),
  };
}

export async function commands(rounds: number, say: Say): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-commands-'));
  try {
    const single = join(folder, 'single/netdebug');
    say('the program as one file is made, for half a minute');
    const build = resolve(import.meta.dirname, '../../scripts/build-single.mjs');
    await promisify(execFile)(process.execPath, [build, '--out', single]);
    const started = await measureCommands(folder, single, rounds, say);
    return {
      title: 'Commands that ask little',
      text: `From the command line to the end, as the package and as one file; ${rounds} rounds.`,
      figures: started.flatMap(({ name, most, ratios }) =>
        most === null
          ? []
          : [{ name: `${name}, × node -e 0`, unit: '', digits: 2, values: ratios, limit: { most } }],
      ),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
