// Archives that come out the same from the same files, whoever packs them and when: sorted, of nobody, and of one time.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * Packs what is in a folder, with the folders in it. Takes GNU tar.
 * @param epoch Seconds: every file is called that old. @param zipped False for what is compressed already
 */
export function packFolder(folder: string, to: string, epoch: number, { zipped } = { zipped: true }): void {
  execFileSync('tar', [
    ...['--create', '--file', to, ...(zipped ? ['--use-compress-program', 'gzip -n -9'] : [])],
    ...['--sort=name', '--format=ustar', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${epoch}`],
    ...['--mode=u+rw,go+r-w,a+X', '--transform=s,^\\./,,', '--exclude=./.', '--directory', folder, '.'],
  ]);
}

export const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
