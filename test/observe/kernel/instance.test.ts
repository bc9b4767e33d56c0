// With the kernel's real tracing, by instances of our own: as root, where tracefs can be had.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants, existsSync, mkdirSync, openSync, readdirSync, rmdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import { messageOf } from '../../../src/model/problem.ts';
import {
  createInstance,
  instancePrefix,
  refusal,
  removeAbandoned,
} from '../../../src/observe/kernel/instance.ts';
import { openTracefs, refusedToMount, type Tracefs } from '../../../src/observe/kernel/tracefs.ts';
import { run } from '../../../src/system/process.ts';

const holder = resolve(import.meta.dirname, 'instance-holder.ts');

async function tryTracefs(): Promise<Tracefs | string> {
  try {
    return await openTracefs();
  } catch (error) {
    return messageOf(error);
  }
}
const tracefs = await tryTracefs();
const root = typeof tracefs === 'string' ? '' : tracefs.root;
const instances = `${root}/instances`;
const namesOf = (child: ChildProcess) =>
  readdirSync(instances).filter((name) => name.startsWith(`${instancePrefix}${child.pid}-`));
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

const started: ChildProcess[] = [];
async function start(what: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [holder, what], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

describe('a tracing instance', { skip: typeof tracefs === 'string' && tracefs, timeout: 60_000 }, () => {
  after(async () => {
    for (const child of started) child.kill('SIGKILL');
    if (typeof tracefs !== 'string') await tracefs.release();
  });

  it('of a watcher that lives is left alone, and that of one that was killed is removed by the next', async () => {
    const { child, said } = await start('hold');
    const own = await createInstance(root);
    assert.ok(existsSync(`${instances}/${said}`), 'two watchers stand side by side');
    await kill(child);
    assert.ok(existsSync(`${instances}/${said}`), 'nobody was there to remove it');
    const next = await createInstance(root);
    assert.ok(!existsSync(`${instances}/${said}`));
    assert.ok(existsSync(own.path));
    for (const instance of [own, next]) instance.remove();
    assert.ok(![own, next].some(({ path }) => existsSync(path)));
  });

  for (const code of ['ENOENT', 'ENODEV', 'EIO'])
    it(`that another watcher took for abandoned before it was open (${code}) is made anew`, async () => {
      const opened: string[] = [];
      const instance = await createInstance(root, (path) => {
        opened.push(path);
        if (opened.length > 1)
          return openSync(`${path}/trace_pipe`, constants.O_RDONLY | constants.O_NONBLOCK);
        rmdirSync(path);
        throw Object.assign(new Error(code), { code });
      });
      assert.deepEqual([opened.length, instance.path], [2, opened[1]]);
      instance.remove();
      assert.ok(!opened.some((path) => existsSync(path)));
    });

  it('that cannot be opened is not left behind, and why is said', async () => {
    let made = '';
    const opening = createInstance(root, (path) => {
      made = path;
      throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
    });
    await assert.rejects(opening, /the kernel's tracing is refused \(EACCES\)/);
    assert.ok(!existsSync(made));
  });

  it("that is not a watcher's is touched by nobody", async (t) => {
    const foreign = [`other-${process.pid}`, `netdebug-other-${process.pid}`];
    for (const name of foreign) {
      mkdirSync(`${instances}/${name}`);
      t.after(() => rmdirSync(`${instances}/${name}`));
    }
    const removed = await removeAbandoned(instances);
    for (const name of foreign) assert.ok(existsSync(`${instances}/${name}`), name);
    assert.ok(!removed.some((name) => foreign.includes(name)));
  });

  it('is gone after its watcher was killed at any moment and the next one began', async () => {
    const left: string[] = [];
    for (let time = 0; time < 5; time += 1) {
      const { child } = await start('churn');
      await pause(Math.random() * 120);
      await kill(child);
      left.push(...namesOf(child));
      (await createInstance(root)).remove();
      assert.deepEqual(namesOf(child), []);
    }
    assert.ok(left.length <= 5, left.join());
  });

  it('is removed by process.exit(), which does not wait for an event', async () => {
    const { child, said } = await start('exit');
    const begun = performance.now();
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 3);
    assert.ok(performance.now() - begun < 5_000);
    assert.ok(!existsSync(`${instances}/${said}`));
  });

  it('is refused without the rights, in a sentence that says what it takes', async (t) => {
    const words = [
      'setpriv',
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      process.execPath,
      holder,
      'hold',
    ];
    const { exitCode, stderr } = await run(words, { timeoutMs: 20_000 });
    if (/permission denied, open|Cannot find module/.test(stderr)) {
      t.skip('nobody may not read this checkout');
      return;
    }
    assert.notEqual(exitCode, 0);
    assert.match(stderr, /it takes (?:uid 0|CAP_SYS_ADMIN)/);
  });
});

describe('what it takes is said in one sentence', () => {
  const failed = (code: string) => messageOf(refusal(Object.assign(new Error(code), { code })));
  it('for each way to be refused', () => {
    assert.match(failed('EROFS'), /mounted read-only: it takes a writable one/);
    assert.match(failed('EPERM'), /it takes uid 0, and a kernel that is not locked down/);
    assert.match(failed('ENOSPC'), /cannot be made: ENOSPC/);
    const said = messageOf(refusedToMount('mount: permission denied.\n'));
    assert.match(
      said,
      /refused \(mount: permission denied\.\): it takes CAP_SYS_ADMIN outside a user namespace/,
    );
  });
});
