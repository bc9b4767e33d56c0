// How soon the program is done where little is asked of it, as the published package starts, against `node -e 0`.
//   npm run bench:startup -- [--rounds N] [--single FILE] [--json]
// --single measures a single file too, as scripts/build-single.mjs makes it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureCommands, type Started } from './probing/commands.ts';
import { spreadOf } from './probing/spread.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '25' },
    single: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'netdebug-startup-'));
try {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const started = await measureCommands(folder, flags.single ?? null, Number(flags.rounds), say);
  if (flags.json) process.stdout.write(`${JSON.stringify(started, null, 1)}\n`);
  else for (const one of started) show(one, Math.min(...(started[0]?.ms ?? [])));
} finally {
  await rm(folder, { recursive: true, force: true });
}

function show({ name, most, ms, ratios }: Started, emptyAtLeast: number): void {
  const fastest = Math.min(...ms);
  const times = `${name}: ${inWords(ms, 1)} ms, ${fastest.toFixed(1)} at least`;
  if (most === null) {
    process.stdout.write(`${times}\n`);
    return;
  }
  const met = spreadOf(ratios).middle <= most ? 'met' : 'missed';
  const least = (fastest / emptyAtLeast).toFixed(2);
  process.stdout.write(
    `${times}; ${inWords(ratios, 2)} times node -e 0 (limit ${most}: ${met}), the fastest ${least} times its\n`,
  );
}

/** The median, and in brackets the quartiles: on a busy machine they are far apart, and the fastest of all says more. */
function inWords(values: readonly number[], digits: number): string {
  const { low, middle, high } = spreadOf(values);
  return `${middle.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}
