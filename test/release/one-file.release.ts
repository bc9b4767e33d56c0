// The Debian package with a real executable of the size and kind of the one file: Node.js itself. Run by hand, since it is packed for
// minutes: npm run test:release.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { makeDebian } from '../../scripts/release/debian.ts';
import { manPages } from '../../scripts/release/man-pages.ts';
import { findTool } from '../../src/system/find-tool.ts';

const missing = ['dpkg-deb', 'lintian'].filter((tool) => findTool(tool) === undefined);
const skip =
  missing.length > 0 ? `not installed: ${missing.join(', ')}` : process.arch !== 'x64' && 'needs an x64';

describe('a Debian package of Node.js itself', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'netdebug-one-file-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('names the libraries that it is linked with, and lintian finds no error in it', async () => {
    const file = makeDebian(
      {
        ...{ version: '1.2.3', arch: 'amd64', epoch: 1_700_000_000, binary: process.execPath },
        ...{ notices: 'what is in it\n', changes: '# Changelog\n' },
        maintainer: 'A Tester <tester@netdebug.example>',
        manPages: await manPages({ version: '1.2.3', date: '2023-11-14' }),
      },
      folder,
    );
    const deb = join(folder, file);
    const depends = execFileSync('dpkg-deb', ['-f', deb, 'Depends'], { encoding: 'utf8' });
    assert.equal(depends, 'libc6 (>= 2.28), libgcc-s1 (>= 3.0), libstdc++6 (>= 8)\n');
    const words = ['--allow-root', '--fail-on', 'error,warning', deb];
    const { status, stdout } = spawnSync('lintian', words, { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });
});
