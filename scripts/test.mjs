// Runs the tests with one summary at the end and the ten slowest: all files three at a time, as most of them wait, then those of the
// lab one at a time, because the lab measures time on the machine that the others would be loading. Where little failed, it
// is run once more, alone: what passes then failed for want of the machine's time, is named, and fails nothing.
//   npm run test:quick                          what is no *.long.test.ts, as npm test does after its checks
//   npm run test:long                           the *.long.test.ts alone
//   npm run test:all                            both
//   npm run test:all -- test/probe/*.test.ts    these files
//   npm run test:all -- --update                and write the golden files anew
import { globSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const tiers = { '--quick': (file) => !isLong(file), '--long': (file) => isLong(file) };
const isLong = (file) => file.endsWith('.long.test.ts');

const args = process.argv.slice(2);
if (args.includes('--update')) process.env.UPDATE_GOLDEN = '1';
const patterns = args.filter((arg) => !arg.startsWith('-'));
const wanted = args.filter((arg) => arg in tiers).map((arg) => tiers[arg]);
const files = globSync(patterns.length > 0 ? patterns : 'test/**/*.test.ts')
  .filter((file) => wanted.every((is) => is(file)))
  .sort();
const unknown = args.filter((arg) => arg.startsWith('-') && arg !== '--update' && !(arg in tiers));
if (unknown.length > 0 || files.length === 0) {
  const problem = unknown.length > 0 ? `does not know ${unknown.join(' ')}` : 'finds no such test file';
  console.error(`test: ${problem}; type: npm run test:all -- [--quick | --long] [--update] [FILE...]`);
  process.exit(64);
}

// The tests start our program hundreds of times, and each file of theirs imports much of it: compiled code is kept, as bin/netdebug
// does, which more than halves each start.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/netdebug');

// A test that hangs fails, and the others still run.
const timeout = 8 * 60_000;

const inLab = (file) => resolve(file).startsWith(resolve('test/lab-live'));
const parts = [
  { files: files.filter((file) => !inLab(file)), concurrency: 3, timeout },
  { files: files.filter(inLab), concurrency: 1, timeout },
];

/** More than this is no matter of a machine that was busy for a while. */
const [mostFilesAgain, mostTestsAgain] = [3, 6];

const note = (message) => ({ type: 'test:diagnostic', data: { nesting: 0, message, level: 'info' } });

/** The events of both parts as if of one: the counts with which each ends are added up and said once, after the slowest tests. */
async function* inTurn() {
  const totals = new Map();
  const times = [];
  /** The files that ended, and of them those in which something failed: a file that ended without a word is in neither. */
  const ended = new Set();
  const failed = new Map();
  let names = namesOfFailed();
  let success = true;
  let summary;
  for (const part of parts.filter(({ files }) => files.length > 0)) {
    for await (const event of run(part)) {
      const { type, data } = event;
      // What is about the run as a whole is of no file.
      const ofAll = data.file === undefined;
      const count = /^(\w+) ([0-9.]+)$/.exec(data.message ?? '');
      names.see(event);
      if ((type === 'test:pass' || type === 'test:fail') && data.details.type !== 'suite') {
        times.push({ ms: data.details.duration_ms, file: data.file ?? '', name: data.name });
      }
      if (type === 'test:diagnostic' && ofAll && count !== null) {
        totals.set(count[1], (totals.get(count[1]) ?? 0) + Number(count[2]));
      } else if (type === 'test:summary' && ofAll) {
        success &&= data.success;
        summary = event;
      } else {
        if (type === 'test:summary') {
          ended.add(data.file);
          if (!data.success) failed.set(data.file, names.all());
          names = namesOfFailed();
        }
        yield event;
      }
    }
  }
  const isToldWhole = files.every((file) => ended.has(resolve(file)));
  const many = [...failed.values()].flat().length;
  if (!success && isToldWhole && failed.size <= mostFilesAgain && many <= mostTestsAgain) {
    success = true;
    for (const [file, tests] of failed) {
      const passed = yield* again(file, tests);
      success &&= passed;
      const what = `${relative('', file)}: ${tests.join(', ')}`;
      yield note(`failed at first, and ${passed ? 'passed' : 'failed'} when it was run again alone: ${what}`);
    }
  }
  if (!success) process.exitCode = 1;
  times.sort((a, b) => b.ms - a.ms);
  for (const { ms, file, name } of times.slice(0, 10)) {
    yield note(`slow: ${(ms / 1_000).toFixed(1).padStart(5)} s  ${relative('', file)}: ${name}`);
  }
  for (const [name, total] of totals) yield note(`${name} ${total}`);
  yield summary;
}

/** The names of one file's tests that failed, each with those of the suites that it is in: a suite is told of after its tests. */
function namesOfFailed() {
  const open = [];
  return {
    see({ type, data }) {
      if (type !== 'test:fail') return;
      if (data.details.type !== 'suite') open.push({ name: data.name, nesting: data.nesting });
      else {
        const within = open.filter(({ nesting }) => nesting === data.nesting + 1);
        // With none of its tests it failed by what comes before or after them: then all of it is run again.
        if (within.length === 0) open.push({ name: data.name, nesting: data.nesting });
        for (const test of within) {
          test.name = `${data.name} ${test.name}`;
          test.nesting = data.nesting;
        }
      }
    },
    all: () => open.map(({ name }) => name),
  };
}

/** Runs these tests of a file alone, or all of it where none is named; says whether all passed that was run. */
async function* again(file, tests) {
  let success = false;
  const testNamePatterns = tests.map((name) => new RegExp(`^${RegExp.escape(name)}$`));
  const named = tests.length > 0 ? { testNamePatterns } : {};
  for await (const event of run({ files: [file], concurrency: 1, timeout, ...named })) {
    const { type, data } = event;
    if (type === 'test:summary' && data.file === undefined)
      success = data.success && data.counts.passed >= Math.max(tests.length, 1);
    else if (type !== 'test:diagnostic' || data.file !== undefined) yield event;
  }
  return success;
}

Readable.from(inTurn()).compose(new spec()).pipe(process.stdout);
