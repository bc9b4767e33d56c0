// How fast, and in how much memory, captures are diagnosed: against tshark, which filters the same file for RSTs, and against itself
// with a sixth of the data.
//   npm run bench:captures -- [--rounds N] [--seed N] [--megabytes N] [--write]    --write keeps the result in docs/captures.md
// tshark is Debian's package of that name (apt-get install tshark); without it there is nothing to compare with.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { endRuns, runMeasured, type Run } from './captures/measured-run.ts';
import { makeStorm } from './captures/storm.ts';
import { makeTraffic } from './captures/traffic.ts';
import { tables, type Section } from './probing/page.ts';
import { pairedRatios, shuffled, type Figure } from './probing/spread.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    megabytes: { type: 'string', default: '500' },
    write: { type: 'boolean', default: false },
  },
});
const [rounds, seed, megabytes] = [Number(flags.rounds), Number(flags.seed), Number(flags.megabytes)];
const times = 6;
const stormResets = 70_000;

const folder = mkdtempSync(join(tmpdir(), 'netdebug-bench-captures-'));
const tidyUp = () => {
  endRuns();
  rmSync(folder, { recursive: true, force: true });
};
process.once('exit', tidyUp);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    tidyUp();
    process.exit(130);
  });

const say = (text: string) => process.stderr.write(`${text}\n`);
const netdebug = resolve(import.meta.dirname, '../bin/netdebug');
/** 2: something of what was lost is open, as it is where a capture is all there is. */
const diagnosed = [0, 2];
const diagnose = (path: string) => runMeasured([netdebug, 'diagnose', '--json', path], diagnosed);

say(`seed ${seed}; making captures in ${folder}`);
const file = (name: string) => join(folder, `${name}.pcap`);
const whole = makeTraffic(file('whole'), { seed, bytes: megabytes * 1e6 });
makeTraffic(file('sixth'), { seed, bytes: (megabytes * 1e6) / times });
makeStorm(file('storm'), { seed, resets: stormResets });
makeStorm(file('sixth-of-storm'), { seed, resets: Math.round(stormResets / times) });
makeStorm(file('one'), { seed, resets: 1 });
const hasTshark = spawnSync('tshark', ['--version']).status === 0;
if (!hasTshark) say('tshark is not installed, so there is nothing to compare with: apt-get install tshark');

const programs: Readonly<Record<string, () => Promise<Run>>> = {
  netdebug: () => diagnose(file('whole')),
  ...(hasTshark && {
    tshark: () => runMeasured(['tshark', '-n', '-r', file('whole'), '-Y', 'tcp.flags.reset==1']),
  }),
  'a sixth of it': () => diagnose(file('sixth')),
  storm: () => diagnose(file('storm')),
  'a sixth of the storm': () => diagnose(file('sixth-of-storm')),
  'one connection': () => diagnose(file('one')),
};
const runs = new Map(Object.keys(programs).map((name) => [name, [] as Run[]]));
for (let round = 1; round <= rounds; round += 1) {
  for (const [name, run] of shuffled(Object.entries(programs), Math.random)) {
    const { wallSeconds, cpuSeconds, peakMib } = await run().then((done) => {
      runs.get(name)?.push(done);
      return done;
    });
    say(
      `round ${round} of ${rounds}, ${name}: ${wallSeconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, ${peakMib.toFixed(0)} MiB`,
    );
  }
}

const of = (name: string, what: 'wallSeconds' | 'cpuSeconds' | 'peakMib') =>
  (runs.get(name) ?? []).map((run) => run[what]);
const inSeconds = { unit: ' s', digits: 2 };
const costs = (name: string): Figure[] => [
  { name: `${name}, time`, ...inSeconds, values: of(name, 'wallSeconds') },
  { name: `${name}, CPU`, ...inSeconds, values: of(name, 'cpuSeconds') },
];
const ratios = { unit: '', digits: 2 };
/** How much longer, without what the program takes to begin. */
function growth(larger: string, smaller: string): Figure[] {
  return (['wallSeconds', 'cpuSeconds'] as const).map((what) => {
    const beginning = of('one connection', what);
    const rest = (name: string) => of(name, what).map((value, round) => value - (beginning[round] ?? 0));
    return {
      name: `${larger} / ${smaller}, ${what === 'wallSeconds' ? 'time' : 'CPU'}`,
      ...ratios,
      values: pairedRatios(rest(larger), rest(smaller)),
      limit: { most: 7 },
    };
  });
}

const lost = (name: string): string => {
  const record = JSON.parse(runs.get(name)?.[0]?.stdout ?? '{}') as { counts?: { lost?: number } };
  return String(record.counts?.lost ?? 'unknown');
};
const tsharkPrinted = hasTshark ? String(runs.get('tshark')?.[0]?.stdout.trim().split('\n').length) : 'no';
const sections: Section[] = [
  {
    title: 'Against tshark',
    text: `${(whole.bytes / 1e6).toFixed(0)} MB, ${whole.packets} packets, ${whole.resets} RSTs. Of the ${whole.ended} connections that end in it, ${whole.lostByReset} lose something by a RST, and
${whole.lostInSilence} are not answered any more; netdebug says that ${lost('netdebug')} were lost, and why (what is silent at the very end it calls stalled, and
counts apart; of a connection it keeps the five seconds before its RST, and where there is nothing in them it cannot know that a client had all it wanted). tshark prints ${tsharkPrinted} packets with \`-n -r FILE -Y tcp.flags.reset==1\`.`,
    figures: [
      ...costs('netdebug'),
      {
        name: 'netdebug, peak memory',
        unit: ' MiB',
        digits: 0,
        values: of('netdebug', 'peakMib'),
        ...(megabytes === 500 && { limit: { most: 1_024 } }),
      },
      ...(hasTshark
        ? [
            ...costs('tshark'),
            { name: 'tshark, peak memory', unit: ' MiB', digits: 0, values: of('tshark', 'peakMib') },
            {
              name: 'netdebug / tshark, time',
              ...ratios,
              values: pairedRatios(of('netdebug', 'wallSeconds'), of('tshark', 'wallSeconds')),
              limit: { most: 1 },
            },
            {
              name: 'netdebug / tshark, CPU',
              ...ratios,
              values: pairedRatios(of('netdebug', 'cpuSeconds'), of('tshark', 'cpuSeconds')),
            },
          ]
        : []),
    ],
  },
  {
    title: 'Six times as much',
    text: `The same traffic in a sixth of the bytes, and a storm: ${stormResets} connections reset by one server, with stamps up to six seconds out of order
(${(statSync(file('storm')).size / 1e6).toFixed(0)} MB; netdebug says ${lost('storm')} were lost), and a sixth of it. What a capture of one connection takes is subtracted from both.`,
    figures: [
      ...growth('netdebug', 'a sixth of it'),
      ...growth('storm', 'a sixth of the storm'),
      { name: 'storm, peak memory', unit: ' MiB', digits: 0, values: of('storm', 'peakMib') },
    ],
  },
];
const [cpu] = cpus();
const page = `# What a capture costs

Written by \`npm run bench:captures -- --write\` on ${new Date().toISOString().slice(0, 10)}, seed ${seed}, on ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, Node.js ${process.version}; ${rounds}
rounds, in each of which all programs took a turn, in an order drawn anew. A ratio is taken within each round. The captures are made by
\`bench/captures/traffic.ts\` and \`storm.ts\`: made-up connections, some of them through translation, that end in all the ways in which
connections end; the same seed makes the same files.

${tables(sections)}`;
process.stdout.write(page);
if (flags.write) await writeFile(resolve(import.meta.dirname, '../docs/captures.md'), page);
