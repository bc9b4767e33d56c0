// The test script runs the tier that is asked for, the lab's files after the others, adds the counts up in one summary after the
// slowest ten, and fails when either part does.
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

test('the quick and the long tests are told apart by the names of their files, and together they are all', async () => {
  await write('test/a.test.ts', "test('one', () => {});");
  await write('test/a.long.test.ts', "test('two', () => {});");
  await write('test/lab-live/b.long.test.ts', "test('three', () => {});");
  const titles = async (...args: string[]) =>
    (await runScript(...args)).stdout.match(/(one|two|three)(?= \()/g);
  assert.deepEqual(await titles('--quick'), ['one']);
  assert.deepEqual(await titles('--long'), ['two', 'three']);
  assert.deepEqual(await titles(), ['two', 'one', 'three']);
  assert.deepEqual(await titles('test/a.long.test.ts'), ['two']);
});

test('the ten slowest tests are named before the counts, the slowest first, and suites are not among them', async () => {
  const sleeper = (ms: number) => `test('takes ${ms}', () => new Promise((end) => setTimeout(end, ${ms})));`;
  const many = [...Array(12).keys()].map((number) => `test('fast ${number}', () => {});`);
  const suite = `import { describe } from 'node:test'; describe('a suite', () => { ${sleeper(400)} });`;
  await write('test/a.test.ts', [sleeper(200), suite, ...many].join('\n'));
  const { stdout } = await runScript();
  const slow = stdout.match(/slow: .*/g) ?? [];
  assert.equal(slow.length, 10);
  const seconds = slow.map((line) => Number(/[0-9.]+(?= s)/.exec(line)?.[0]));
  assert.deepEqual(
    seconds,
    seconds.toSorted((a, b) => b - a),
  );
  for (const ms of [400, 200])
    assert.match(slow.join('\n'), new RegExp(`^slow: +[0-9.]+ s {2}test/a\\.test\\.ts: takes ${ms}$`, 'm'));
  assert.ok(stdout.lastIndexOf('slow: ') < stdout.indexOf('tests 14'));
  assert.doesNotMatch(slow.join('\n'), /a suite/);
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
