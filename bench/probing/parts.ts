// The parts of the benchmark beside the rounds, each as a section of the page.
import { idleCost } from './idle.ts';
import { massReset } from './mass-reset.ts';
import type { Section } from './page.ts';
import type { Contenders } from './programs.ts';
import type { Say } from './rounds.ts';
import { median, quantile, shuffled } from './spread.ts';
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

export async function burst(times: number, say: Say): Promise<Section> {
  const connections = 1_000;
  const found = [];
  for (let time = 1; time <= times; time++) {
    say(`a thousand connections reset at once, ${time} of ${times}`);
    found.push(
      await massReset({
        ...{
          connections,
          workers: 1,
          sources: ['127.0.0.1'],
          heldMs: 12_000,
          watchedMs: 1_000,
          capture: true,
        },
      }),
    );
  }
  const delays = found.map(({ delaysMs }) => delaysMs).filter((delaysMs) => delaysMs.length > 0);
  const reported = Math.min(...found.map((one) => one.reported));
  return {
    title: 'A thousand connections reset at once',
    text: `From the RST’s time stamp in a capture to the event read from the client’s --events; ${times} such bursts.`,
    figures: [
      ...[
        { name: 'RST to event, median', values: delays.map(median) },
        {
          name: 'RST to event, p99',
          values: delays.map((delaysMs) => quantile(delaysMs, 0.99)),
          limit: { most: 5 },
        },
      ].map((figure) => ({ ...figure, unit: ' ms', digits: 2 })),
      {
        ...{ name: 'resets reported, fewest of all bursts', unit: '', digits: 0 },
        ...{ values: [reported], limit: { least: connections } },
      },
    ].filter(({ values }) => values.length > 0),
  };
}

export async function many(connections: number, say: Say): Promise<Section> {
  say(`${connections} connections in four processes a side, then reset at once: about a minute`);
  const sources = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
  const { held, reported } = await massReset({
    ...{ connections, workers: 4, sources, heldMs: 60_000, watchedMs: 1_000, capture: false },
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
