// The test script runs the lab's files after the others, adds the counts up in one summary, and fails when either part does.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

const script = join(import.meta.dirname, '../../scripts/test.mjs');

let tree = '';
beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), 'netdebug-test-script-'));
});
afterEach(() => rm(tree, { recursive: true, force: true }));

async function write(file: string, body: string): Promise<void> {
  await mkdir(dirname(join(tree, file)), { recursive: true });
  await writeFile(join(tree, file), `import { test } from 'node:test';\n${body}\n`);
}

/** Runs it in the tree, as if no test runner were running already. */
function runScript(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const env = { ...process.env };
  delete env['NODE_TEST_CONTEXT'];
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd: tree, env }, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

test('both parts pass: the lab comes last, and the one summary counts both', async () => {
  await write('test/lab-live/a.test.ts', "test('in the lab', () => {});");
  await write('test/z.test.ts', "test('one', () => {}); test('two', { skip: true }, () => {});");
  const { exitCode, stdout } = await runScript();
  assert.equal(exitCode, 0);
  assert.deepEqual(stdout.match(/(one|two|in the lab)(?= \()/g), ['one', 'two', 'in the lab']);
  assert.match(
    stdout,
    /tests 3\n.*suites 0\n.*pass 2\n.*fail 0\n.*cancelled 0\n.*skipped 1\n.*todo 0\n.*duration_ms [0-9.]+\s*$/,
  );
  assert.equal(stdout.match(/duration_ms/g)?.length, 1);
});

test('a failure in the first part is not covered by a second that passes', async () => {
  await write('test/lab-live/a.test.ts', "test('in the lab', () => {});");
  await write('test/a.test.ts', "test('broken', () => { throw new Error('on purpose'); });");
  const { exitCode, stdout } = await runScript();
  assert.equal(exitCode, 1);
  assert.match(stdout, /pass 1\n.*fail 1\n/);
  assert.match(stdout, /failing tests:[^]*on purpose/);
});

test('a failure in the lab alone fails the whole', async () => {
  await write('test/lab-live/a.test.ts', "test('broken', () => { throw new Error('on purpose'); });");
  await write('test/a.test.ts', "test('one', () => {});");
  assert.equal((await runScript()).exitCode, 1);
});

test('named files run alone, and --update reaches them', async () => {
  const needsUpdate = "if (process.env.UPDATE_GOLDEN !== '1') throw new Error('not asked to update');";
  await write('test/a.test.ts', `test('golden', () => { ${needsUpdate} });`);
  await write('test/b.test.ts', "test('other', () => {});");
  assert.equal((await runScript('test/a.test.ts')).exitCode, 1);
  const { exitCode, stdout } = await runScript('--update', 'test/a.test.ts');
  assert.equal(exitCode, 0);
  assert.match(stdout, /tests 1\n/);
});

test('a name that no file has, or an option that it has not, is wrong usage', async () => {
  await write('test/a.test.ts', "test('one', () => {});");
  const noFile = await runScript('test/none.test.ts');
  assert.equal(noFile.exitCode, 64);
  assert.match(noFile.stderr, /finds no such test file/);
  const noOption = await runScript('--watch');
  assert.equal(noOption.exitCode, 64);
  assert.match(noOption.stderr, /does not know --watch/);
});
