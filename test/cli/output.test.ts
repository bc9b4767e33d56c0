// Standard output and error that cannot be written, or that nobody reads: a sentence and 73, or a quiet end, and never a stack.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { run as runToEnd } from '../../src/system/process.ts';
import { mountSkip, privateMounts } from '../private-mounts.ts';
import { netdebug, newFolder } from '../lab-live/netdebug.ts';
import { mainScript } from '../program.ts';
import { recordedRun } from '../report/recorded.ts';
import { until } from '../probe/recording.ts';
import { runProgram } from './running-program.ts';
import { unusedPort } from '../probe/loopback.ts';

const onLinux = { skip: process.platform !== 'linux' && 'needs /dev/full' };
const skip = await mountSkip();
const run = recordedRun('default');

/** Runs it with its stdout on a full device. */
async function onFullDisk(...words: readonly string[]) {
  const fd = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [mainScript, ...words], { stdio: ['ignore', fd, 'pipe'] });
  closeSync(fd);
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stderr };
}

/** Runs it with a stdout whose reader is gone already. */
async function withoutReader(...words: readonly string[]) {
  const child = spawn(process.execPath, [mainScript, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stderr };
}

const readings: readonly (readonly string[])[] = [
  ['lab', 'run', '--help'],
  ['lab', 'list'],
  ['explain', '--json'],
  ['report', run],
  ['diagnose', run],
];

describe('standard output', onLinux, () => {
  it('on a full disk is one sentence and 73', async () => {
    await Promise.all(
      readings.map(async (words) => {
        const { exitCode, stderr } = await onFullDisk(...words);
        assert.equal(stderr, 'netdebug: Standard output cannot be written: the disk is full (ENOSPC).\n');
        assert.equal(exitCode, 73);
      }),
    );
  });

  it('whose reader is gone is no error for what can be printed again, and says nothing', async () => {
    await Promise.all(
      readings.map(async (words) => {
        const [usual, ended] = await Promise.all([netdebug(...words), withoutReader(...words)]);
        assert.equal(ended.stderr, '', words.join(' '));
        assert.equal(ended.exitCode, usual.exitCode);
      }),
    );
  });

  it('that a disk takes in part only is not taken for whole', { skip }, async (t) => {
    const folder = await newFolder(t);
    await mkdir(folder);
    const script = 'mount -t tmpfs -o size=8k tmpfs "$0" && exec "$@" > "$0/out"';
    const words = [process.execPath, mainScript, 'explain', '--json'];
    const { exitCode, stderr } = await runToEnd([...privateMounts, 'sh', '-c', script, folder, ...words]);
    assert.equal(stderr, 'netdebug: Standard output cannot be written: the disk is full (ENOSPC).\n');
    assert.equal(exitCode, 73);
  });
});

async function serve(t: TestContext): Promise<number> {
  const port = await unusedPort();
  const server = runProgram(t, 'server', '--host', '127.0.0.1', '-p', String(port));
  await until('it listens', () => server.stderr().includes('accepting'));
  return port;
}

const clientWords = (port: number, ...more: string[]) => [
  ...['client', '-H', '127.0.0.1', '-p', String(port), '-t', '20ms', ...more],
];

describe('a client whose log nobody reads any more', onLinux, () => {
  it('goes on measuring into its event file, and ends with 73, since its log is lost', async (t) => {
    const port = await serve(t);
    const folder = await newFolder(t);
    const file = join(folder, '../events.ndjson');
    const client = runProgram(t, ...clientWords(port, '--events', file));
    await until('it logs', () => client.stderr() !== '');
    client.child.stderr.destroy();
    const lines = () => readFileSync(file, 'utf8').split('\n').length;
    const before = lines();
    await until('it goes on', () => lines() > before + 50);
    client.child.kill('SIGTERM');
    assert.equal(await client.exit(), 73);
    for (const line of (await readFile(file, 'utf8')).trim().split('\n')) JSON.parse(line);
  });

  it('ends, in order, when it has no event file', async (t) => {
    const client = runProgram(t, ...clientWords(await serve(t)));
    await until('it logs', () => client.stderr() !== '');
    client.child.stderr.destroy();
    assert.equal(await client.exit(), 0);
  });
});

it('events and log on a full standard output and error end nothing, and are 73', onLinux, async (t) => {
  const port = await serve(t);
  const full = openSync('/dev/full', 'w');
  const words = [mainScript, ...clientWords(port, '--events', '-', '--duration', '500ms')];
  const child = spawn(process.execPath, words, { stdio: ['ignore', full, full] });
  closeSync(full);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  assert.equal(exitCode, 73);
});

it('workers on a full disk say it once, go on, and end with 73', onLinux, async (t) => {
  const port = await serve(t);
  const words = clientWords(port, '--connections', '4', '--workers', '2', '--duration', '700ms');
  const client = runProgram(t, ...words, '--events', '/dev/full');
  assert.equal(await client.exit(), 73);
  const complaints = client
    .stderr()
    .split('\n')
    .filter((line) => line.startsWith('netdebug: '));
  assert.deepEqual(complaints, [
    'netdebug: events cannot be written to /dev/full: the disk is full (ENOSPC); the run goes on.',
  ]);
});
