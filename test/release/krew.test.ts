// The krew manifest: as krew's documentation has it, of real archives, and as krew's own validator takes it where that is installed.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { krewManifest, type Archive } from '../../scripts/release/krew.ts';
import { packFolder, sha256 } from '../../scripts/release/pack.ts';
import { findTool } from '../../src/system/find-tool.ts';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly version: string;
    readonly shortDescription: string;
    readonly description: string;
    readonly platforms: readonly {
      readonly uri: string;
      readonly sha256: string;
      readonly bin: string;
      readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    }[];
  };
}

let folder = '';
let archives: Archive[] = [];
let text = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netdebug-krew-'));
  const stage = join(folder, 'stage');
  await mkdir(join(stage, 'sub'), { recursive: true });
  await writeFile(join(stage, 'netdebug'), '#!/bin/sh\necho here\n', { mode: 0o775 });
  await writeFile(join(stage, 'LICENSE'), 'a licence\n', { mode: 0o600 });
  await writeFile(join(stage, 'sub/a'), 'a\n');
  for (const arch of ['amd64', 'arm64'] as const) {
    const file = `netdebug-1.2.3-linux-${arch}.tar.gz`;
    packFolder(stage, join(folder, file), 1_700_000_000);
    archives = [...archives, { os: 'linux', arch, file, sha256: sha256(join(folder, file)) }];
  }
  text = krewManifest('1.2.3', 'https://releases.example/v1.2.3', archives);
  await writeFile(join(folder, 'netdebug.yaml'), text);
});
after(() => rm(folder, { recursive: true, force: true }));

test('has what krew asks of a manifest', () => {
  const manifest = parse(text) as Manifest;
  assert.equal(manifest.apiVersion, 'krew.googlecontainertools.github.com/v1alpha2');
  assert.equal(manifest.kind, 'Plugin');
  assert.equal(manifest.metadata.name, 'netdebug');
  const { version, shortDescription, description, platforms } = manifest.spec;
  assert.match(version, /^v[0-9]+\.[0-9]+\.[0-9]+$/);
  // krew's index takes 50 signs, on one line.
  assert.match(shortDescription, /^.{10,50}$/);
  assert.ok(description.length > 50);
  assert.equal(platforms.length, 2);
  const selected = platforms.map(({ selector }) => JSON.stringify(selector.matchLabels));
  assert.equal(new Set(selected).size, selected.length, 'two for one machine');
  for (const { uri, sha256: sum, bin, selector } of platforms) {
    assert.match(
      uri,
      /^https:\/\/releases\.example\/v1\.2\.3\/netdebug-1\.2\.3-linux-(amd64|arm64)\.tar\.gz$/,
    );
    const file = join(folder, uri.slice(uri.lastIndexOf('/') + 1));
    assert.equal(sum, sha256(file));
    assert.deepEqual(Object.keys(selector.matchLabels).sort(), ['arch', 'os']);
    const listed = execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }).split('\n');
    assert.ok(listed.includes(bin) && listed.includes('LICENSE'), listed.join(' '));
  }
});

describe('an archive', () => {
  test('is the same from the same files, however old, and by whatever mode they were made', async () => {
    const again = join(folder, 'again');
    await mkdir(join(again, 'sub'), { recursive: true, mode: 0o700 });
    await writeFile(join(again, 'sub/a'), 'a\n');
    await writeFile(join(again, 'LICENSE'), 'a licence\n');
    await writeFile(join(again, 'netdebug'), '#!/bin/sh\necho here\n');
    await chmod(join(again, 'netdebug'), 0o755);
    await utimes(join(again, 'LICENSE'), 1, 1);
    packFolder(again, join(folder, 'again.tar.gz'), 1_700_000_000);
    assert.equal(sha256(join(folder, 'again.tar.gz')), archives[0]?.sha256);
    packFolder(again, join(folder, 'later.tar.gz'), 1_700_000_001);
    assert.notEqual(sha256(join(folder, 'later.tar.gz')), archives[0]?.sha256);
  });

  test('belongs to nobody, and can be read and run by everybody', () => {
    const listed = execFileSync('tar', ['-tvzf', join(folder, archives[0]?.file ?? '')], {
      encoding: 'utf8',
    });
    assert.match(listed, /^-rwxr-xr-x 0\/0 .* netdebug$/m);
    assert.match(listed, /^-rw-r--r-- 0\/0 .* LICENSE$/m);
  });
});

describe('krew itself', () => {
  const lacks = (tool: string) => findTool(tool) === undefined && `${tool} is not installed`;

  test('takes the manifest', { skip: lacks('validate-krew-manifest') }, () => {
    const words = ['-skip-install', '-manifest', join(folder, 'netdebug.yaml')];
    const { status, stderr } = spawnSync('validate-krew-manifest', words, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /structural validation OK/);
  });

  test('installs the plugin from it', { skip: lacks('kubectl-krew') || lacks('git') }, async () => {
    const root = join(folder, 'krew');
    await mkdir(root);
    const words = ['install', `--manifest=${join(folder, 'netdebug.yaml')}`];
    const archive = `--archive=${join(folder, archives[0]?.file ?? '')}`;
    const env = { ...process.env, KREW_ROOT: root, KREW_OS: 'linux', KREW_ARCH: 'amd64' };
    const { status, stderr } = spawnSync('kubectl-krew', [...words, archive], { encoding: 'utf8', env });
    assert.equal(status, 0, stderr);
    const link = join(root, 'bin/kubectl-netdebug');
    assert.equal(execFileSync(link, { encoding: 'utf8' }), 'here\n');
    // As its own words on installing it say.
    const complete = join(root, 'bin/kubectl_complete-netdebug');
    await symlink('kubectl-netdebug', complete);
    assert.equal(execFileSync(complete, { encoding: 'utf8' }), 'here\n');
  });
});
