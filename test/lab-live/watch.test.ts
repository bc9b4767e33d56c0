import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { watchLossSchema, watchRunSchema, watchSummarySchema } from '../../src/model/watch-record.ts';
import { run } from '../../src/system/process.ts';
import { labSkip, netdebug } from './netdebug.ts';
import type { WatchedOne, WatchedWorld, WorldOrder } from './watch-inside.ts';

const asRoot = process.getuid?.() === 0;
const skip = (await labSkip()) || (!asRoot && 'needs root for the place where a watch is asked');
const inside = resolve(import.meta.dirname, 'watch-inside.ts');

async function watchedWorld(order: WorldOrder): Promise<WatchedWorld> {
  const words = [process.execPath, inside, JSON.stringify(order)];
  const { exitCode, stdout, stderr } = await run([...sandboxArgv(asRoot), ...words], { timeoutMs: 180_000 });
  assert.equal(exitCode, 0, stderr);
  return JSON.parse(stdout) as WatchedWorld;
}

function saidBy({ watches }: WatchedWorld, node: string): WatchedOne {
  const said = watches[node];
  assert.ok(said !== undefined, node);
  return said;
}

const answerSchema = watchLossSchema.or(watchSummarySchema);

const objects = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('a watch of a foreign server that aborts one connection', { skip }, () => {
  let folder = '';
  let world: WatchedWorld;
  before(async () => {
    const parent = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
    folder = join(parent, 'run');
    world = await watchedWorld({
      ...{ connections: 1, isAsked: true },
      watches: [
        { node: 'text', flags: [], end: 'SIGTERM' },
        { node: 'timed', flags: ['--duration', '3s'], end: 'none' },
        { node: 'other-port', flags: ['--port', '9001', '--fail'], end: 'SIGTERM', isSilent: true },
        { node: 'killed', flags: [], end: 'SIGKILL' },
        { node: 'folder', flags: ['--out', folder, '--arguments', '-o', 'json'], end: 'SIGTERM' },
      ],
    });
  });
  after(() => rm(join(folder, '..'), { recursive: true, force: true }));

  it('says so in a few lines, sums up on SIGTERM, and ends with 0', () => {
    const { exitCode, stdout, stderr } = saidBy(world, 'text');
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^watching \d+ connections? of \d+ process(es)? on text, times in UTC: /m);
    const heads = stdout.split('\n').filter((line) => /^\d\d:\d\d:\d\d\.\d /.test(line));
    assert.equal(heads.filter((line) => !line.includes('correction')).length, 1, stdout);
    assert.match(stdout, /^ {12}who {2}the server's application/m);
    assert.match(stdout, /^ {12}why {2}server-aborted/m);
    assert.match(stdout, /^1 connection was reset on text in \d+s/m);
    assert.doesNotMatch(stdout, /hunter2/);
  });

  it('can be asked, with all others that watch, until it has ended', () => {
    const { asked, askedLater } = world;
    assert.equal(asked?.exitCode, 0, asked?.stderr);
    const answered = objects(asked.stdout).map((one) => answerSchema.parse(one));
    // The one that ends by itself may be gone by then.
    const tellers = (kind: string) =>
      answered.flatMap((one) => (one.kind === kind && one.node !== 'timed' ? [one.node] : [])).sort();
    assert.deepEqual(tellers('summary'), ['folder', 'other-port', 'text']);
    assert.deepEqual(tellers('lost'), ['folder', 'text']);
    assert.equal(answered.at(-1)?.kind, 'summary');
    assert.equal(askedLater?.exitCode, 69);
    assert.match(askedLater.stderr, /^netdebug: no watch runs here that could be asked/);
  });

  it('says arguments only when it is asked to, and keeps none in its folder', async () => {
    const { stdout } = saidBy(world, 'folder');
    const [loss] = objects(stdout).map((one) => watchLossSchema.safeParse(one).data);
    assert.equal(loss?.ends.server.process?.arguments?.at(-1), 'secret=hunter2');
    assert.doesNotMatch(await readFile(join(folder, 'evidence/folder/events.ndjson'), 'utf8'), /hunter2/);
  });

  it('ends by itself after --duration, with 0 though something was lost', () => {
    const { exitCode, stdout } = saidBy(world, 'timed');
    assert.equal(exitCode, 0);
    assert.match(stdout, /^1 connection was reset on /m);
  });

  it('is silent about others than those that are asked for', () => {
    const { exitCode, stdout } = saidBy(world, 'other-port');
    assert.equal(exitCode, 0);
    assert.match(stdout, /^Nothing was lost on other-port in /m);
  });

  it('killed leaves no process and no file but its socket, which the next one removes', () => {
    assert.equal(saidBy(world, 'killed').signal, 'SIGKILL');
    const { killed, begun, ended } = world.sockets;
    // Three go on watching; beside them there is that of the killed one, and then that of one that has begun since.
    assert.deepEqual([killed.length, begun.length, ended], [4, 4, []]);
    assert.equal(killed.filter((name) => begun.includes(name)).length, 3);
    assert.deepEqual(world.programs, []);
  });

  it('with --out leaves a folder that diagnose and report read', async () => {
    const { exitCode, stderr } = saidBy(world, 'folder');
    assert.equal(exitCode, 0, stderr);
    const record = watchRunSchema.parse(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')));
    assert.deepEqual([record.complete, record.summary.lost], [true, 1]);
    const diagnosed = await netdebug('diagnose', folder);
    const reported = await netdebug('report', folder);
    assert.match(diagnosed.stdout, /^1 connection was /m);
    assert.match(reported.stdout, /^1 connection was /m);
    assert.match(reported.stdout, /watched for/);
    await netdebug('report', folder, '--format', 'html');
    assert.ok((await readdir(folder)).includes('report.html'));
  });
});

describe('a watch of a foreign server that aborts sixty connections at once', { skip }, () => {
  let world: WatchedWorld;
  before(async () => {
    world = await watchedWorld({
      ...{ connections: 60, isAsked: false },
      watches: [
        { node: 'json', flags: ['-o', 'json', '--fail'], end: 'SIGINT' },
        { node: 'folded', flags: ['--process', 'node'], end: 'SIGTERM' },
      ],
    });
  });

  it('as JSON: a line for each, the last is the summary, and --fail ends with 1', () => {
    const { exitCode, stdout, stderr } = saidBy(world, 'json');
    assert.equal(exitCode, 1, stderr);
    const said = objects(stdout);
    const losses = said.slice(0, -1).map((one) => watchLossSchema.parse(one));
    assert.equal(new Set(losses.map(({ id }) => id)).size, 60);
    assert.equal(watchSummarySchema.parse(said.at(-1)).lost, 60);
  });

  it('folds what was lost together and counts it', () => {
    const { stdout } = saidBy(world, 'folded');
    const times = [...stdout.matchAll(/ ×(\d+)$/gm)].map(([, count]) => Number(count));
    assert.ok(Math.max(...times) > 10, stdout);
    assert.match(stdout, /^60 connections were reset on folded in \d+s/m);
  });

  it('leaves nothing when it was told to end', () => {
    assert.deepEqual([world.sockets.ended, world.programs], [[], []]);
  });
});
