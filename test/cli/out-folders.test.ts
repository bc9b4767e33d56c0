// Whatever names a place to write to is tried before anything starts: one sentence and 73, at once, and nothing is left there.
import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/system/process.ts';
import { netdebug, newFolder } from '../lab-live/netdebug.ts';
import { mountSkip, privateMounts } from '../private-mounts.ts';
import { mainScript } from '../program.ts';
import { recordedRun } from '../report/recorded.ts';

const skip = await mountSkip();
const recorded = recordedRun('default');
const commands: readonly ((out: string) => string[])[] = [
  (out) => ['lab', 'run', '--out', out],
  (out) => ['lab', 'matrix', '--out', out],
  (out) => ['lab', 'mesh', '--out', out],
  (out) => ['observe', '--out', out, '--duration', '1s'],
  (out) => ['report', recorded, '--format', 'html', '--out', out],
  (out) => ['cluster', 'run', '--out', out, '--kubeconfig', '/dev/null'],
  (out) => ['client', '--events', out, '--duration', '1s'],
  (out) => ['server', '--events', out, '--duration', '1s', '-p', '0'],
];

/** Each of them says one sentence and leaves nothing. */
async function refused(words: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await netdebug(...words);
  assert.match(stderr, /^netdebug: --(out|events) [^\n]*\.\n$/, words.join(' '));
  assert.equal(exitCode, 73, stderr);
  assert.equal(stdout, '');
}

describe('a place that cannot be written to', { skip: process.platform !== 'linux' && 'needs Linux' }, () => {
  it('is refused by every command that writes, at once', async () => {
    // A recursive mkdir never ends there.
    await Promise.all(commands.map((words) => refused(words('/proc/netdebug-test'))));
  });

  it('is refused in whatever way it is none', async (t) => {
    const folder = await newFolder(t);
    await mkdir(folder);
    await writeFile(join(folder, 'file'), '');
    await symlink('nowhere/at/all', join(folder, 'dangling'));
    await symlink('file', join(folder, 'to-file'));
    const before = await readdir(folder, { recursive: true });
    const bad = ['file', 'file/x', 'dangling', 'to-file', 'x'.repeat(300)].map((name) => join(folder, name));
    await Promise.all(bad.map((out) => refused(['lab', 'run', '--out', out])));
    assert.deepEqual(await readdir(folder, { recursive: true }), before);
  });

  it('because it is read-only, or full', { skip }, async (t) => {
    const folder = await newFolder(t);
    await mkdir(folder);
    const full =
      'mount -t tmpfs -o size=8k tmpfs "$0" && { head -c 8192 /dev/zero > "$0/ballast"; exec "$@"; }';
    const readOnly = 'mount -t tmpfs -o ro tmpfs "$0" && exec "$@"';
    const words = [process.execPath, mainScript, 'lab', 'run', '--out', join(folder, 'run')];
    for (const [script, why] of [
      [full, 'the disk is full (ENOSPC)'],
      [readOnly, 'the file system is read-only (EROFS)'],
    ] as const) {
      const { exitCode, stderr } = await run([...privateMounts, 'sh', '-c', script, folder, ...words]);
      assert.equal(
        stderr,
        `netdebug: --out ${join(folder, 'run')} cannot be used: ${why}; choose another folder.\n`,
      );
      assert.equal(exitCode, 73);
    }
  });
});
