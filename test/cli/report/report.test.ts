// `netdebug report` as a user types it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { mainScript } from '../../program.ts';
import { observedFolder } from '../../report/observed-folder.ts';
import { recordedCaptures, recordedReports, recordedRun } from '../../report/recorded.ts';

function netdebug(
  ...words: readonly string[]
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [mainScript, ...words], (error, stdout, stderr) => {
      done({ exitCode: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

const report = (...words: readonly string[]) => netdebug('report', ...words);

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
  assert.match(stdout, /^gke-intranode-policy\n(?:.*\n){4}\nIn 2 of 3 runs 27 connections were reset;/);
  assert.match(stdout, /\nnot as expected: 1 of 3 runs .*\n$/);
});

test('what was observed is said as diagnose says it, and its page is written into its folder', async (t) => {
  const folder = await observedFolder(t, 'policy-reject');
  const { exitCode, stdout, stderr } = await report(folder, '--format', 'html,text');
  assert.equal(exitCode, 0);
  assert.equal(stderr, `${join(folder, 'report.html')}\n`);
  assert.match(stdout, /\n {2}why {3}policy-reject \(proven\)/);
  assert.equal(stdout, (await netdebug('diagnose', folder)).stdout);
});

test('a folder without anything to read, and a file, end with 64 and a sentence', async (t) => {
  const empty = await newFolder(t);
  const nothing = await report(empty);
  assert.equal(nothing.exitCode, 64);
  assert.match(nothing.stderr, /^netdebug: there are neither events nor captures in [^\n]*\n$/);
  const file = await report(join(recordedCaptures, 'any-v6.pcap'));
  assert.equal(file.exitCode, 64);
  assert.match(file.stderr, /is not a folder; give the folder of a run or of evidence, and a file to/);
});

test('wrong words end with 64 and a sentence', async () => {
  const unknown = await report(recordedRun('none'), '--format', 'pdf');
  assert.equal(unknown.exitCode, 64);
  assert.match(unknown.stderr, /no format "pdf"; choose from: text, json, junit, html, markdown/);
  const two = await report(recordedRun('none'), '--format', 'text,json');
  assert.equal(two.exitCode, 64);
  assert.match(two.stderr, /cannot share stdout; give --out/);
});
