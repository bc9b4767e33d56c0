// The soak: 10,000 connections in the lab for ten minutes, a quarter of them reset at every flip of the routing rule, and at the
// end a balance sheet. Fails (exit 1) when a single probe or connection is missing, or when the clients' memory grew.
//   npm run soak -- [--duration 10m] [--connections 2500] [--write]
// --connections counts per class, of which there are four; --write keeps the sheet in docs/performance.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parseDuration } from '../src/model/duration.ts';
import { imbalances, readBooks } from './soak/books.ts';
import { growthOf, sampleProbes, type Sample } from './soak/memory.ts';
import { putSheet, sheet } from './soak/sheet.ts';

const { values: flags } = parseArgs({
  options: {
    duration: { type: 'string', default: '10m' },
    connections: { type: 'string', default: '2500' },
    write: { type: 'boolean', default: false },
  },
});
const durationMs = parseDuration(flags.duration);
const sampleEveryMs = Math.min(10_000, durationMs / 30);
const document = resolve(import.meta.dirname, '../docs/performance.md');
const folder = await mkdtemp(join(tmpdir(), 'netdebug-soak-'));
const run = join(folder, 'run');

// Ten times faster than a cluster: a probe every 5 s, and Felix refreshes every 9 s.
const words = [
  ...['lab', 'run', '--connections', flags.connections, '--period', '50s', '--speed', '10'],
  ...['--duration', flags.duration, '--expect', 'any', '--out', run],
];
try {
  const lab = spawn(resolve(import.meta.dirname, '../bin/netdebug'), words, {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.once('SIGINT', () => lab.kill('SIGINT'));
  const ended = once(lab, 'exit') as Promise<[code: number | null]>;
  const samples: Sample[] = [];
  const startedAt = performance.now();
  while (lab.exitCode === null && lab.signalCode === null) {
    await Promise.race([ended, sleep(sampleEveryMs)]);
    const atSeconds = (performance.now() - startedAt) / 1_000;
    samples.push(...sampleProbes(lab.pid ?? 0).map((sample) => ({ ...sample, atSeconds })));
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`the lab run ended with exit code ${String(code)}`);
  const books = await readBooks(run);
  const growth = growthOf(samples, durationMs / 1_000);
  const wrong = [
    ...imbalances(books),
    ...growth.filter(({ grew }) => grew).map(({ name }) => `${name} grew`),
  ];
  const text = sheet({
    books,
    growth,
    wrong,
    connections: Number(flags.connections),
    duration: flags.duration,
  });
  process.stdout.write(text);
  if (flags.write) await writeFile(document, putSheet(await readFile(document, 'utf8'), text));
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
