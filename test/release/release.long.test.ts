// `npm run release` in a copy of the checkout that is a repository of its own: what it makes, twice the same, and what it refuses.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { sha256 } from '../../scripts/release/pack.ts';
import { findTool } from '../../src/system/find-tool.ts';
import { ownPath, root } from '../package/packed.ts';
import { assertValid, librariesIn, librariesOf, readBill } from './read-bill.ts';

const missing = ['git', 'dpkg-deb'].filter((tool) => findTool(tool) === undefined);
const skip = missing.length > 0 && `not installed: ${missing.join(', ')}`;
const notCopied = ['node_modules', '.git', 'dist', 'release', 'netdebug-runs', 'artifacts'];
const arch = process.arch === 'x64' ? 'amd64' : 'arm64';

describe('npm run release', { skip }, () => {
  let folder = '';
  let checkout = '';
  const env = { ...process.env, PATH: ownPath() };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'netdebug-release-test-'));
    checkout = join(folder, 'checkout');
    const filter = (from: string) => !notCopied.includes(relative(root, from));
    cpSync(root, checkout, { recursive: true, filter });
    symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
    git('init', '--quiet');
    // A link is not taken by the pattern for folders.
    writeFileSync(join(checkout, '.git/info/exclude'), 'node_modules\n');
    commit('as it is');
    writeFileSync(join(folder, 'notices'), 'what is in it\n');
    const words = `exec ${process.execPath} ${join(root, 'src/cli/start.mjs')} "$@"`;
    writeFileSync(join(folder, 'program'), `#!/bin/sh\n${words}\n`, { mode: 0o755 });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@netdebug.example', ...words], {
      cwd: checkout,
    });
  const commit = (message: string) => {
    git('add', '--all');
    git('commit', '--quiet', '--message', message);
  };
  const release = (...words: readonly string[]) =>
    spawnSync('npm', ['run', '--silent', 'release', '--', ...words], {
      cwd: checkout,
      env,
      encoding: 'utf8',
    });
  const programs = () => [
    ...['--base-url', 'https://releases.example/v0.1.0/', '--notices', join(folder, 'notices')],
    ...['--maintainer', 'A Tester <tester@netdebug.example>'],
    ...[`--binary`, `linux-${arch}=${join(folder, 'program')}`],
  ];
  const version = () =>
    (JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string }).version;

  test('refuses what is not called the same everywhere, in one sentence', () => {
    writeFileSync(join(checkout, 'CHANGELOG.md'), '# Changelog\n\n## [Unreleased]\n');
    const refused = (sentence: RegExp) => {
      const { status, stdout, stderr } = release(...programs());
      assert.deepEqual({ status, stdout }, { status: 69, stdout: '' }, stderr);
      assert.match(stderr, sentence);
      assert.equal(stderr.split('\n').length, 2, stderr);
    };
    refused(/^release: package\.json says .*, and CHANGELOG\.md has no version yet/);
    writeFileSync(join(checkout, 'CHANGELOG.md'), `# Changelog\n\n## [${version()}]\n\n- All of it.\n`);
    commit('the version has a section');
    refused(/^release: this commit is not tagged v/);
    git('tag', `v${version()}`);
    writeFileSync(join(checkout, 'stray'), '');
    refused(/^release: files differ from the commit that is tagged v/);
    rmSync(join(checkout, 'stray'));
  });

  test('refuses one files without what goes with them', () => {
    const binary = ['--binary', `linux-${arch}=${join(folder, 'program')}`];
    const notices = ['--notices', join(folder, 'notices')];
    for (const [words, sentence] of [
      [binary, /needs --notices FILE/],
      [[...binary, ...notices], /needs --maintainer/],
      [[...binary, ...notices, '--maintainer', 'A <a@b.example>'], /--base-url needs the https address/],
      [[...programs(), ...binary], /is given twice/],
      [[...programs(), '--out', checkout], /holds what is no release/],
    ] as const) {
      const { status, stderr } = release(...words);
      assert.equal(status, 64, stderr);
      assert.match(stderr, sentence);
    }
  });

  test('makes all of it, with checksums, and the same again', () => {
    const first = join(folder, 'first');
    const made = release(...programs(), '--out', first);
    assert.equal(made.status, 0, made.stderr);
    const v = version();
    assert.deepEqual(readdirSync(first).sort(), [
      'SHA256SUMS',
      `netdebug-${v}-linux-${arch}.cdx.json`,
      `netdebug-${v}-linux-${arch}.tar.gz`,
      `netdebug-${v}.cdx.json`,
      `netdebug-${v}.tgz`,
      `netdebug-completions-${v}.tar.gz`,
      `netdebug-man-${v}.tar.gz`,
      `netdebug-mesh-${v}.tgz`,
      'netdebug.yaml',
      `netdebug_${v}-1_${arch}.deb`,
    ]);
    execFileSync('sha256sum', ['--check', '--quiet', '--strict', 'SHA256SUMS'], { cwd: first });
    assert.equal(made.stdout, readFileSync(join(first, 'SHA256SUMS'), 'utf8'));
    assert.equal(made.stdout.trim().split('\n').length, 9);
    assert.match(made.stderr, /^release: no images: --base-image names none to build them on$/m);

    const { spec } = parse(readFileSync(join(first, 'netdebug.yaml'), 'utf8')) as {
      spec: { version: string; platforms: { uri: string; sha256: string }[] };
    };
    assert.equal(spec.version, `v${v}`);
    const archive = `netdebug-${v}-linux-${arch}.tar.gz`;
    const [platform] = spec.platforms;
    assert.equal(platform?.uri, `https://releases.example/v0.1.0/${archive}`);
    assert.ok(made.stdout.includes(`${platform.sha256}  ${archive}\n`));

    // Of files of another time, and over what the first left behind.
    execFileSync('find', [
      checkout,
      '-not',
      '-path',
      '*/.git/*',
      '-name',
      '*.md',
      '-exec',
      'touch',
      '{}',
      '+',
    ]);
    const again = release(...programs(), '--out', first);
    assert.equal(again.stdout, made.stdout, again.stderr);
  });

  test('its archive has the program, which runs', () => {
    const unpacked = mkdtempSync(join(folder, 'unpacked-'));
    const archive = join(folder, 'first', `netdebug-${version()}-linux-${arch}.tar.gz`);
    execFileSync('tar', ['-xzf', archive, '-C', unpacked]);
    assert.deepEqual(readdirSync(unpacked).sort(), ['LICENSE', 'NOTICES', 'netdebug']);
    const said = execFileSync(join(unpacked, 'netdebug'), ['--version'], { encoding: 'utf8' });
    assert.equal(said, `${version()}\n`);
  });

  test('its bills are valid, and name the libraries of which the package has the licences', async () => {
    const first = join(folder, 'first');
    const package_ = `netdebug-${version()}.tgz`;
    const words = ['-xzOf', join(first, package_), 'package/dist/THIRD-PARTY-LICENSES'];
    const libraries = librariesIn(execFileSync('tar', words, { encoding: 'utf8' }));
    assert.ok(libraries.length >= 9, libraries.join());
    for (const file of [package_, `netdebug-${version()}-linux-${arch}.tar.gz`]) {
      const text = readFileSync(join(first, file.replace(/[.](tgz|tar[.]gz)$/, '.cdx.json')), 'utf8');
      await assertValid(text);
      const { metadata, components } = readBill(text);
      assert.deepEqual(librariesOf(components), libraries);
      // The program of this test is a script, in which there is no Node.js.
      assert.equal(components.length, libraries.length);
      const content = sha256(join(first, file));
      assert.deepEqual(metadata.component.hashes, [{ alg: 'SHA-256', content }]);
    }
  });

  test('a trial needs neither tag nor one file, and says what is wrong', () => {
    git('tag', '--delete', `v${version()}`);
    const out = join(folder, 'trial');
    const { status, stdout, stderr } = release('--trial', '--out', out);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^release: a trial, not to be published: this commit is not tagged/);
    assert.equal(stdout.trim().split('\n').length, 5);
    assert.ok(!readdirSync(out).some((name) => /\.deb$|\.yaml$/.test(name)));
  });
});
