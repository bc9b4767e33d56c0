// What the probe costs against a minimal C program and the seed's design in Go: ratios inside one run, interleaved, medians.
//   npm run bench -- [--quick] [--json] [--rounds N] [--write]
// --quick: one round and fewer connections, to see that it works; --write: keep the result in docs/performance.md.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { costOf, type Cost, type Load } from './probing/cost.ts';
import { massReset } from './probing/mass-reset.ts';
import { endMark, median, page, percentile, table, type Figures, type Target } from './probing/page.ts';
import { contenders, type Contender, type Side } from './probing/programs.ts';
import { startUpOf, throughputOf } from './probing/start-up.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string' },
  },
});
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 5));
const load: Load = { connections: flags.quick ? 1_000 : 10_000, periodMs: 5_000, windowMs: 5_000 };
const many = flags.quick ? 5_000 : 50_000;
const document = resolve(import.meta.dirname, '../docs/performance.md');

const say = (text: string) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
const folder = await mkdtemp(join(tmpdir(), 'netdebug-bench-'));
try {
  const figures = await measure(contenders(folder));
  process.stdout.write(flags.json ? `${JSON.stringify(figures, null, 1)}\n` : table(figures));
  if (flags.write) {
    const old = await readFile(document, 'utf8').catch(() => '');
    const byHand = old.includes(endMark) ? old.slice(old.indexOf(endMark) + endMark.length + 1) : '';
    await writeFile(document, page(figures, new Date().toISOString().slice(0, 10), byHand));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(all: readonly Contender[]): Promise<Figures> {
  const ours = all.find(({ name }) => name === 'netdebug');
  if (ours === undefined) throw new Error('we are missing');
  const other = all[0] ?? ours;
  const costs = new Map<string, Cost[]>();
  for (let round = 1; round <= rounds; round++) {
    for (const side of ['client', 'server'] as const) {
      for (const subject of all) {
        const cost = await costOf(subject, side, other, load);
        const key = `${side} ${subject.name}`;
        costs.set(key, [...(costs.get(key) ?? []), cost]);
        say(
          `round ${round}/${rounds} ${key}: ${cost.microsPerProbe.toFixed(1)} µs a probe, ${cost.kibPerConnection.toFixed(2)} KiB a connection`,
        );
      }
    }
  }
  const middle = (side: Side, name: Contender['name'], figure: keyof Cost) => {
    const found = costs.get(`${side} ${name}`);
    return found === undefined ? null : median(found.map((cost) => cost[figure]));
  };
  const ratio = (side: Side, to: Contender['name'], figure: keyof Cost) => {
    const [mine, theirs] = [middle(side, 'netdebug', figure), middle(side, to, figure)];
    return mine === null || theirs === null ? null : mine / theirs;
  };

  say('a thousand connections reset at once');
  const thousand = await massReset({
    ...{ connections: 1_000, workers: 1, sources: ['127.0.0.1'], heldMs: 40_000, capture: true },
  });
  say(`${many} connections in four processes a side, reset at once`);
  const sources = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
  const huge = await massReset({ connections: many, workers: 4, sources, heldMs: 90_000, capture: false });
  const growth: [number, number][] = [];
  for (const connections of [10, 100, 1_000]) {
    say(`the cost of a probe with ${connections} connections`);
    const cost = await costOf(ours, 'client', other, { ...load, connections, windowMs: 10_000 });
    growth.push([connections, cost.microsPerProbe]);
  }
  const startUps = new Map<string, number>();
  const throughputs = new Map<string, number>();
  for (const subject of all.filter(({ name }) => name !== 'netdebug --events')) {
    say(`start-up and throughput of ${subject.name}`);
    if (subject.name !== 'C epoll') {
      const times = [];
      for (let round = 0; round < Math.max(rounds, 3); round++) times.push(await startUpOf(subject, other));
      startUps.set(subject.name, median(times));
    }
    throughputs.set(subject.name, await throughputOf(subject));
  }

  const p99 = thousand.delaysMs.length === 0 ? null : percentile(thousand.delaysMs, 0.99);
  const targets = [
    atMost('client, CPU per probe, × Go', ratio('client', 'Go design', 'microsPerProbe'), 0.55),
    atMost('client, CPU per probe, × C', ratio('client', 'C epoll', 'microsPerProbe'), 1.25),
    atMost('server, CPU per probe, × Go', ratio('server', 'Go design', 'microsPerProbe'), 0.8),
    atMost('server, CPU per probe, × C', ratio('server', 'C epoll', 'microsPerProbe'), 1.25),
    atMost('client, memory per connection, × Go', ratio('client', 'Go design', 'kibPerConnection'), 0.45),
    atMost('server, memory per connection, × Go', ratio('server', 'Go design', 'kibPerConnection'), 0.45),
    atLeast(`connections held, of ${many}`, huge.held, many),
    atLeast(`their resets reported, of ${many}`, huge.reported, many),
    atLeast('resets reported of 1,000 at once', thousand.reported, 1_000),
    atMost('RST on the wire to event read, p99 of 1,000 at once, ms', p99, 5),
  ];
  const others: [string, string][] = [];
  for (const side of ['client', 'server'] as const) {
    for (const { name } of all) {
      const [micros, kib, idle] = (['microsPerProbe', 'kibPerConnection', 'idleMib'] as const).map((figure) =>
        middle(side, name, figure),
      );
      others.push([
        `${side}, ${name}`,
        `${micros?.toFixed(1) ?? ''} µs a probe, ${kib?.toFixed(2) ?? ''} KiB a connection, ${idle?.toFixed(1) ?? ''} MiB idle`,
      ]);
    }
  }
  for (const [connections, micros] of growth)
    others.push([`client, ${connections} connections`, `${micros.toFixed(1)} µs a probe`]);
  others.push([
    `client and server, ${many} connections in four processes each`,
    `${huge.clientMicros.toFixed(1)} and ${huge.serverMicros.toFixed(1)} µs a probe`,
  ]);
  others.push([
    'RST on the wire to event read, median and most of 1,000 at once',
    `${median(thousand.delaysMs).toFixed(2)} and ${Math.max(...thousand.delaysMs).toFixed(2)} ms`,
  ]);
  for (const [name, milliseconds] of startUps)
    others.push([`start-up to first answer, ${name}`, `${milliseconds.toFixed(0)} ms`]);
  for (const [name, perSecond] of throughputs)
    others.push([
      `64 connections that ask again at once, ${name}`,
      `${perSecond.toFixed(0)} answers a second`,
    ]);
  return { rounds, targets, others, raw: { load, costs: Object.fromEntries(costs), thousand, huge, growth } };
}

function atMost(name: string, value: number | null, limit: number): Target {
  return { name, value, limit, met: value === null ? null : value <= limit };
}

function atLeast(name: string, value: number, limit: number): Target {
  return { name, value, limit, met: value >= limit };
}
