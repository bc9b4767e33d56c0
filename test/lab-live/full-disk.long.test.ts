// A disk that fills up at a random moment, under every command that writes: 73, one sentence, files that can be read, and nothing left.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runRecordSchema } from '../../src/model/run-record.ts';
import { run } from '../../src/system/process.ts';
import { mountSkip, privateMounts } from '../private-mounts.ts';
import { unusedPort } from '../probe/loopback.ts';
import { until } from '../probe/recording.ts';
import { mainScript } from '../program.ts';
import { recordedRun } from '../report/recorded.ts';
import { runProgram } from '../cli/running-program.ts';
import type { FullDiskResult, FullDiskSpec } from './full-disk-inside.ts';
import { labSkip, netdebug, newFolder } from './netdebug.ts';

const skip = (await labSkip()) || (await mountSkip());
const times = 10;

/** SEED=… in the environment repeats a run. */
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Moments = Pick<FullDiskSpec, 'since' | 'fillAfterMs' | 'emptyAfterMs' | 'signalAfterMs'>;

interface Outcome extends FullDiskResult {
  /** The disk's files, copied. */
  readonly folder: string;
}

async function onFullDisk(
  t: TestContext,
  words: (disk: string) => readonly string[],
  moments: Moments,
  from: string | null = null,
): Promise<Outcome> {
  const disk = await newFolder(t);
  await mkdir(disk);
  const to = `${disk}-copy`;
  const argv = [process.execPath, mainScript, ...words(disk)];
  const spec: FullDiskSpec = { disk, from, argv, to, ...moments };
  const inside = resolve(import.meta.dirname, 'full-disk-inside.ts');
  const program = [...privateMounts, process.execPath, inside, JSON.stringify(spec)];
  const { exitCode, stdout, stderr } = await run(program, { timeoutMs: 120_000 });
  assert.equal(exitCode, 0, stderr);
  await assertNothingLives(disk);
  return { ...(JSON.parse(stdout) as FullDiskResult), folder: to };
}

/** No process of the command, and so none of its namespaces: its own mounts and networks end with their processes. */
async function assertNothingLives(disk: string): Promise<void> {
  for (const entry of await readdir('/proc')) {
    if (!/^[0-9]+$/.test(entry)) continue;
    const words = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    assert.ok(!words.includes(disk), `still runs: ${words.replaceAll('\0', ' ')}`);
  }
}

/** 73, one sentence, no stack; every line of every log is whole. */
async function assertTold({ exitCode, stderr, folder, filled }: Outcome, what: string): Promise<void> {
  assert.ok(filled, `${what}: it was never full`);
  assert.equal(exitCode, 73, `${what}: ${stderr}`);
  assert.doesNotMatch(stderr, /^ {4}at |internal error|Unhandled/m, what);
  const sentences = stderr.split('\n').filter((line) => /cannot be (written|used)/.test(line));
  assert.equal(sentences.length, 1, `${what}: ${stderr}`);
  assert.match(sentences[0] ?? '', /the disk is full \(ENOSPC\)/, what);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(ndjson|log)$/.test(entry.name)) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
    assert.ok(text === '' || text.endsWith('\n'), `${what}: ${entry.name} ends in the middle of a line`);
    if (!entry.name.endsWith('.ndjson')) continue;
    for (const line of text.split('\n').slice(0, -1)) JSON.parse(line);
  }
}

// Three at a time: each has a disk of its own, and waits most of its time.
describe('a disk that fills up at a random moment', { skip, concurrency: 3, timeout: 1_200_000 }, () => {
  it('under a run in the lab', async (t) => {
    t.diagnostic(`SEED=${seed}`);
    const random = randomFrom(seed);
    let unharmed = 0;
    for (let time = 0; time < times; time += 1) {
      const back = time % 2 === 1;
      const fillAfterMs = Math.round(random() * 3_000);
      const emptyAfterMs = back ? fillAfterMs + 500 : null;
      // From the start the folder itself may have no room; room that comes back is for a run that lasts.
      const since = time % 4 === 0 ? null : 'running 4 classes';
      const what = `${since ?? 'start'} + ${fillAfterMs} ms${back ? ', for 500 ms' : ''}`;
      const words = (disk: string) => [
        ...['lab', 'run', '--out', join(disk, 'run'), '--duration', '4s', '--expect', 'any', '--json'],
      ];
      const moments = { since, fillAfterMs, emptyAfterMs, signalAfterMs: null };
      const outcome = await onFullDisk(t, words, moments);
      // A full disk has room for what ends within a page that a file has already: in half a second it may be that nothing needed more.
      const isUnharmed = back && outcome.exitCode === 0;
      if (isUnharmed) unharmed += 1;
      else await assertTold(outcome, what);
      if (outcome.stdout === '') continue;
      // What is said first of it follows from the rest, and is not in the file.
      const { firstScreen, ...printed } = runRecordSchema.parse(JSON.parse(outcome.stdout));
      assert.ok(firstScreen !== undefined);
      assert.equal(
        (printed.lostOutput ?? []).length > 0,
        !isUnharmed,
        `${what}: the verdict says what is missing`,
      );
      const folder = join(outcome.folder, 'run');
      assert.equal(existsSync(join(folder, 'run.json')), back, what);
      if (back) {
        assert.deepEqual(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')), printed);
        assert.ok(isUnharmed || printed.lostOutput?.some(({ until: end }) => end !== null));
      }
      const again = await netdebug('diagnose', folder);
      assert.ok([0, 2, 64].includes(again.exitCode ?? -1), `${what}: ${again.stderr}`);
    }
    assert.ok(unharmed < times / 2, 'room that comes back is tested, too');
  });

  it('under a run in the lab that is interrupted, which still tidies up', async (t) => {
    const random = randomFrom(seed + 1);
    for (let time = 0; time < 3; time += 1) {
      const fillAfterMs = Math.round(random() * 1_000);
      const words = (disk: string) => ['lab', 'run', '--out', join(disk, 'run'), '--duration', '60s'];
      const signalAfterMs = fillAfterMs + 1_000;
      const moments = { since: 'running 4 classes', fillAfterMs, emptyAfterMs: null, signalAfterMs };
      await assertTold(await onFullDisk(t, words, moments), `${fillAfterMs} ms, then SIGINT`);
    }
  });

  it('under observe, which is stopped in the end', async (t) => {
    // Refused again and again, so that there is something to write all the time.
    const refused = ['client', '-H', '127.0.0.1', '-p', String(await unusedPort())];
    runProgram(t, ...refused, '--connections', '10', '-t', '50ms');
    const random = randomFrom(seed + 2);
    for (let time = 0; time < times; time += 1) {
      const fillAfterMs = Math.round(random() * 1_000);
      const words = (disk: string) => [
        ...[
          'observe',
          '--out',
          join(disk, 'run'),
          '--node',
          'here',
          '--duration',
          '2500ms',
          '--sample',
          '100ms',
        ],
      ];
      const moments = { since: 'Observing here', fillAfterMs, emptyAfterMs: null, signalAfterMs: null };
      const outcome = await onFullDisk(t, words, moments);
      await assertTold(outcome, `${fillAfterMs} ms`);
      assert.match(outcome.stderr, /^Not complete: evidence\/here\/\S+ could not be written /m);
    }
  });

  it('under the events of a client', async (t) => {
    const port = await unusedPort();
    const server = runProgram(t, 'server', '--host', '127.0.0.1', '-p', String(port));
    await until('it listens', () => server.stderr().includes('accepting'));
    const random = randomFrom(seed + 3);
    for (let time = 0; time < times; time += 1) {
      const fillAfterMs = Math.round(random() * 800);
      const emptyAfterMs = time % 2 === 1 ? fillAfterMs + 500 : null;
      const words = (disk: string) => [
        ...['client', '-H', '127.0.0.1', '-p', String(port), '--connections', '20', '-t', '50ms'],
        ...['--duration', '2s', '--events', join(disk, 'client.ndjson')],
      ];
      const moments = { since: 'onnect', fillAfterMs, emptyAfterMs, signalAfterMs: null };
      const outcome = await onFullDisk(t, words, moments);
      await assertTold(outcome, `${fillAfterMs} ms`);
      assert.match(outcome.stderr, /[0-9]+ events are missing from /);
      if (emptyAfterMs === null) continue;
      const last = (await readFile(join(outcome.folder, 'client.ndjson'), 'utf8')).trim().split('\n').at(-1);
      assert.equal((JSON.parse(last ?? '') as { event: string }).event, 'finished', 'it went on');
    }
  });

  it('under report, to files', async (t) => {
    for (let time = 0; time < times; time += 1) {
      const words = (disk: string) => [
        ...['report', join(disk, 'run'), '--format', 'text,json,junit,html', '--out', join(disk, 'out')],
      ];
      // It takes a moment only: the disk is full from the beginning, or from when the first file is named.
      const since = time % 2 === 0 ? null : 'report.txt';
      const moments = { since, fillAfterMs: 0, emptyAfterMs: null, signalAfterMs: null };
      const outcome = await onFullDisk(t, words, moments, recordedRun('default'));
      if (outcome.exitCode === 0 && since !== null) continue;
      await assertTold(outcome, `report, ${since ?? 'start'}`);
      const out = join(outcome.folder, 'out');
      const files = existsSync(out) ? await readdir(out) : [];
      assert.deepEqual(
        files.filter((name) => name.endsWith('.tmp')),
        [],
      );
    }
  });
});
