// What a part of a release is made of: that CycloneDX's own schema takes it, and that it names what is there.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Enums } from '@cyclonedx/cyclonedx-library';
import { bundledParts, nodePart, nodeVersionIn } from '../../scripts/release/sbom/bundled.ts';
import { programPart, sbomOf, type Part } from '../../scripts/release/sbom/document.ts';
import { root } from '../package/packed.ts';
import { assertValid, readBill } from './read-bill.ts';

const epoch = 1_700_000_000;

describe('the bill of the bundle', () => {
  let libraries: readonly Part[] = [];
  before(async () => {
    libraries = await bundledParts(root);
  });

  test('names the libraries that the sources import, and what these need, in the versions of the lock', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string }>;
    };
    const names = libraries.map(({ name }) => name);
    for (const name of ['commander', 'zod', 'prom-client', 'string-width', 'wrap-ansi', 'ansi-regex'])
      assert.ok(names.includes(name), name);
    assert.ok(!names.includes('esbuild') && !names.includes('typescript'));
    for (const { name, version } of libraries) {
      const locked = Object.entries(lock.packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
      assert.ok(
        locked.some(([, one]) => one.version === version),
        `${name} ${version}`,
      );
    }
  });

  test('is valid by the published schema, and the same each time', async () => {
    const text = sbomOf(programPart('1.2.3'), [...libraries, nodePart(process.versions)], epoch);
    await assertValid(text);
    assert.equal(sbomOf(programPart('1.2.3'), [nodePart(process.versions), ...libraries], epoch), text);
    const { metadata, components, dependencies } = readBill(text);
    assert.equal(metadata.timestamp, '2023-11-14T22:13:20.000Z');
    assert.equal(metadata.component['bom-ref'], 'pkg:npm/netdebug@1.2.3');
    assert.equal(components.length, libraries.length + 1);
    const needed = dependencies.find(({ ref }) => ref === metadata.component['bom-ref'])?.dependsOn ?? [];
    assert.deepEqual(needed, components.map((one) => one['bom-ref']).sort());
    const node = components.find(({ name }) => name === 'node');
    assert.equal(node?.version, process.versions.node);
    const inner = new Map(node.components?.map(({ name, version }) => [name, version]));
    assert.equal(inner.get('openssl'), process.versions.openssl);
    assert.ok(!inner.has('modules'));
    assert.ok([...inner.values()].every((said) => /[0-9]/.test(said)));
  });
});

test('a bill that says what no licence, version or name may be is not valid', async () => {
  const text = sbomOf(programPart('1.2.3'), [], epoch);
  await assertValid(text);
  await assert.rejects(assertValid(text.replace('"Apache-2.0"', '"Apache-3"')), /license/);
  await assert.rejects(assertValid(text.replace('"application"', '"programme"')), /type/);
});

test('a scanner finds each part by its package URL', async () => {
  const debian: Part = {
    ...{ type: Enums.ComponentType.Library, name: 'libstdc++6', version: '1:12.2.0-14+deb12u1' },
    purl: {
      type: 'deb',
      namespace: 'debian',
      qualifiers: { arch: 'amd64', distro: 'debian-12', upstream: 'gcc-12' },
    },
  };
  const scoped: Part = {
    ...{ type: Enums.ComponentType.Library, name: '@npmcli/arborist', version: '9.1.0', license: 'ISC' },
    purl: { type: 'npm' },
  };
  const either: Part = { ...scoped, name: 'either', license: '(MIT OR CC0-1.0)' };
  const other: Part = { ...scoped, name: 'other', license: 'SEE LICENSE IN LICENCE.txt' };
  const text = sbomOf(programPart('1.2.3'), [debian, scoped, either, other], epoch);
  await assertValid(text);
  const { components } = readBill(text);
  const of = (name: string) => components.find((one) => one.name === name);
  assert.equal(
    of('libstdc++6')?.purl,
    'pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14+deb12u1?arch=amd64&distro=debian-12&upstream=gcc-12',
  );
  assert.equal(of('@npmcli/arborist')?.purl, 'pkg:npm/%40npmcli/arborist@9.1.0');
  assert.deepEqual(of('@npmcli/arborist')?.licenses, [{ license: { id: 'ISC' } }]);
  assert.deepEqual(of('either')?.licenses, [{ expression: '(MIT OR CC0-1.0)' }]);
  assert.deepEqual(of('other')?.licenses, [{ license: { name: 'SEE LICENSE IN LICENCE.txt' } }]);
});

describe('the Node.js in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netdebug-sbom-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('is known by its bytes, whatever machine it is for', () => {
    assert.equal(nodeVersionIn(process.execPath), process.versions.node);
  });

  test('is in no script, whatever that says, and in no other executable', () => {
    const script = join(folder, 'script');
    writeFileSync(script, '#!/bin/sh\necho node.js/v24.0.0\n');
    assert.equal(nodeVersionIn(script), null);
    assert.equal(nodeVersionIn('/bin/sh'), null);
  });
});
