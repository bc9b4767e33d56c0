// Runs the tests with one summary at the end: all files two at a time, then those of the lab one at a time, because the lab
// measures time on the machine that the others would be loading.
//   npm run test:all                            everything
//   npm run test:all -- test/probe/*.test.ts    these files
//   npm run test:all -- --update                and write the golden files anew
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const args = process.argv.slice(2);
if (args.includes('--update')) process.env.UPDATE_GOLDEN = '1';
const patterns = args.filter((arg) => !arg.startsWith('-'));
const files = globSync(patterns.length > 0 ? patterns : 'test/**/*.test.ts').sort();
const unknown = args.filter((arg) => arg.startsWith('-') && arg !== '--update');
if (unknown.length > 0 || files.length === 0) {
  const problem = unknown.length > 0 ? `does not know ${unknown.join(' ')}` : 'finds no such test file';
  console.error(`test: ${problem}; type: npm run test:all -- [--update] [FILE...]`);
  process.exit(64);
}

// A test that hangs fails, and the others still run.
const timeout = 8 * 60_000;

const inLab = (file) => resolve(file).startsWith(resolve('test/lab-live'));
const parts = [
  { files: files.filter((file) => !inLab(file)), concurrency: 2, timeout },
  { files: files.filter(inLab), concurrency: 1, timeout },
];

/** The events of both parts as if of one: the counts with which each ends are added up and said once. */
async function* inTurn() {
  const totals = new Map();
  let summary;
  for (const part of parts.filter(({ files }) => files.length > 0)) {
    for await (const event of run(part)) {
      const { type, data } = event;
      // What is about the run as a whole is of no file.
      const ofAll = data.file === undefined;
      const count = /^(\w+) ([0-9.]+)$/.exec(data.message ?? '');
      if (type === 'test:diagnostic' && ofAll && count !== null) {
        totals.set(count[1], (totals.get(count[1]) ?? 0) + Number(count[2]));
      } else if (type === 'test:summary' && ofAll) {
        if (!data.success) process.exitCode = 1;
        summary = event;
      } else {
        yield event;
      }
    }
  }
  for (const [name, total] of totals) {
    yield { type: 'test:diagnostic', data: { nesting: 0, message: `${name} ${total}`, level: 'info' } };
  }
  yield summary;
}

Readable.from(inTurn()).compose(new spec()).pipe(process.stdout);
