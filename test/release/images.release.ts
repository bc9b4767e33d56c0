// Both images of a release, and what says what is in them: made twice, and held against what their files say. By hand, since it takes
// many minutes: npm run test:release. Needs root, buildah and mmdebstrap.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildahIn, type Buildah } from '../../scripts/release/buildah.ts';
import { withFiles } from '../../scripts/release/images.ts';
import { sha256 } from '../../scripts/release/pack.ts';
import { makeLocalBase } from '../image/local-base.ts';
import { root } from '../package/packed.ts';
import { rootSkip } from '../programs-skip.ts';
import { releaseOf, workFolder } from './made-release.ts';
import { assertValid, librariesIn, librariesOf, readBill, type Bill } from './read-bill.ts';

const skip = rootSkip(['buildah', 'mmdebstrap', 'dpkg-query']);
const arch = process.arch === 'x64' ? 'amd64' : process.arch;

describe('the images of a release', { skip }, () => {
  let removeWork = () => {};
  let work = '';
  let base = '';
  let release = '';
  let elsewhere: Buildah;
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const names = ['image', 'observer-image'].map((what) => `netdebug-${what}-${version}-linux-${arch}`);

  before(() => {
    const { folder, remove } = workFolder();
    removeWork = remove;
    work = folder;
    base = `oci-archive:${join(work, 'base-image.tar')}`;
    mkdirSync(join(work, 'made'));
    const made = buildahIn(join(work, 'made'));
    made('push', '--quiet', makeLocalBase(made, root, join(work, 'made')), base);
    rmSync(join(work, 'made'), { recursive: true });
    release = releaseOf(work, 'first', new Map(), ['--base-image', base]);
    elsewhere = buildahIn(join(work, 'elsewhere'));
  });
  after(() => removeWork());

  const pull = (folder: string, name: string) =>
    elsewhere('pull', '--quiet', `oci-archive:${join(folder, `${name}.tar`)}`).trim();
  const billOf = (name: string): Bill => readBill(readFileSync(join(release, `${name}.cdx.json`), 'utf8'));

  test('are in its folder, with their bills and all checksums', () => {
    const files = readdirSync(release);
    for (const name of names)
      for (const end of ['tar', 'cdx.json']) assert.ok(files.includes(`${name}.${end}`), name);
    execFileSync('sha256sum', ['--check', '--quiet', '--strict', 'SHA256SUMS'], { cwd: release });
  });

  for (const name of names)
    test(`${name}: its bill is valid, and names what its files say is there`, async () => {
      await assertValid(readFileSync(join(release, `${name}.cdx.json`), 'utf8'));
      const { metadata, components } = billOf(name);
      assert.deepEqual(metadata.component.hashes, [
        { alg: 'SHA-256', content: sha256(join(release, `${name}.tar`)) },
      ]);
      withFiles(elsewhere, pull(release, name), (folder) => {
        const debian = components.filter(({ purl = '' }) => purl.startsWith('pkg:deb/debian/'));
        const status = readFileSync(join(folder, 'var/lib/dpkg/status'), 'utf8').split('\n\n');
        const installed = status.filter((one) => one.includes('\nStatus: install ok installed\n'));
        assert.ok(installed.length > 60, String(installed.length));
        const field = (text: string, word: string) =>
          new RegExp(`^${word}: (.*)$`, 'm').exec(text)?.[1] ?? '';
        assert.deepEqual(
          debian.map((one) => `${one.name} ${one.version}`).sort(),
          installed.map((one) => `${field(one, 'Package')} ${field(one, 'Version')}`).sort(),
        );
        assert.equal(
          debian.some((one) => one.name === 'conntrack'),
          name.includes('observer'),
        );
        const program = components.find((one) => one.name === 'netdebug');
        const licences = readFileSync(join(folder, 'opt/netdebug/dist/THIRD-PARTY-LICENSES'), 'utf8');
        assert.ok(librariesIn(licences).length > 5, licences.slice(0, 300));
        assert.deepEqual(librariesOf(program?.components ?? []), librariesIn(licences));
        const npm = readFileSync(join(folder, 'usr/local/lib/node_modules/npm/package.json'), 'utf8');
        assert.ok(
          components.some(
            ({ purl }) => purl === `pkg:npm/npm@${(JSON.parse(npm) as { version: string }).version}`,
          ),
        );
        const node = components.find((one) => one.name === 'node')?.version;
        assert.equal(
          execFileSync('chroot', [folder, 'node', '--version'], { encoding: 'utf8' }),
          `v${node ?? ''}\n`,
        );
        const said = execFileSync('chroot', [folder, 'netdebug', '--version'], { encoding: 'utf8' });
        assert.equal(said, `${version}\n`);
      });
    });

  test('are the same when they are made again on the same base, but for what Node.js compiled', () => {
    const again = releaseOf(work, 'again', new Map(), ['--base-image', base]);
    const [image = ''] = names;
    const differ = readdirSync(release).filter(
      (file) => sha256(join(release, file)) !== sha256(join(again, file)),
    );
    const may = ['SHA256SUMS', `${image}.cdx.json`, `${image}.tar`];
    assert.deepEqual(
      differ.filter((file) => !may.includes(file)),
      [],
    );
    const compared = withFiles(elsewhere, pull(release, image), (one) =>
      withFiles(elsewhere, pull(again, image), (other) =>
        spawnSync('diff', ['--recursive', '--no-dereference', '--brief', one, other], { encoding: 'utf8' }),
      ),
    );
    assert.ok((compared.status ?? 2) < 2, compared.stderr);
    for (const line of compared.stdout.split('\n').filter((text) => text !== ''))
      assert.match(line, /^Files \S+\/opt\/netdebug\/\.compiled\/\S+ and \S+ differ$/);
  });
});
