import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseMicros } from '../../src/model/clock.ts';
import { agents } from '../../src/observe/agents.ts';
import { startTicks, wallTimeOf } from '../../src/observe/agents/process-life.ts';
import { findTool } from '../../src/system/find-tool.ts';
import { startWitness } from './start-witness.ts';

const sleep = findTool('sleep');
const skip = process.platform !== 'linux' || sleep === undefined ? 'needs Linux, and sleep' : false;

describe('agents', { skip }, () => {
  let folder = '';
  const running: ChildProcess[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
    // Real processes of executables with these names; what they do is nothing.
    for (const name of ['ip-masq-agent', 'netd', 'no-agent']) await copyFile(sleep ?? '', join(folder, name));
  });
  after(async () => {
    for (const child of running) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  const start = async (name: string, ...through: readonly string[]) => {
    const words = [...through, join(folder, name), '600'];
    const child = spawn(words[0] ?? '', words.slice(1), { stdio: 'ignore' });
    running.push(child);
    await once(child, 'spawn');
    return child;
  };
  const end = async (child: ChildProcess) => {
    const gone = once(child, 'close');
    child.kill('SIGKILL');
    await gone;
  };

  it('that run, begin, end and come back are told with their numbers and times, and other programs are not', async () => {
    const old = await start('netd');
    await start('no-agent');
    const began = Date.now();
    const { run, events, raw } = await startWitness(agents);
    const ours = () =>
      events.flatMap((event) =>
        event.event === 'agent' && running.some(({ pid }) => pid === event.process.pid) ? [event] : [],
      );
    assert.deepEqual(
      ours().map(({ change, agent, process: { pid } }) => [change, agent, pid]),
      [['found', 'netd', old.pid]],
    );
    await end(old);
    const next = await start('netd');
    const masq = await start('ip-masq-agent');
    const { text } = await run.stop();
    const told = ours().map(({ change, agent, process: { pid } }) => [change, agent, pid]);
    assert.deepEqual(told.slice(0, 2), [
      ['found', 'netd', old.pid],
      ['ended', 'netd', old.pid],
    ]);
    assert.deepEqual(
      new Set(told.slice(2).map((one) => one.join(' '))),
      new Set([`started netd ${next.pid}`, `started ip-masq-agent ${masq.pid}`]),
    );
    assert.match(text, /^[2-9] started, [1-9] ended$/);
    const [found, ended, started] = ours();
    assert.ok(ended?.since !== undefined && ended.since <= ended.at);
    assert.equal(ended.startedAt, found?.startedAt);
    // The kernel counts in hundredths of a second, and so does /proc/uptime.
    for (const one of [found, started]) {
      const off = Math.abs(parseMicros(one?.startedAt ?? '') / 1_000 - began);
      assert.ok(off < 5_000, `${off} ms`);
    }
    assert.ok(raw.some((line) => line.includes(`netd (pid ${old.pid}) ended; it ran since `)));
  });

  it('is known when a process becomes one without another number', async () => {
    const child = await start('netd', 'sh', '-c', 'read line; exec "$@"', 'sh');
    // sh has no input, so that it goes on at once; either way its number is the agent's.
    const { run, events } = await startWitness(agents);
    while (!events.some((event) => event.event === 'agent' && event.process.pid === child.pid)) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await run.stop();
  });

  it('in the network of another node, on the same machine, is not this one’s', async (t) => {
    if (process.getuid?.() !== 0) {
      t.skip('needs root');
      return;
    }
    const foreign = await start('netd', 'unshare', '--net');
    const own = await start('netd');
    while ((await readFile(`/proc/${foreign.pid}/comm`, 'utf8')) !== 'netd\n')
      await new Promise((resolve) => setTimeout(resolve, 10));
    const { run, events } = await startWitness(agents);
    await run.stop();
    const pids = events.flatMap((event) => (event.event === 'agent' ? [event.process.pid] : []));
    assert.ok(pids.includes(own.pid ?? -1));
    assert.ok(!pids.includes(foreign.pid ?? -1));
  });

  it('tells the time of a process by the clock of the wall', () => {
    const ticks = startTicks('/proc/self');
    assert.ok(ticks !== undefined);
    const began = wallTimeOf(ticks, Date.now() * 1_000) ?? 0;
    assert.ok(Math.abs(began / 1_000 - performance.timeOrigin) < 2_000, String(began));
    assert.equal(startTicks('/proc/0'), undefined);
  });
});
