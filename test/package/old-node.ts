// A real Node.js of this machine that is older than what netdebug takes: Debian's own, most often.
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

export const noOldNode = 'this machine has no Node.js older than 24.19 in PATH';

/** Its file and version; null where there is none. */
export const oldNode: { readonly file: string; readonly version: string } | null = findOld();

function findOld() {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/bin', '/usr/bin'];
  for (const folder of folders) {
    const file = join(folder, 'node');
    const { stdout, status } = spawnSync(file, ['--version'], { encoding: 'utf8' });
    const [, major, minor] = (status === 0 && /^v([0-9]+)\.([0-9]+)\./.exec(stdout)) || [];
    if (major !== undefined && Number(major) * 1_000 + Number(minor) < 24_019)
      return { file, version: stdout.trim() };
  }
  return null;
}
