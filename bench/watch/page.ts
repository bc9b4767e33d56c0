// The measurements as docs/watch-cost.md, each figure with its limit.
import { tables, type Section } from '../probing/page.ts';
import { pairedRatios, percentile, type Figure } from '../probing/spread.ts';
import type { InsideResults } from './inside.ts';
import type { Contender } from './rounds.ts';
import { slopeOf, type Slope } from './slope.ts';

export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly settleSeconds: number;
  readonly connections: number;
  readonly exchangesPerSecond: number;
  readonly perSecond: number;
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const once = (name: string, value: number, unit = '', digits = 0): Figure => ({
  ...{ name, unit, digits, values: [value] },
});

export function sectionsOf(results: Partial<InsideResults>, of: Circumstances): Section[] {
  const { latency, burst, cost, soak } = results;
  return [
    ...(latency === undefined ? [] : [latencySection(latency, of)]),
    ...(burst === undefined ? [] : [burstSection(burst)]),
    ...(cost === undefined ? [] : [costSection(cost, of)]),
    ...(soak === undefined ? [] : [soakSection(soak)]),
  ];
}

function latencySection(
  { resets, milliseconds, strangers, corrections }: InsideResults['latency'],
  { perSecond, seconds }: Circumstances,
): Section {
  const figure = (name: string, share: number) => once(name, percentile(milliseconds, share), ' ms');
  return {
    title: 'From the RST to the line',
    text: `${perSecond} connections a second for ${seconds} s, each reset by its server in place of an answer. Measured from the moment at which the server asks its
kernel for the RST to the one at which the line can be read from the watcher, by the machine's one clock. ${whole(resets)} were reset, ${whole(milliseconds.length)} of
them were told, and ${whole(strangers)} lines were of others; ${whole(corrections)} lines corrected an earlier one.`,
    figures: [
      figure('half of them within', 0.5),
      { ...figure('99% of them within', 0.99), limit: { most: 1_000 } },
      figure('the last one within', 1),
      { ...once('reset, and not told', resets - milliseconds.length), limit: { most: 0 } },
      { ...once('told, and not reset', strangers), limit: { most: 0 } },
    ],
  };
}

function burstSection(burst: InsideResults['burst']): Section {
  const { resets, milliseconds, counted, told, lost, onlyCounted, lagMs, pssMib } = burst;
  return {
    title: 'All at once',
    text: `${whole(resets)} connections, each with a question unanswered, reset by their server within ${milliseconds.toFixed(0)} ms. The kernel of its pod counted ${whole(counted)} RSTs
(TcpOutRsts); ${whole(told)} connections got a line of their own, ${whole(onlyCounted)} were counted only, and the summary has ${whole(lost)}.`,
    figures: [
      { ...once('resets', resets, '', 0) },
      { ...once('the burst took', milliseconds, ' ms'), limit: { most: 1_000 } },
      { ...once('not in the summary', Math.abs(resets - lost)), limit: { most: 0 } },
      { ...once('neither told nor counted', Math.abs(lost - told - onlyCounted)), limit: { most: 0 } },
      once('the last line after the last RST', lagMs, ' ms'),
      once('memory then', pssMib, ' MiB'),
    ],
  };
}

function costSection(
  uses: InsideResults['cost'],
  { rounds, seconds, settleSeconds, connections, exchangesPerSecond }: Circumstances,
): Section {
  const of = (name: Contender) => uses.filter(({ contender }) => contender === name);
  const cpu = (name: Contender) => of(name).map(({ cpuPercent }) => cpuPercent);
  const dataCpu = of('watch --port').map(({ dataPercent }) => dataPercent ?? Number.NaN);
  const memory = (name: Contender) => of(name).map(({ pssMib }) => pssMib);
  const percent = { unit: '%', digits: 2 };
  const mib = { unit: ' MiB', digits: 0 };
  const losses = uses.reduce((sum, use) => sum + use.losses, 0);
  return {
    title: 'Beside connections that nobody loses',
    text: `${whole(connections)} connections through the node to a pod on it, with ${whole(exchangesPerSecond)} exchanges a second over them, none of which is lost (${whole(losses)} were told of). Each program
was started ${rounds} times, in an order drawn anew in each round, left alone for ${settleSeconds} s and then measured for ${seconds} s, with all that it started: user and kernel time of
its processes, those included that had ended, as the kernel accounts for their control group, and the pages of each, divided by how many share them. What the kernel does for it in others' time (tracepoints, copies of
packets) is in nobody's account. *watch* takes no data packets but those that open and end connections; *watch --metrics* is scraped every 15 s besides; *watch --port* has those of the one port that there is written to
memory by a tcpdump of their own, which is read of connections in trouble only. *tcpdump* takes all that those of *watch --port* take, on all interfaces, too, and writes to /dev/null. CPU by program: ${byProgram(of('watch'))}.`,
    figures: [
      { name: 'watch, CPU', ...percent, values: cpu('watch'), limit: { most: 2 } },
      { name: 'watch, memory', ...mib, values: memory('watch'), limit: { most: 120 } },
      {
        name: 'watch, CPU until it is measured',
        unit: ' s',
        digits: 2,
        values: of('watch').map((use) => use.startSeconds),
      },
      { name: 'watch --metrics, CPU', ...percent, values: cpu('watch --metrics'), limit: { most: 2 } },
      { name: 'watch --metrics, memory', ...mib, values: memory('watch --metrics'), limit: { most: 128 } },
      { name: 'watch --port, CPU', ...percent, values: cpu('watch --port') },
      { name: 'tcpdump, CPU', ...percent, values: cpu('tcpdump') },
      {
        ...{ name: 'watch --port / tcpdump, CPU', unit: '', digits: 2, limit: { most: 1.5 } },
        values: pairedRatios(cpu('watch --port'), cpu('tcpdump')),
      },
      {
        ...{ name: 'of that, its tcpdump of data / tcpdump, CPU', unit: '', digits: 2, limit: { most: 1.5 } },
        values: pairedRatios(dataCpu, cpu('tcpdump')),
      },
      { name: 'watch --port, memory', ...mib, values: memory('watch --port') },
      { name: 'told of what was not lost', unit: '', digits: 0, values: [losses], limit: { most: 0 } },
    ],
  };
}

/** Of a node process's many threads the main one gives its name. */
function byProgram(uses: readonly { readonly byName: Readonly<Record<string, number>> }[]): string {
  const names = new Set(uses.flatMap(({ byName }) => Object.keys(byName)));
  return [...names]
    .map(
      (name) => [name, uses.reduce((sum, { byName }) => sum + (byName[name] ?? 0), 0) / uses.length] as const,
    )
    .filter(([, share]) => share >= 0.005)
    .map(([name, share]) => `${name === 'MainThread' ? 'Node.js' : name} ${share.toFixed(2)}%`)
    .join(', ');
}

function soakSection({ samples, told, resets }: InsideResults['soak']): Section {
  const hours = (samples.at(-1)?.atSeconds ?? 0) / 3_600;
  const slope = (of: (sample: (typeof samples)[number]) => number) =>
    slopeOf(samples.map((sample) => [sample.atSeconds / 3_600, of(sample)]));
  const memory = slope(({ pssMib }) => pssMib);
  const descriptors = slope((sample) => sample.descriptors);
  const words = ({ perUnit, low, high }: Slope, unit: string) =>
    `${perUnit.toFixed(1)}${unit} an hour (95%: ${low.toFixed(1)} to ${high.toFixed(1)})`;
  const mean = samples.reduce((sum, { pssMib }) => sum + pssMib, 0) / samples.length;
  return {
    title: 'For a while',
    text: `The same connections for ${(60 * hours).toFixed(0)} minutes, and others that are lost all the time: ${whole(resets)} were reset, ${whole(told)} told. By a line through the means of twenty parts, memory
changes by ${words(memory, ' MiB')}, descriptors by ${words(descriptors, '')}. The limits are for the upper end of
that interval, over the time measured.`,
    figures: [
      once('memory, mean', mean, ' MiB'),
      {
        ...once('memory grows by at most, of its mean', (100 * memory.high * hours) / mean, '%', 1),
        limit: { most: 10 },
      },
      { ...once('descriptors grow by at most', descriptors.high * hours, '', 1), limit: { most: 2 } },
      { ...once('reset, and not told', resets - told), limit: { most: 0 } },
    ],
  };
}

export function watchCostPage(results: Partial<InsideResults>, circumstances: Circumstances): string {
  return `# What watching costs

Written by \`npm run bench:watch -- --write\` on ${circumstances.date}, on ${circumstances.machine}, in private namespaces: a pod on the node that is watched, and its
clients on another machine, behind a router. Only ratios, and what is counted, mean anything elsewhere.

${tables(sectionsOf(results, circumstances))}`;
}
