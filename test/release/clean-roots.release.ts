// Each part of a release is installed in a Debian that has nothing else, and run there. By hand, since it takes minutes: npm run
// test:release. Needs root, mmdebstrap and Debian's packages; the part for arm64 qemu-user-static.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { completions } from '../../scripts/release/completions.ts';
import { scenarios } from '../../src/lab/scenarios/index.ts';
import { runRecordSchema } from '../../src/model/run-record.ts';
import { findTool } from '../../src/system/find-tool.ts';
import { npmHome } from '../image/local-base.ts';
import { labSkip } from '../lab-live/netdebug.ts';
import { root as checkout } from '../package/packed.ts';
import { rootSkip } from '../programs-skip.ts';
import { debianMirror, makeCleanRoot, packedDebian, type CleanRoot, type Ended } from './clean-root.ts';
import { nodeForArm64, oneFile, releaseOf, workFolder } from './made-release.ts';

const arch = process.arch === 'x64' ? 'amd64' : process.arch;
const skip = rootSkip(['mmdebstrap', 'dpkg-deb', 'unshare']);
const labSkipped = skip === false ? await labSkip() : skip;
const emulator = findTool('qemu-aarch64-static');

describe('a release in a clean Debian', { skip }, () => {
  let removeWork = () => {};
  let release = '';
  let debian = '';
  let hasArm64 = false;
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string };
  const fileOf = (name: string) => join(release, name);
  const archiveFor = (machine: string) => fileOf(`netdebug-${version}-linux-${machine}.tar.gz`);
  const package_ = () => `netdebug_${version}-1_${arch}.deb`;

  before(async () => {
    const { folder, remove } = workFolder();
    removeWork = remove;
    debian = packedDebian(folder);
    const binaries = new Map([[`linux-${arch}`, oneFile(folder, arch)]]);
    const arm64 = arch === 'arm64' ? null : await nodeForArm64(folder);
    hasArm64 = arm64 !== null;
    if (arm64 !== null) binaries.set('linux-arm64', oneFile(folder, 'arm64', arm64));
    release = releaseOf(folder, 'release', binaries);
  });
  after(() => removeWork());

  const fresh = (t: { after(done: () => void): void }, tar: string | null = debian): CleanRoot => {
    const made = makeCleanRoot(tar);
    t.after(() => made.remove());
    return made;
  };

  test('is whole by its checksums', () => {
    execFileSync('sha256sum', ['--check', '--quiet', '--strict', 'SHA256SUMS'], { cwd: release });
  });

  test('the Debian package is installed by dpkg alone, and runs without a Node.js', (t) => {
    const clean = fresh(t);
    copyFileSync(fileOf(package_()), join(clean.folder, package_()));
    assert.notEqual(clean.run(['node', '--version']).status, 0);
    ended(clean.run(['dpkg', '--install', `/${package_()}`]));
    assert.equal(ended(clean.run(['dpkg', '--verify', 'netdebug'])), '');
    answers((words) => clean.run(['netdebug', ...words]), version);
    assert.match(ended(clean.run(['kubectl-netdebug', '--help'])), /^Usage: kubectl netdebug /);

    const page = ended(clean.run(['gzip', '-dc', '/usr/share/man/man1/netdebug-lab-run.1.gz']));
    assert.match(page, /^\.TH NETDEBUG\\-LAB\\-RUN 1 /);
    const complete = ['source /usr/share/bash-completion/completions/netdebug', 'complete -p netdebug'];
    assert.match(ended(clean.run(['bash', '-c', complete.join(' && ')])), /^complete .* netdebug\n$/);
    for (const { folder, file } of completions)
      assert.ok(existsSync(join(clean.folder, 'usr/share', folder, file)));

    ended(clean.run(['dpkg', '--purge', 'netdebug']));
    assert.ok(!existsSync(join(clean.folder, 'usr/bin/netdebug')));
  });

  test('the Debian package brings what the lab needs, and reproduces the bug', { skip: labSkipped }, (t) => {
    const clean = fresh(t);
    copyFileSync('/etc/resolv.conf', join(clean.folder, 'etc/resolv.conf'));
    copyFileSync(fileOf(package_()), join(clean.folder, package_()));
    for (const name of ['ip', 'nft', 'conntrack', 'tcpdump'])
      assert.notEqual(clean.run(['sh', '-c', `command -v ${name}`]).status, 0, `${name} is there before`);
    // As the machine reaches its mirror.
    cpSync('/etc/apt/apt.conf.d', join(clean.folder, 'etc/apt/apt.conf.d'), { recursive: true });
    ended(clean.run(['apt-get', 'update', '--quiet'], { network: true }));
    const install = ['apt-get', 'install', '--quiet', '--yes', `/${package_()}`];
    ended(clean.run(install, { network: true }));

    const run = ['lab', 'run', '--json', '--out', '/root/a-run'];
    const record = runRecordSchema.parse(JSON.parse(ended(clean.run(['netdebug', ...run]))));
    assert.equal(record.verdict.outcome, 'co-located-only');
    assert.deepEqual(
      record.findings.map(({ cause }) => cause),
      ['route-table-conflict'],
    );
    assert.match(readFileSync(join(clean.folder, 'root/a-run/report.html'), 'utf8'), /^<!doctype html>/i);
  });

  test('the npm package is installed without a network, on Node.js and npm alone', (t) => {
    const clean = fresh(t);
    copyFileSync(realpathSync(process.execPath), join(clean.folder, 'usr/local/bin/node'));
    cpSync(npmHome(), join(clean.folder, 'usr/local/lib/node_modules/npm'), { recursive: true });
    copyFileSync(fileOf(`netdebug-${version}.tgz`), join(clean.folder, 'netdebug.tgz'));
    const npm = ['node', '/usr/local/lib/node_modules/npm/bin/npm-cli.js'];
    const prefix = ['--global', '--prefix', '/usr/local'];
    ended(clean.run([...npm, 'install', ...prefix, '--offline', '--no-audit', '--no-fund', '/netdebug.tgz']));
    answers((words) => clean.run(['netdebug', ...words]), version);
    assert.match(ended(clean.run(['kubectl-netdebug', '--help'])), /^Usage: kubectl netdebug /);
    const listed = JSON.parse(ended(clean.run([...npm, 'ls', ...prefix, '--all', '--json', 'netdebug']))) as {
      dependencies: Record<string, { version: string; dependencies?: object }>;
    };
    assert.deepEqual(listed.dependencies['netdebug'], { version, overridden: false });
  });

  test('the one file runs alone, out of its archive; its pages and completions go where those of a system are', (t) => {
    const clean = fresh(t);
    unpack(archiveFor(arch), join(clean.folder, 'usr/local/bin'));
    unpack(fileOf(`netdebug-man-${version}.tar.gz`), join(clean.folder, 'usr/local/share/man/man1'));
    unpack(fileOf(`netdebug-completions-${version}.tar.gz`), join(clean.folder, 'usr/local/share'));
    answers((words) => clean.run(['netdebug', ...words]), version);
    assert.ok(existsSync(join(clean.folder, 'usr/local/share/man/man1/netdebug-lab-run.1')));
    const script = completions.find(({ shell }) => shell === 'bash');
    const source = `source /usr/local/share/bash/${script?.file ?? ''} && complete -p netdebug`;
    assert.match(ended(clean.run(['bash', '-c', source])), /^complete .* netdebug\n$/);
  });

  test(
    'the one file for arm64 runs, emulated, with the libraries of an arm64 alone',
    { skip: emulator === undefined && 'not installed: qemu-aarch64-static' },
    (t) => {
      if (!hasArm64) {
        t.skip('no Node.js for arm64 to be had from npm');
        return;
      }
      const clean = fresh(t, null);
      // Not a whole Debian: its maintainers' scripts would have to run, emulated too.
      const words = [
        '--quiet',
        '--variant=extract',
        '--architectures=arm64',
        '--include=libstdc++6',
        'bookworm',
      ];
      const tar = join(release, '..', 'arm64.tar');
      execFileSync('mmdebstrap', [...words, tar, debianMirror], { stdio: ['ignore', 'ignore', 'inherit'] });
      unpack(tar, clean.folder);
      unpack(archiveFor('arm64'), join(clean.folder, 'bin'));
      copyFileSync(emulator ?? '', join(clean.folder, 'bin/emulator'));
      const run = (argv: readonly string[]) => clean.run(['/bin/emulator', '/bin/netdebug', ...argv]);
      // As ELF numbers machines.
      assert.equal(readFileSync(join(clean.folder, 'bin/netdebug')).readUInt16LE(18), 0xb7);
      answers(run, version);
    },
  );
});

/** What it printed, once it has ended well. */
function ended({ status, stdout, stderr }: Ended): string {
  assert.equal(status, 0, `${stdout}${stderr}`);
  return stdout;
}

function unpack(archive: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['--extract', '--file', archive, '--directory', folder]);
}

/** What every part of a release has to say, wherever it runs. */
function answers(run: (words: readonly string[]) => Ended, version: string): void {
  assert.match(ended(run(['--help'])), /^Usage: netdebug \[options\] \[command\]\n/);
  const said = JSON.parse(ended(run(['version', '-o', 'json', '--no-cluster']))) as Record<string, string>;
  assert.equal(said['version'], version);
  assert.equal(said['node'], process.versions.node);
  assert.match(ended(run(['explain', 'conntrack-invalid'])), /^conntrack-invalid: /);
  const listed = JSON.parse(ended(run(['lab', 'list', '--json']))) as { name: string }[];
  assert.deepEqual(listed.map(({ name }) => name).sort(), scenarios.map(({ name }) => name).sort());
}
