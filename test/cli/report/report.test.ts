// `netdebug report` as a user types it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { mainScript } from '../../program.ts';
import { recordedReports, recordedRun } from '../../report/recorded.ts';

function report(...words: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [mainScript, 'report', ...words], (error, stdout, stderr) => {
      done({ exitCode: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('one format goes to stdout', async () => {
  const { exitCode, stdout } = await report(recordedRun('none'), '--format', 'json');
  assert.equal(exitCode, 0);
  assert.equal((JSON.parse(stdout) as { verdict: { outcome: string } }).verdict.outcome, 'none');
});

test('formats may be given with commas and again, and --out holds one file for each', async (t) => {
  const out = await newFolder(t);
  const { exitCode, stdout } = await report(
    recordedRun('none'),
    '--format',
    'text,json',
    '--format',
    'junit,html,markdown',
    '--out',
    out,
  );
  assert.equal(exitCode, 0);
  assert.equal(stdout, '');
  assert.deepEqual((await readdir(out)).sort(), [
    'report.html',
    'report.json',
    'report.md',
    'report.txt',
    'report.xml',
  ]);
});

test('html alone is written into the run’s folder', async (t) => {
  const folder = join(await newFolder(t), 'run');
  await cp(recordedRun('inconclusive'), folder, { recursive: true });
  const { exitCode, stderr } = await report(folder, '--format', 'html');
  assert.equal(exitCode, 0);
  assert.equal(stderr, `${join(folder, 'report.html')}\n`);
});

test('the folder of a matrix gives the matrix', async () => {
  const { stdout } = await report(recordedReports);
  assert.match(stdout, /^gke-intranode-policy\n(?:.*\n){4}$/);
});

test('wrong words end with 64 and a sentence', async () => {
  const unknown = await report(recordedRun('none'), '--format', 'pdf');
  assert.equal(unknown.exitCode, 64);
  assert.match(unknown.stderr, /no format "pdf"; choose from: text, json, junit, html, markdown/);
  const two = await report(recordedRun('none'), '--format', 'text,json');
  assert.equal(two.exitCode, 64);
  assert.match(two.stderr, /cannot share stdout; give --out/);
});
