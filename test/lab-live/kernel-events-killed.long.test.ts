// Watchers that are killed at any moment, beside one that lives and instances that are others'.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { createInstance, instancePrefix } from '../../src/observe/kernel/instance.ts';
import { openTracefs } from '../../src/observe/kernel/tracefs.ts';
import { labSkip, newFolder, tracefsSkip } from './netdebug.ts';

const holder = resolve(import.meta.dirname, 'kernel-events-holder.ts');
const kills = 20;
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Numbers from 0 to 1 that the seed decides (mulberry32). */
function numbersOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** In a network of its own; unshare becomes the program. */
function startHolder(folder: string, what: string): ChildProcess {
  const words = ['--net', '--mount', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  return spawn('unshare', [...words, process.execPath, holder, folder, what], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

function descendantsOf(pid: number): number[] {
  const children = readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const rest = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1) ?? '';
      return rest.split(' ')[1] === String(pid) ? [Number(entry)] : [];
    } catch {
      return [];
    }
  });
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

it(
  'a watcher that is killed at any moment leaves nothing that the next one does not remove, and disturbs nobody',
  { skip: (await labSkip()) || (await tracefsSkip()), timeout: 300_000 },
  async (t) => {
    const seed = Number(process.env['NETDEBUG_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    t.diagnostic(`NETDEBUG_TEST_SEED=${seed}`);
    const random = numbersOf(seed);
    const folder = await newFolder(t);
    const tracefs = await openTracefs();
    const others: string[] = [];
    t.after(async () => {
      for (const name of others) rmdirSync(`${instances}/${name}`);
      await tracefs.release();
    });
    const instances = `${tracefs.root}/instances`;
    const instancesOf = (pid = -1) =>
      readdirSync(instances).filter((name) => name.startsWith(`${instancePrefix}${pid}-`));

    for (const name of [`other-${process.pid}`, `${instancePrefix}other-${process.pid}`]) {
      mkdirSync(`${instances}/${name}`);
      others.push(name);
    }
    const living = startHolder(`${folder}/living`, 'hold');
    t.after(() => living.kill('SIGKILL'));
    const lines = createInterface({ input: living.stdout! })[Symbol.asyncIterator]();
    assert.equal((await lines.next()).value, 'watching');
    const own = instancesOf(living.pid);
    assert.ok(own.length > 0);

    const killed: number[] = [];
    const helpers = new Set<number>();
    let left = 0;
    for (let time = 0; time < kills; time += 1) {
      const child = startHolder(`${folder}/${time}`, 'churn');
      t.after(() => child.kill('SIGKILL'));
      const ended = once(child, 'close');
      // While it loads, or while it watches.
      if (time % 2 === 1) await once(child.stdout!, 'data');
      await pause(random() * 800);
      for (const pid of descendantsOf(child.pid ?? -1)) helpers.add(pid);
      child.kill('SIGKILL');
      await ended;
      const pid = child.pid ?? -1;
      killed.push(pid);
      left += instancesOf(pid).length;
      // The next one begins.
      (await createInstance(tracefs.root)).remove();
      assert.deepEqual(instancesOf(pid), [], `kill ${time}`);
      assert.deepEqual(instancesOf(living.pid), own, `kill ${time}`);
    }
    t.diagnostic(`${left} instances were left by ${kills} kills`);
    assert.ok(left > 0, 'none was killed while it watched');
    // What they had started ends with them.
    for (const pid of helpers)
      for (let wait = 0; existsSync(`/proc/${pid}`) && wait < 200; wait += 1) await pause(25);
    assert.deepEqual(
      [...helpers].filter((pid) => existsSync(`/proc/${pid}`)),
      [],
    );
    assert.deepEqual(killed.flatMap(instancesOf), []);
    for (const name of others) assert.ok(existsSync(`${instances}/${name}`), name);

    living.stdin!.end();
    assert.match(String((await lines.next()).value), /told: 1 of 1 RSTs that were sent, 2 of 2 connections/);
    assert.deepEqual(instancesOf(living.pid), []);
  },
);
