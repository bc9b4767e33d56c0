// A thousand connections reset at once: how long from each reset to its report, for our client and for a C program that does nothing
// else. No capture is in the way: who resets, who reports and who reads the reports are stamped by one clock.
//   node bench/probing/burst.ts [--rounds N] [--connections N] [--other PATH]
// --other: the main.ts of another checkout, to be compared as a third.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { median, percentile } from './spread.ts';
import { start } from './process.ts';
import { netdebug } from './programs.ts';

export interface BurstDelays {
  readonly name: string;
  /** Of each round, milliseconds from a connection's reset to the moment at which its report could be read. */
  readonly rounds: readonly { readonly p50: number; readonly p99: number; readonly most: number }[];
}

export interface BurstPlan {
  readonly connections: number;
  readonly rounds: number;
  /** Further clients, by name: the words that start a netdebug. */
  readonly others?: Readonly<Record<string, readonly string[]>>;
}

/**
 * The contenders take turns, round by round. Needs gcc and mkfifo; throws without them.
 * @public
 */
export async function burstDelays({ connections, rounds, others = {} }: BurstPlan): Promise<BurstDelays[]> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-burst-'));
  try {
    const program = join(folder, 'burst');
    execFileSync('gcc', ['-O2', '-o', program, join(import.meta.dirname, 'burst.c')]);
    const client = (words: readonly string[]) => (port: number) => [
      ...words,
      ...['client', '-H', '127.0.0.1', '-p', String(port), '--connections', String(connections)],
      // Each is answered once; nothing happens between the last one's answer and the reset.
      ...['-t', '5s', '--timeout', '10m', '--events', '-'],
    ];
    const contenders: Record<string, (port: number) => string[]> = {
      'C epoll': (port) => [program, 'hold', String(port), String(connections)],
      netdebug: client(netdebug()),
    };
    for (const [name, words] of Object.entries(others)) contenders[name] = client(words);
    const measured = Object.keys(contenders).map((name) => ({
      name,
      rounds: [] as BurstDelays['rounds'][number][],
    }));
    for (let round = 0; round < rounds; round++) {
      for (const { name, rounds: kept } of measured) {
        const command = contenders[name];
        if (command === undefined) continue;
        const delays = await oneBurst(program, folder, connections, command);
        kept.push({
          p50: percentile(delays, 0.5),
          p99: percentile(delays, 0.99),
          most: Math.max(...delays),
        });
      }
    }
    return measured;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function oneBurst(
  program: string,
  folder: string,
  connections: number,
  command: (port: number) => string[],
): Promise<number[]> {
  const fifo = join(folder, 'reports');
  await rm(fifo, { force: true });
  execFileSync('mkfifo', [fifo]);
  // Opening one end of a FIFO waits for the other, so both are held first. Each program has an open file of its own: one that makes
  // its own not block must not make the other's.
  const both = openSync(fifo, 'r+');
  const [readEnd, writeEnd] = [openSync(fifo, 'r'), openSync(fifo, 'w')];
  const running: { end(): Promise<void> }[] = [];
  const run = (words: readonly string[], stdio: ('ignore' | 'inherit' | 'pipe' | number)[]) => {
    const child = spawn(words[0] ?? '', words.slice(1), { stdio });
    const measured = start(words, child);
    if (!words.includes('read')) running.unshift(measured);
    return child;
  };
  try {
    const resetting = run([program, 'reset', String(connections)], ['pipe', 'pipe', 'inherit']);
    const said = linesOf(resetting);
    const port = Number((await said.until('listening ')).slice('listening '.length));
    const reading = run([program, 'read', String(connections)], [readEnd, 'pipe', 'inherit']);
    const reports = linesOf(reading);
    run(command(port), ['ignore', writeEnd, 'ignore']);
    await said.until('ready');
    await sleep(1_000);
    resetting.stdin?.write('go\n');
    await said.until('done');
    await reports.ended;
    const resets = stampsIn(said.lines);
    const delays = [...stampsIn(reports.lines)].map(([local, at]) => {
      const since = resets.get(local);
      if (since === undefined) throw new Error(`a report of port ${local}, which was not reset`);
      return Number(at - since) / 1e6;
    });
    if (delays.length !== connections)
      throw new Error(`${delays.length} of ${connections} resets were reported`);
    return delays;
  } finally {
    for (const one of running) await one.end().catch(() => undefined);
    for (const end of [both, readEnd, writeEnd]) closeSync(end);
  }
}

function linesOf(child: ChildProcess) {
  const lines: string[] = [];
  if (child.stdout === null) throw new Error('its output is not read');
  const reader = createInterface({ input: child.stdout });
  const ended = new Promise<void>((resolve) => reader.once('close', resolve));
  let look: () => void = () => undefined;
  reader.on('line', (line) => {
    lines.push(line);
    look();
  });
  return {
    lines,
    ended,
    /** The first line that begins so. */
    until: (beginning: string) =>
      new Promise<string>((resolve, reject) => {
        look = () => {
          const found = lines.find((line) => line.startsWith(beginning));
          if (found !== undefined) resolve(found);
        };
        look();
        reader.once('close', () => reject(new Error(`it ended before it said "${beginning}"`)));
      }),
  };
}

/** Port → nanoseconds. */
function stampsIn(lines: readonly string[]): Map<string, bigint> {
  return new Map(
    lines.flatMap((line) => {
      const [port = '', stamp] = line.split(' ');
      return stamp === undefined || port === 'listening' ? [] : [[port, BigInt(stamp)] as const];
    }),
  );
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '1000' },
      other: { type: 'string' },
    },
  });
  const { other } = values;
  const all = await burstDelays({
    connections: Number(values.connections),
    rounds: Number(values.rounds),
    ...(other === undefined ? {} : { others: { other: [process.execPath, resolve(other)] } }),
  });
  for (const { name, rounds } of all) {
    const text = (['p50', 'p99', 'most'] as const).map((figure) => {
      const values = rounds.map((round) => round[figure]);
      return `${figure} ${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
    });
    process.stdout.write(
      `${name}: reset to report, ms, median of ${rounds.length} rounds (range): ${text.join(', ')}\n`,
    );
  }
}
