// Runs a table of attacks against one program: after each it must live, within its memory, and answer; after all it must do its job.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { killAll, mib, type AttackedProgram } from './attacked-program.ts';
import { openScene, within, type Scene } from './scene.ts';

export interface Target {
  readonly program: AttackedProgram;
  /** Of its /healthz; undefined when it has none. */
  readonly health?: number;
}

export interface Attack<T> {
  readonly name: string;
  readonly attack: (target: T, scene: Scene) => Promise<unknown>;
}

export interface Group<T extends Target> {
  readonly start: () => Promise<T>;
  readonly attacks: readonly Attack<T>[];
  /** Rejects when the program no longer does what it is there for. */
  readonly works: (target: T) => Promise<unknown>;
  /** Each attack is made on a program of its own, so many at a time, which then does its job: for what is waited for rather than worked at. */
  readonly atOnce?: number;
  /** What has to be in place before it starts; resolves with how that is taken away. */
  readonly prepare?: () => Promise<() => Promise<unknown>>;
}

/** The bound that is set: a kubelet, or whoever looks after the program, is answered within it. */
const longestHealthMs = 1_000;
const longestAttackMs = 60_000;
const dyingMs = 500;

export function attackGroup<T extends Target>(name: string, group: Group<T>): void {
  const ownEach = group.atOnce !== undefined;
  describe(name, { concurrency: group.atOnce ?? 1 }, () => {
    let target: T | undefined;
    let tidy: (() => Promise<unknown>) | undefined;
    const running = async () => (ownEach ? await group.start() : (target ??= await group.start()));
    before(async () => {
      tidy = await group.prepare?.();
    });
    after(async () => {
      await killAll();
      await tidy?.();
    });

    for (const { name: what, attack } of group.attacks) {
      test(what, { timeout: longestAttackMs }, async (t) => {
        const scene = openScene();
        t.after(() => scene.end());
        const attacked = await running();
        const { program } = attacked;
        program.forgetPeak();
        try {
          await attack(attacked, scene);
          await unharmed(attacked, 'while its attackers are there');
          await scene.end();
          await unharmed(attacked, 'when they are gone');
          t.diagnostic(`at most ${mib(program.peakBytes() ?? 0)} of ${mib(program.limitBytes)}`);
          if (ownEach) await ends(attacked, group);
        } catch (error) {
          // The next attack is made on one that is sound.
          target = undefined;
          // What it did not survive may be told first by a connection that it had.
          await within(dyingMs, () => program.ending() !== null);
          const ending = program.ending();
          await program.kill();
          if (ending === null) throw error;
          assert.fail(`it ${ending}; its last words: ${lastWords(program)}`);
        }
      });
    }

    if (ownEach) return;
    test('after all that it still does its job, and ends as it ought to', async () => {
      await ends(await running(), group);
    });
  });
}

async function ends<T extends Target>(attacked: T, { works }: Group<T>): Promise<void> {
  await works(attacked);
  assert.equal(await attacked.program.terminate(), 0, lastWords(attacked.program));
}

async function unharmed({ program, health }: Target, when: string): Promise<void> {
  assert.equal(program.ending(), null, `${when} it lives`);
  if (health !== undefined) await healthy(health, program, when);
  assert.equal(program.ending(), null, `${when} it lives`);
  const peak = program.peakBytes() ?? Number.POSITIVE_INFINITY;
  assert.ok(peak <= program.limitBytes, `${when} it takes ${mib(peak)} of ${mib(program.limitBytes)}`);
  assert.equal(program.rawControls(), 0, `${when} its log has no control characters`);
}

/** Asked again when it was this process that was late, not the program, or when the machine did not let the program run. */
async function healthy(port: number, program: AttackedProgram, when: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const waitedMs = program.waitedMs();
    const { status, tookMs, ownDelayMs } = await askHealth(port);
    if (status === 200) return;
    const lateMs = Math.max(ownDelayMs, program.waitedMs() - waitedMs);
    if (lateMs < longestHealthMs / 4 || tries === 3) {
      assert.fail(`${when} /healthz says ${String(status)} after ${Math.round(tookMs)} ms`);
    }
  }
}

interface Health {
  readonly status: number | string;
  readonly tookMs: number;
  readonly ownDelayMs: number;
}

function askHealth(port: number): Promise<Health> {
  const startMs = performance.now();
  let ownDelayMs = 0;
  let lookedMs = startMs;
  const looking = setInterval(() => {
    ownDelayMs = Math.max(ownDelayMs, performance.now() - lookedMs - 10);
    lookedMs = performance.now();
  }, 10);
  return new Promise<Health>((resolve) => {
    const tell = (status: number | string) =>
      resolve({ status, tookMs: performance.now() - startMs, ownDelayMs });
    const asked = request({ port, host: '127.0.0.1', path: '/healthz', agent: false }, (response) => {
      response.resume();
      tell(response.statusCode ?? 0);
    });
    asked.on('error', (error) => tell(error.message));
    asked.end();
    setTimeout(() => {
      tell('nothing');
      asked.destroy();
    }, longestHealthMs).unref();
  }).finally(() => clearInterval(looking));
}

const lastWords = (program: AttackedProgram) => JSON.stringify(program.said().slice(-600));
