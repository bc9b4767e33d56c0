// What a release is refused for, each in one sentence: names that do not agree, and one files that are not what they are called.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { disagreement } from '../../scripts/release/agreement.ts';
import { checkBinary, readBinary } from '../../scripts/release/binaries.ts';
import { Problem } from '../../src/model/problem.ts';

describe('package.json, CHANGELOG.md and the tag', () => {
  const agreed = {
    version: '1.2.3',
    changelog: '# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-29\n\n## [1.2.2]\n',
    tags: ['v1.2.3'],
    isClean: true,
  };
  const cases: readonly (readonly [string, Partial<typeof agreed>, RegExp | null])[] = [
    ['agree', {}, null],
    ['agree, with another tag beside', { tags: ['latest', 'v1.2.3'] }, null],
    [
      'no version in the changelog',
      { changelog: '## [Unreleased]\n' },
      /has no version yet.*"## \[1\.2\.3\]"/,
    ],
    ['an older one there', { changelog: '## [1.2.2]\n' }, /has 1\.2\.2 as its newest version/],
    ['another version', { version: '1.2.4' }, /says 1\.2\.4, and .* has 1\.2\.3/],
    ['no tag', { tags: [] }, /not tagged v1\.2\.3, .*; type: git tag v1\.2\.3$/],
    ['another tag', { tags: ['v1.2.2'] }, /not tagged v1\.2\.3, .*, but v1\.2\.2;/],
    ['a tag without its v', { tags: ['1.2.3'] }, /not tagged v1\.2\.3/],
    ['files that differ', { isClean: false }, /^files differ from the commit that is tagged v1\.2\.3/],
  ];
  for (const [what, changed, sentence] of cases)
    test(what, () => {
      const said = disagreement({ ...agreed, ...changed });
      if (sentence === null) assert.equal(said, null);
      else assert.match(said ?? '', sentence);
      assert.doesNotMatch(said ?? '', /\n/);
    });
});

describe('a one file', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netdebug-binaries-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const here = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const file = async (name: string, content: string | Buffer, mode = 0o755) => {
    await writeFile(join(folder, name), content, { mode });
    return join(folder, name);
  };
  const problem = (kind: string, sentence: RegExp) => (error: unknown) =>
    error instanceof Problem && error.kind === kind && sentence.test(error.message);

  test('is named by its system and machine', () => {
    assert.deepEqual(readBinary('linux-arm64=/a/b=c'), { os: 'linux', arch: 'arm64', path: '/a/b=c' });
    for (const wrong of ['linux-amd64', 'linux-x64=/a', 'windows-amd64=/a', '=/a', 'linux-amd64='])
      assert.throws(() => readBinary(wrong), problem('usage', /write it like linux-amd64=PATH/), wrong);
  });

  test('says the version of the release, where it can be asked', async () => {
    const path = await file('good', '#!/bin/sh\necho 1.2.3\n');
    checkBinary(readBinary(`${here}=${path}`), '1.2.3');
    assert.throws(
      () => checkBinary(readBinary(`${here}=${path}`), '1.2.4'),
      problem('missing', /says it is "1\.2\.3", not 1\.2\.4\.$/),
    );
  });

  test('can be read and run', async () => {
    const path = await file('no-program', '#!/bin/sh\n', 0o644);
    for (const one of [path, join(folder, 'nothing')])
      assert.throws(
        () => checkBinary(readBinary(`${here}=${one}`), '1.2.3'),
        problem('missing', /is no file/),
      );
  });

  test('is for the machine that it is said to be for', async () => {
    const elf = (machine: number) => {
      const bytes = Buffer.alloc(64);
      bytes.write('\x7fELF', 'latin1');
      bytes.writeUInt16LE(machine, 18);
      return bytes;
    };
    const macho = Buffer.alloc(64);
    macho.writeUInt32LE(0xfeedfacf, 0);
    macho.writeUInt32LE(0x0100000c, 4);
    const paths = {
      'linux-amd64': await file('x64', elf(0x3e)),
      'linux-arm64': await file('a64', elf(0xb7)),
      'darwin-arm64': await file('mac', macho),
    };
    for (const [name, path] of Object.entries(paths))
      for (const said of ['linux-amd64', 'linux-arm64', 'darwin-amd64', 'darwin-arm64'])
        if (said === name && said !== here) checkBinary(readBinary(`${said}=${path}`), '1.2.3');
        else if (said !== name)
          assert.throws(
            () => checkBinary(readBinary(`${said}=${path}`), '1.2.3'),
            problem('missing', new RegExp(`is for ${name}\\.$`)),
          );
    const text = await file('text', 'no program at all, and long enough');
    assert.throws(
      () => checkBinary(readBinary(`${here}=${text}`), '1.2.3'),
      problem('missing', /is for no machine that is known/),
    );
  });
});
