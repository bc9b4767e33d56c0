// The Debian package: what is in it, for whom, and that it is the same each time; lintian's word on it where that is installed.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeDebian, type DebianParts } from '../../scripts/release/debian.ts';
import { manPages } from '../../scripts/release/man-pages.ts';
import { sha256 } from '../../scripts/release/pack.ts';
import { findTool } from '../../src/system/find-tool.ts';

const lacks = (tool: string) => findTool(tool) === undefined && `${tool} is not installed`;

describe('the Debian package', { skip: lacks('dpkg-deb') }, () => {
  let folder = '';
  let parts: DebianParts;
  let deb = '';
  /** Where it is unpacked. */
  let root = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netdebug-debian-'));
    const binary = join(folder, 'any executable');
    await writeFile(binary, '#!/bin/sh\necho "here with $*"\n', { mode: 0o700 });
    parts = {
      ...{ version: '1.2.3', arch: 'amd64', epoch: 1_700_000_000, binary, notices: 'what is in it\n' },
      maintainer: 'A Tester <tester@netdebug.example>',
      manPages: await manPages({ version: '1.2.3', date: '2023-11-14' }),
      changes: '# Changelog\n',
    };
    deb = join(folder, makeDebian(parts, folder));
    root = join(folder, 'root');
    execFileSync('dpkg-deb', ['-x', deb, root]);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const field = (name: string) => execFileSync('dpkg-deb', ['-f', deb, name], { encoding: 'utf8' }).trim();
  const unzipped = (path: string) => execFileSync('gzip', ['-dc', join(root, path)], { encoding: 'utf8' });

  test('is called as Debian calls it, and says who answers for it and what it wants', () => {
    assert.match(deb, /\/netdebug_1\.2\.3-1_amd64\.deb$/);
    assert.equal(field('Version'), '1.2.3-1');
    assert.equal(field('Architecture'), 'amd64');
    assert.equal(field('Maintainer'), 'A Tester <tester@netdebug.example>');
    assert.equal(field('Depends'), '', 'a script is linked with nothing');
    assert.equal(field('Recommends'), 'conntrack, iproute2, iptables, nftables, procps, tcpdump');
  });

  test('has the program, also by the names that kubectl looks for', async () => {
    const program = join(root, 'usr/bin/netdebug');
    assert.equal(execFileSync(program, ['a', 'b'], { encoding: 'utf8' }), 'here with a b\n');
    assert.equal((await stat(program)).mode & 0o777, 0o755);
    for (const name of ['kubectl-netdebug', 'kubectl_complete-netdebug'])
      assert.equal(await readlink(join(root, 'usr/bin', name)), 'netdebug');
  });

  test('has a page for each command and each name, and completions where the shells look', async () => {
    assert.equal(
      unzipped('usr/share/man/man1/netdebug-lab-run.1.gz'),
      parts.manPages.get('netdebug-lab-run.1'),
    );
    assert.match(unzipped('usr/share/man/man1/kubectl-netdebug.1.gz'), /^\.TH NETDEBUG\\-CLUSTER 1 /);
    for (const [file, begins] of [
      ['bash-completion/completions/netdebug', '# bash'],
      ['zsh/vendor-completions/_netdebug', '#compdef netdebug\n'],
      ['fish/vendor_completions.d/netdebug.fish', '# fish'],
    ] as const)
      assert.ok((await readFile(join(root, 'usr/share', file), 'utf8')).startsWith(begins), file);
  });

  test('has its licence, the notices of what is in it, and what changed', async () => {
    const doc = 'usr/share/doc/netdebug';
    assert.match(await readFile(join(root, doc, 'copyright'), 'utf8'), /^License: Apache-2\.0$/m);
    assert.equal(unzipped(`${doc}/notices.gz`), 'what is in it\n');
    assert.equal(unzipped(`${doc}/changelog.gz`), '# Changelog\n');
    assert.match(
      unzipped(`${doc}/changelog.Debian.gz`),
      /^netdebug \(1\.2\.3-1\) unstable; [^]* -- A Tester <tester@netdebug\.example> {2}Tue, 14 Nov 2023 22:13:20 \+0000\n$/,
    );
  });

  test('its files are as its checksums say', () => {
    const sums = execFileSync('dpkg-deb', ['--ctrl-tarfile', deb]);
    const text = execFileSync('tar', ['-xO', './md5sums'], { input: sums, encoding: 'utf8' });
    assert.ok(text.split('\n').length > 30);
    execFileSync('md5sum', ['--check', '--quiet'], { cwd: root, input: text });
  });

  test('is root’s, and of the time that was said', () => {
    const listed = execFileSync('dpkg-deb', ['-c', deb], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
    });
    for (const line of listed.trim().split('\n'))
      assert.match(line, /^\S+ root\/root +[0-9]+ 2023-11-14 22:13 /);
  });

  test('is the same when it is made again, of a copy of the file', async () => {
    const again = join(folder, 'again');
    await mkdir(again);
    const binary = join(again, 'copy');
    await copyFile(parts.binary, binary);
    const file = makeDebian({ ...parts, binary }, again);
    assert.equal(sha256(join(again, file)), sha256(deb));
  });

  test('lintian finds no error in it', { skip: lacks('lintian') }, () => {
    const words = ['--allow-root', '--fail-on', 'error,warning', deb];
    const { status, stdout } = spawnSync('lintian', words, { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });
});
