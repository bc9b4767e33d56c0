import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { answerAskers, type RecorderSource } from '../../../src/experiment/watch/answer-askers.ts';
import { askWatchers } from '../../../src/experiment/watch/ask-watchers.ts';
import { fitsWanted } from '../../../src/experiment/watch/fits-wanted.ts';
import { formatMicros, type Micros } from '../../../src/model/clock.ts';
import type { WatchLoss, WatchSummary } from '../../../src/model/watch-record.ts';
import { client, lossOf, server } from '../../watch-losses.ts';

const summary: WatchSummary = {
  ...{ schemaVersion: 1, kind: 'summary', node: 'node-1', from: '', to: '', lost: 3, onlyCounted: 0 },
  ...{ benign: 0, stalled: 0, byCause: [], watched: { connections: null, processes: null }, missing: [] },
};

/** A watch that was asked, and with what. */
function sourceOf(losses: readonly WatchLoss[], pid = 4_711) {
  const asked: Micros[] = [];
  const source: RecorderSource = {
    watcher: { schemaVersion: 1, kind: 'watcher', node: 'node-1', pid, from: '', keepMs: 600_000 },
    since(at) {
      asked.push(at);
      return losses;
    },
    summary: () => summary,
  };
  return { asked, source };
}

async function newFolder(t: TestContext): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
  t.after(() => rm(parent, { recursive: true, force: true }));
  return join(parent, 'netdebug');
}

/** A socket that a killed program left behind. */
async function leaveDeadSocket(path: string): Promise<void> {
  const script = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', script, path], { stdio: 'ignore' }), 'close');
}

describe('a running watch', { skip: process.platform !== 'linux' && 'needs Linux' }, () => {
  it('answers with what it saw since then, as it said it, and leaves nothing at its end', async (t) => {
    const folder = await newFolder(t);
    const losses = [lossOf({ id: '1' }), lossOf({ id: '2', revision: 3 })];
    const { asked, source } = sourceOf(losses);
    const recorder = await answerAskers(folder, source);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.deepEqual(await askWatchers(folder, 1_764_331_421_204_117), [
      { watcher: source.watcher, losses, summary },
    ]);
    assert.deepEqual(asked.map(formatMicros), ['2025-11-28T12:03:41.204117Z']);
    await recorder.stop();
    await assert.rejects(stat(folder), { code: 'ENOENT' });
    assert.deepEqual(await askWatchers(folder, 0), []);
  });

  it('removes the sockets of those that were killed, and never those of the living', async (t) => {
    const folder = await newFolder(t);
    const living = await answerAskers(folder, sourceOf([], 1).source);
    await leaveDeadSocket(join(folder, 'watch-2.sock'));
    await writeFile(join(folder, 'watch-3.sock.txt'), 'of somebody else');
    assert.ok((await readdir(folder)).includes('watch-2.sock'));
    const next = await answerAskers(folder, sourceOf([], 4).source);
    assert.deepEqual(await readdir(folder), ['watch-1.sock', 'watch-3.sock.txt', 'watch-4.sock']);
    // In another pid namespace somebody may have the same number.
    const same = await answerAskers(folder, sourceOf([], 4).source);
    assert.equal((await askWatchers(folder, 0)).length, 3);
    for (const one of [living, next, same]) await one.stop();
    assert.deepEqual(await readdir(folder), ['watch-3.sock.txt']);
  });

  it('is not held up by who does not read, or asks what is no question', async (t) => {
    const folder = await newFolder(t);
    let made = 0;
    const many = {
      *[Symbol.iterator]() {
        for (; made < 1_000_000; made += 1) yield lossOf({ id: String(made) });
      },
    };
    const recorder = await answerAskers(folder, sourceOf(many as unknown as readonly WatchLoss[]).source);
    t.after(() => recorder.stop());
    const reluctant = connect(recorder.path, () => reluctant.write(`{"since":"${formatMicros(0)}"}\n`));
    reluctant.pause();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(made > 0 && made < 5_000, `${made} lines made for who reads none`);
    for (const question of ['nonsense\n', '{"since":7}\n', 'x'.repeat(5_000)]) {
      const socket = connect(recorder.path, () => socket.write(question));
      socket.on('error', () => undefined).resume();
      await once(socket, 'close');
    }
    reluctant.destroy();
  });

  it('cannot be asked in a folder that is a link, or that holds no place for it', async (t) => {
    const folder = await newFolder(t);
    await writeFile(folder, '');
    await assert.rejects(answerAskers(folder, sourceOf([]).source), { code: 'ENOTDIR' });
    await rm(folder);
    await mkdir(folder, { mode: 0o755 });
    const recorder = await answerAskers(folder, sourceOf([]).source);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    await recorder.stop();
  });
});

it('a loss of another watch fits what is wanted here by either end, and by every kind', () => {
  const of = { ...client, pod: null, process: { pid: 1, command: 'curl', container: null } };
  const loss = lossOf({
    ends: { client: of, server, backend: { ...server, address: '10.44.0.9', pod: 'shop/redis-0' } },
  });
  const nothing = { ports: [], addresses: [], pods: [], processes: [] };
  assert.ok(fitsWanted(loss, nothing));
  assert.ok(
    fitsWanted(loss, {
      ports: [6_379],
      addresses: ['10.44.0.9'],
      pods: ['shop/redis-0'],
      processes: ['curl'],
    }),
  );
  assert.ok(!fitsWanted(loss, { ...nothing, ports: [80] }));
  assert.ok(!fitsWanted(loss, { ...nothing, processes: ['redis-server'], ports: [6_379] }));
});
