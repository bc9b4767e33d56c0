// What the probe costs against the same work in C and in Go, and what it bears: rounds that take turns, medians and quartiles.
//   npm run bench -- [--write] [--quick] [--rounds N] [--seconds N] [--parts cost,idle,burst,many,start-up] [--json]
// --write: keep the result in docs/performance.md, unless a figure's quartiles are too far apart; --quick: one round, fewer
// connections and no rest, to see that it works; --seconds: how long each program is watched in each round.
// Exit codes: 0 · 2 inconclusive: a figure is spread too widely · 64 wrong usage · 69 something needed is missing · 130 interrupted.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodeOf, reportError } from '../src/cli/exit.ts';
import { exitCodes, messageOf, Problem } from '../src/model/problem.ts';
import { readCpu } from './probing/cpu.ts';
import { tables, type Circumstances, type Section } from './probing/page.ts';
import { burst, commands, idle, many, startUp } from './probing/parts.ts';
import { contenders, type Contenders } from './probing/programs.ts';
import { publish } from './probing/publish.ts';
import { compared, measureCosts } from './probing/rounds.ts';

const document = resolve(import.meta.dirname, '../docs/performance.md');
const allParts = ['cost', 'idle', 'burst', 'many', 'start-up'] as const;
/** Quartiles of fewer say little. */
const leastRounds = 7;

const startedMs = performance.now();
const say = (text: string) =>
  process.stderr.write(`${((performance.now() - startedMs) / 60_000).toFixed(1).padStart(5)} min  ${text}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => process.exit(exitCodes.interrupted));
const folder = mkdtempSync(join(tmpdir(), 'netdebug-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
try {
  await main();
} catch (error) {
  reportError(error, process.stderr);
  process.exitCode = exitCodeOf(error);
}

async function main(): Promise<void> {
  const flags = readFlags();
  const all = contenders(folder);
  for (const sentence of [`built by ${all.compilers.join(' and ') || 'nobody'}`, ...all.notes]) say(sentence);
  refuseMissing(all, flags.write);

  const sections = await measure(all, flags);
  const circumstances: Circumstances = {
    date: new Date().toISOString().slice(0, 10),
    rounds: flags.rounds,
    machine:
      `${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown processor'} with ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
      `Linux ${release()}, Node.js ${process.versions.node}`,
    compilers: all.compilers,
    notes: all.notes,
  };
  process.stdout.write(
    flags.json ? `${JSON.stringify({ circumstances, sections }, null, 1)}\n` : tables(sections),
  );

  const { exitCode, sentence, written } = await publish(document, sections, circumstances, flags.write);
  process.exitCode = exitCode;
  say(`${sentence}; docs/performance.md is ${written ? 'written' : 'as it was'}`);
}

interface Flags {
  readonly parts: readonly (typeof allParts)[number][];
  readonly rounds: number;
  readonly seconds: number;
  readonly quick: boolean;
  readonly json: boolean;
  readonly write: boolean;
}

function readFlags(): Flags {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        seconds: { type: 'string', default: '3' },
        parts: { type: 'string', default: allParts.join(',') },
      },
    });
    const { quick, json, write } = values;
    const rounds = Number(values.rounds ?? (quick ? 1 : leastRounds));
    const seconds = Number(values.seconds);
    const parts = allParts.filter((part) => values.parts.split(',').includes(part));
    if (parts.length !== values.parts.split(',').length)
      throw new Error(`--parts are some of ${allParts.join(',')}`);
    if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds is a whole number from 1 on');
    if (!(seconds > 0)) throw new Error('--seconds is a number above 0');
    if (write && (quick || rounds < leastRounds || parts.length < allParts.length))
      throw new Error(`--write needs all parts, at least ${leastRounds} rounds, and no --quick`);
    return { quick, json, write, rounds, seconds, parts };
  } catch (error) {
    throw new Problem('usage', `${messageOf(error)}.`);
  }
}

/** A page without one of its columns would look like a result. */
function refuseMissing({ c, go, notes }: Contenders, write: boolean): void {
  try {
    readCpu([process.pid]);
  } catch (error) {
    throw new Problem(
      'missing',
      `CPU time in nanoseconds is needed, which Linux has with CONFIG_SCHED_INFO: ${messageOf(error)}.`,
    );
  }
  if (write && (c === undefined || go === undefined))
    throw new Problem('missing', `--write needs both references: ${notes.join('; ')}.`);
}

async function measure(all: Contenders, { parts, quick, rounds, seconds }: Flags): Promise<Section[]> {
  const sections: Section[] = [];
  const load = {
    connections: quick ? 1_000 : 10_000,
    periodMs: quick ? 1_000 : 5_000,
    windowMs: seconds * 1_000,
  };
  for (const part of parts) {
    if (part === 'cost') sections.push(...compared(await measureCosts(all, rounds, load, say), load));
    if (part === 'idle') sections.push(await idle(quick ? 1 : 7, say));
    if (part === 'burst') sections.push(await burst(quick ? 1 : 5, say));
    if (part === 'many') sections.push(await many(quick ? 5_000 : 50_000, say));
    if (part === 'start-up')
      sections.push(await startUp(all, rounds, say), await commands(quick ? 1 : 25, say));
  }
  return sections;
}
