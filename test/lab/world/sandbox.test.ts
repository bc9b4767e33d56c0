// However the process in a private world ends, or does not begin, the outer one ends too, and says how it was.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pause } from '../../../src/system/pause.ts';
import { withoutPrograms } from '../../without-programs.ts';

const sandboxFile = resolve(import.meta.dirname, '../../../src/lab/world/sandbox.ts');
const failingInside = resolve(import.meta.dirname, 'failing-inside.ts');

/** The outer process: what cli/main.ts makes of a sandbox, with any program inside. */
const outer = `
  const { runInSandbox } = await import(process.argv[1]);
  const { exitCodeOf, reportError } = await import(process.argv[2]);
  const [patience, ...argv] = process.argv.slice(3);
  try {
    const options = { asRoot: process.getuid() === 0, stdout: 'inherit', patienceMs: Number(patience) };
    process.exitCode = await runInSandbox(argv, options).exited;
  } catch (error) {
    reportError(error, process.stderr);
    process.exitCode = exitCodeOf(error);
  }`;
const exitFile = resolve(import.meta.dirname, '../../../src/cli/exit.ts');
const outerWords = (patienceMs: number, argv: readonly string[]) => [
  ...[process.execPath, '--input-type=module', '--eval', outer, sandboxFile, exitFile],
  ...[String(patienceMs), ...argv],
];

let folder = '';
before(async () => (folder = await mkdtemp(join(tmpdir(), 'netdebug-sandbox-'))));
after(() => rm(folder, { recursive: true, force: true }));

async function program(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}

interface Ended {
  readonly exitCode: number | null;
  readonly stderr: string;
}

function start(argv: readonly string[], patienceMs = 60_000): { child: ChildProcess; ended: Promise<Ended> } {
  const [file = '', ...args] = outerWords(patienceMs, argv);
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((done, failed) => {
    child.once('error', failed);
    child.once('close', (exitCode) => done({ exitCode, stderr }));
  });
  return { child, ended };
}

const run = (argv: readonly string[], patienceMs?: number) => start(argv, patienceMs).ended;

/** The outer process starts unshare, and that the first process of the world, which is then no longer called unshare. */
async function innerPid({ pid }: ChildProcess): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    const [unshare] = await below(pid);
    const [inner] = await below(unshare);
    if (inner !== undefined && (await readFile(`/proc/${inner}/comm`, 'utf8')) !== 'unshare\n') return inner;
    await pause(10);
  }
  throw new Error('the world has no process');
}

async function below(pid: number | undefined): Promise<number[]> {
  if (pid === undefined) return [];
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').flatMap((word) => (word === '' ? [] : [Number(word)]));
}

describe('an inner process', () => {
  test('that exits at once without a word, as if the run had come out otherwise than expected, is our own fault', async () => {
    assert.deepEqual(await run(['/bin/false']), {
      exitCode: 70,
      stderr:
        "netdebug: the lab's inner process was killed, or broke off, before it began (unshare: exit code 1); " +
        'what was said is above, and dmesg tells whether memory ran out.\n',
    });
  });

  test('that exits with 0 before it has done anything is no success', async () => {
    assert.equal((await run(['/bin/true'])).exitCode, 70);
  });

  test('that says why before it exits is heard first', async () => {
    const file = await program('last-words', '#!/bin/sh\necho "no room left" >&2\nexit 3\n');
    const { exitCode, stderr } = await run([file]);
    assert.equal(exitCode, 70);
    assert.match(
      stderr,
      /^no room left\nnetdebug: the lab's inner process .* before it began \(unshare: exit code 3\); /,
    );
  });

  test('that cannot be executed, or is not there, is something missing, by its name', async () => {
    const noProgram = await program('no-program', '\u007fELF and then nothing that any kernel runs\n');
    const notPermitted = await program('not-permitted', '#!/bin/sh\n');
    await chmod(notPermitted, 0o644);
    for (const file of [noProgram, notPermitted, join(folder, 'not-there')]) {
      const { exitCode, stderr } = await run([file]);
      assert.equal(exitCode, 69, stderr);
      const [said = '', ours] = stderr.split('\nnetdebug: ');
      assert.ok(said.includes(file), stderr);
      assert.equal(
        ours,
        `the lab's inner process could not be started, as said above; see whether ${file} is there and runs.\n`,
      );
    }
  });

  test('that somebody kills before it has begun is our own fault, whatever unshare says', async () => {
    const sleeping = start(['sleep', '1000']);
    process.kill(await innerPid(sleeping.child), 'SIGKILL');
    const { exitCode, stderr } = await sleeping.ended;
    assert.equal(exitCode, 70, stderr);
    // What unshare makes of a child that was killed differs between its versions.
    assert.match(
      stderr,
      /netdebug: the lab's inner process was killed, or broke off, before it began \(unshare: /,
    );
  });

  test('that does not begin is ended when patience is over', async () => {
    assert.deepEqual(await run(['sleep', '1000'], 200), {
      exitCode: 70,
      stderr: "netdebug: the lab's inner process did not begin within 200 ms.\n",
    });
  });

  test('that says its exit code ends with it', async () => {
    const file = await program('well-behaved', '#!/bin/sh\necho begun >&3\necho done 2 >&3\nexit 2\n');
    assert.deepEqual(await run([file]), { exitCode: 2, stderr: '' });
  });

  test('that began, and exits without naming its exit code, is our own fault', async () => {
    const file = await program('breaks-off', '#!/bin/sh\necho begun >&3\necho "stack trace" >&2\nexit 1\n');
    const { exitCode, stderr } = await run([file]);
    assert.equal(exitCode, 70);
    assert.match(
      stderr,
      /^stack trace\nnetdebug: .* before it was done \(unshare: exit code 1\); what was said is above/,
    );
  });

  test('whose task fails while something of it still runs ends all the same', async () => {
    assert.deepEqual(await run([process.execPath, failingInside]), {
      exitCode: 69,
      stderr: 'netdebug: a part of the lab is missing\n',
    });
  });
});

test('without unshare, it is named', async () => {
  const { exitCode, stderr } = await withoutPrograms(['unshare'], outerWords(60_000, ['true']));
  assert.equal(exitCode, 69, stderr);
  assert.equal(stderr, 'netdebug: unshare is not installed; install util-linux.\n');
});
