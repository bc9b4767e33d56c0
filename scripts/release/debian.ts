// The Debian package of the one file that is the program, with its pages, its completions and the names under which kubectl finds it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  globSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { changelog, control, copyright, lintianOverrides, revision, type Debian } from './debian/control.ts';
import { completions } from './completions.ts';

export interface DebianParts extends Debian {
  /** Any executable. */
  readonly binary: string;
  /** The licences of what is in it. */
  readonly notices: string;
  /** By the names of their files. */
  readonly manPages: ReadonlyMap<string, string>;
  /** The program's own, CHANGELOG.md. */
  readonly changes: string;
}

/** Makes it in `folder`, and returns the name of its file. */
export function makeDebian(parts: DebianParts, folder: string): string {
  const { version, arch, epoch } = parts;
  const stage = mkdtempSync(join(tmpdir(), 'netdebug-deb-'));
  try {
    fill(stage, parts);
    const file = `netdebug_${version}-${revision}_${arch}.deb`;
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', stage, join(folder, file)], {
      stdio: ['ignore', 'ignore', 'inherit'],
      // One thread: how xz cuts a file into pieces depends on how many there are.
      env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch), DPKG_DEB_THREADS_MAX: '1' },
    });
    return file;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function fill(stage: string, parts: DebianParts): void {
  const put = (path: string, text: string | Buffer) => {
    mkdirSync(dirname(join(stage, path)), { recursive: true });
    writeFileSync(join(stage, path), text);
  };
  const link = (path: string, to: string) => symlinkSync(to, join(stage, path));
  const doc = 'usr/share/doc/netdebug';
  const man = 'usr/share/man/man1';

  mkdirSync(join(stage, 'usr/bin'), { recursive: true });
  copyFileSync(parts.binary, join(stage, 'usr/bin/netdebug'));
  for (const [name, text] of parts.manPages) put(`${man}/${name}.gz`, zipped(text));
  for (const { folder, file, text } of completions) put(`usr/share/${folder}/${file}`, text);
  for (const name of ['kubectl-netdebug', 'kubectl_complete-netdebug']) {
    link(`usr/bin/${name}`, 'netdebug');
    link(`${man}/${name}.1.gz`, 'netdebug-cluster.1.gz');
  }
  put(`${doc}/copyright`, copyright(new Date(parts.epoch * 1_000).getUTCFullYear()));
  put(`${doc}/notices.gz`, zipped(parts.notices));
  put(`${doc}/changelog.gz`, zipped(parts.changes));
  put(`${doc}/changelog.Debian.gz`, zipped(changelog(parts)));
  put('usr/share/lintian/overrides/netdebug', lintianOverrides);

  const files = globSync('usr/**/*', { cwd: stage, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(stage.length + 1))
    .sort();
  const sums = files.map((file) => {
    const sum = createHash('md5')
      .update(readFileSync(join(stage, file)))
      .digest('hex');
    return `${sum}  ${file}\n`;
  });
  const size = files.reduce((sum, file) => sum + Math.ceil(statSync(join(stage, file)).size / 1_024), 0);
  put('DEBIAN/md5sums', sums.join(''));
  put('DEBIAN/control', control(parts, size, librariesOf(parts.binary)));
  settle(stage, parts.epoch);
}

/** The same bytes each time: no name and no time in it. */
const zipped = (text: string): Buffer => execFileSync('gzip', ['-9n'], { input: text });

/** The packages of the libraries that an executable of Node.js's makers is linked with; none of what is a script, or has all in it. */
function librariesOf(binary: string): string[] {
  const bytes = readFileSync(binary);
  const packages = [
    ['libc.so.6', 'libc6 (>= 2.28)'],
    ['libgcc_s.so.1', 'libgcc-s1 (>= 3.0)'],
    ['libstdc++.so.6', 'libstdc++6 (>= 8)'],
  ] as const;
  if (bytes.subarray(0, 4).toString('latin1') !== '\x7fELF') return [];
  return packages.filter(([library]) => bytes.includes(`\0${library}\0`)).map(([, name]) => name);
}

/** Every file readable, the programs executable, and all of them of one time. */
function settle(stage: string, epoch: number): void {
  const below = globSync('**/*', { cwd: stage, withFileTypes: true }).map((entry) => ({
    entry,
    path: join(entry.parentPath, entry.name),
  }));
  for (const { entry, path } of below)
    if (!entry.isSymbolicLink())
      chmodSync(path, entry.isDirectory() || dirname(path) === join(stage, 'usr/bin') ? 0o755 : 0o644);
  chmodSync(stage, 0o755);
  for (const { entry, path } of below)
    if (entry.isSymbolicLink()) lutimesSync(path, epoch, epoch);
    else utimesSync(path, epoch, epoch);
  utimesSync(stage, epoch, epoch);
}
