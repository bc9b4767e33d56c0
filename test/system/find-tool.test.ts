// Tools are found where they are and nowhere else, and the command that installs them names each distribution's packages.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  findPackageManager,
  findTool,
  installCommand,
  missingTools,
  packagesFor,
  searchFolders,
  toolNames,
} from '../../src/system/find-tool.ts';

describe('looking for tools', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netdebug-tools-'));
    for (const name of toolNames) {
      if (name !== 'conntrack' && name !== 'nft') await writeFile(join(folder, name), '', { mode: 0o755 });
    }
    await writeFile(join(folder, 'conntrack'), '', { mode: 0o644 });
    await mkdir(join(folder, 'nft'));
    await writeFile(join(folder, 'apk'), '', { mode: 0o755 });
    await symlink('gone', join(folder, 'dnf'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('the sbin folders are searched after PATH, and each folder once', () => {
    assert.deepEqual(searchFolders('/opt/bin:/usr/sbin:/opt/bin'), [
      '/opt/bin',
      '/usr/sbin',
      '/usr/local/sbin',
      '/sbin',
    ]);
  });

  test('relative and empty entries of PATH are left out', () => {
    assert.deepEqual(searchFolders('.::bin:/a'), ['/a', '/usr/local/sbin', '/usr/sbin', '/sbin']);
  });

  test('a tool is found in the first folder that has it', () => {
    assert.equal(findTool('ip', ['/nowhere', folder]), join(folder, 'ip'));
  });

  test('what is no executable file is missing: a folder, a file without the right, nothing', () => {
    assert.equal(findTool('nft', [folder]), undefined);
    assert.equal(findTool('conntrack', [folder]), undefined);
    assert.equal(findTool('tshark', [folder]), undefined);
    assert.deepEqual(missingTools([folder]), ['nft', 'conntrack']);
  });

  test('the package manager is the one that is there, and a dangling link is none', () => {
    assert.equal(findPackageManager([folder]), 'apk');
    assert.equal(findPackageManager(['/nowhere']), undefined);
  });
});

describe('the command that installs tools', () => {
  test('tools of one package name it once', () => {
    assert.deepEqual(packagesFor(['iptables-restore', 'iptables', 'ip'], 'apt-get'), [
      'iproute2',
      'iptables',
    ]);
  });

  test('Debian: fetches the package lists first, and asks for root only where the user is not', () => {
    assert.equal(
      installCommand(['conntrack', 'mount'], 'apt-get', { root: false }),
      'sudo apt-get update && sudo apt-get install -y --no-install-recommends conntrack mount',
    );
    assert.equal(
      installCommand(['sysctl'], 'apt-get', { root: true }),
      'apt-get update && apt-get install -y --no-install-recommends procps',
    );
  });

  test('Fedora, Alpine and Arch: the same tools by their own names', () => {
    assert.equal(
      installCommand(toolNames, 'dnf', { root: false }),
      'sudo dnf install -y conntrack-tools iproute iptables-nft nftables procps-ng tcpdump util-linux',
    );
    assert.equal(
      installCommand(toolNames, 'apk', { root: true }),
      'apk add conntrack-tools iproute2 iptables nftables procps-ng tcpdump util-linux',
    );
    assert.equal(
      installCommand(['ip', 'setpriv'], 'pacman', { root: false }),
      'sudo pacman -S --needed --noconfirm iproute2 util-linux',
    );
  });
});
