// An observer and its followers, over a real unix socket: who comes back has missed nothing, and who is no longer asked ends.
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { systemClock } from '../../../src/model/clock.ts';
import {
  observerLineSchema,
  type FollowerLine,
  type ObserverLine,
} from '../../../src/model/observer-line.ts';
import { serveFollowers } from '../../../src/observe/serving/serve-followers.ts';
import { splitLines } from '../../../src/system/split-lines.ts';
import { leaves, packet, source } from '../../diagnose/made-by-hand.ts';
import { server } from '../../diagnose/story-events.ts';

async function observer(t: TestContext, unaskedMs = 60_000) {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
  const path = join(folder, 'observer.sock');
  const clock = systemClock();
  const followers = await serveFollowers({
    ...{ path, node: 'node-1', version: '0.0.0', run: 'one', unaskedMs, keepMs: 60_000, clock },
  });
  t.after(async () => {
    await followers.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return { followers, path };
}

function follow(path: string) {
  const lines: ObserverLine[] = [];
  const waiting = new Set<() => void>();
  const socket: Socket = connect(path);
  socket.on('error', () => undefined);
  socket.on(
    'data',
    splitLines((line) => {
      lines.push(observerLineSchema.parse(JSON.parse(line)));
      for (const wake of waiting) wake();
    }),
  );
  const numbers = () => lines.flatMap((line) => (line.kind === 'event' ? [line.number] : []));
  return {
    lines,
    numbers,
    say: (line: FollowerLine) => void socket.write(`${JSON.stringify(line)}\n`),
    /** Resolves when so many events have come. */
    async events(count: number): Promise<void> {
      while (numbers().length < count)
        await new Promise<void>((wake) => {
          waiting.add(() => wake());
        });
    },
    leave: () => new Promise<void>((done) => socket.destroy().once('close', () => done())),
  };
}

const seen = (dport: number) => packet(1, ['cali-server', 'in'], { ...leaves, dport }, 'P.');
const wanted = { addresses: [server], ports: [] };

it('tells what is held, what is new, and after a break what was missed', { timeout: 20_000 }, async (t) => {
  const { followers, path } = await observer(t);
  followers.take(source('capture', 'started'));
  followers.take(seen(1));
  const first = follow(path);
  first.say({ after: null, wanted });
  await first.events(1);
  followers.take(seen(2));
  await first.events(2);
  assert.deepEqual(first.numbers(), [1, 2]);
  assert.equal(first.lines[0]?.kind, 'observer');
  await first.leave();
  followers.take(seen(3));
  const second = follow(path);
  second.say({ after: { run: 'one', number: 2 } });
  await second.events(1);
  followers.take(seen(4));
  await second.events(2);
  assert.deepEqual(second.numbers(), [3, 4]);
  const [hello] = second.lines;
  assert.equal(hello?.kind === 'observer' ? hello.lostBefore : null, 0);
  // Of another run the numbers mean nothing.
  const third = follow(path);
  third.say({ after: { run: 'another', number: 3 }, wanted });
  await third.events(4);
  assert.deepEqual(third.numbers(), [1, 2, 3, 4]);
});

it('says until when all was told, and that it has begun', { timeout: 20_000 }, async (t) => {
  const { followers, path } = await observer(t);
  const one = follow(path);
  one.say({ after: null, wanted });
  await until(() => one.lines.some(({ kind }) => kind === 'now'));
  assert.ok(!one.lines.some(({ kind }) => kind === 'begun'));
  followers.begun();
  followers.read('snmp', 1_000_000);
  await until(() => one.lines.some(({ kind }) => kind === 'read'));
  const late = follow(path);
  late.say({ after: null, wanted });
  await until(() => late.lines.some(({ kind }) => kind === 'begun'));
  assert.deepEqual(
    late.lines.flatMap((line) => (line.kind === 'read' ? [line.until] : [])),
    ['1970-01-01T00:00:01.000000Z'],
  );
});

it(
  'is not wanted any more when nobody has spoken for a while, and is as long as somebody does',
  { timeout: 30_000 },
  async (t) => {
    const { followers, path } = await observer(t, 1_500);
    let isOver = false;
    void followers.unasked.then(() => (isOver = true));
    const one = follow(path);
    for (let beat = 0; beat < 10; beat += 1) {
      one.say(beat === 0 ? { after: null, wanted } : {});
      await new Promise((done) => setTimeout(done, 250));
    }
    assert.equal(isOver, false);
    // Its stream is still open, as that of a kubectl that was killed may be.
    await followers.unasked;
    await followers.stop();
    await assert.rejects(stat(path), { code: 'ENOENT' });
  },
);

it('cuts off who says something else', { timeout: 20_000 }, async (t) => {
  const { path } = await observer(t);
  const socket = connect(path);
  socket.on('error', () => undefined);
  const closed = new Promise<void>((done) => socket.once('close', () => done()));
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await closed;
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((done) => setTimeout(done, 20));
}
