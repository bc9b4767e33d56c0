// Which Node.js it takes is one fact, told in the same words wherever somebody looks for it.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = dirname(import.meta.dirname);
const read = (name: string) => readFile(join(root, name), 'utf8');

test('README, CONTRIBUTING, docs, the images, the package and the program agree on the Node.js that it takes', async () => {
  const manifest = JSON.parse(await read('package.json')) as {
    engines: { node: string };
    devDependencies: { node: string };
  };
  const [, version = '?', major = '', minor = ''] =
    /^>=(([0-9]+)\.([0-9]+))$/.exec(manifest.engines.node) ?? [];
  const [, broughtMajor, broughtMinor] = /^\^([0-9]+)\.([0-9]+)\./.exec(manifest.devDependencies.node) ?? [];
  assert.equal(broughtMajor, major, 'the one that a checkout brings');
  assert.ok(Number(broughtMinor) >= Number(minor), 'the one that a checkout brings');
  const sentence = `netdebug runs on Node.js ${version} or newer; a checkout brings its own, for which Node.js 20, npm and git are enough.`;
  for (const page of ['README.md', 'CONTRIBUTING.md']) {
    const text = (await read(page)).replace(/\s+/g, ' ');
    assert.equal(text.split(sentence).length, 2, page);
    assert.deepEqual(text.replace(sentence, '').match(/Node\.js [0-9.]+ or newer/g), null, page);
  }
  // What is said of another program's needs stands in docs/dependencies.md, with another sign.
  for (const page of (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'))) {
    for (const [said] of (await read(`docs/${page}`)).matchAll(/Node\.js [0-9][0-9.]*[0-9] or newer/g))
      assert.equal(said, `Node.js ${version} or newer`, page);
  }
  assert.ok((await read('docs/install.md')).includes(`Node.js ${version} or newer`));
  assert.match(
    await read('Dockerfile'),
    new RegExp(`^ARG BASE_IMAGE=docker[.]io/library/node:${major}-slim$`, 'm'),
  );
  const starter = await read('bin/netdebug');
  assert.ok(starter.includes(`-gt ${major} ]`) && starter.includes(`-eq ${major} ]`));
  assert.ok(starter.includes(`-ge ${minor} ]`) && starter.includes(`needs Node.js ${version} or newer`));
  assert.ok((await read('src/cli/start.mjs')).includes(`oldest = '${version}'`));
});
