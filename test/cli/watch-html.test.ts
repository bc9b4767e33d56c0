// `netdebug watch --html` before anything is watched.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { mainScript } from '../program.ts';

const watch = (...args: string[]) =>
  spawnSync(process.execPath, [mainScript, 'watch', ...args], { encoding: 'utf8' });

test('a page that cannot be written is said at once, not after hours, and the trial leaves nothing', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'netdebug-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [file, why] of [
    [join(folder, 'none', 'page.html'), 'its folder does not exist; make it first (ENOENT)'],
    [folder, 'it is a folder; give a file (EISDIR)'],
  ] as const) {
    const { status, stderr } = watch('--html', file);
    assert.equal(status, 73, stderr);
    assert.equal(stderr, `netdebug: ${file} cannot be written: ${why}; choose another file with --html.\n`);
  }
  assert.deepEqual(readdirSync(folder), []);
});

test('a page is of a watch that is started, and has a name', () => {
  const past = watch('--since', '5m', '--html', 'page.html');
  assert.equal(past.status, 64);
  assert.match(past.stderr, /--since asks a watch that runs already; --html is for starting one/);
  assert.equal(watch('--html', '').status, 64);
  assert.match(watch('--help').stdout, /--html <file> +write a page when it ends, too/);
});
