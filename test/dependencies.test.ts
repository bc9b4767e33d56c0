// A dependency earns its place with one sentence in docs/dependencies.md, and a sentence goes when its dependency does.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = dirname(import.meta.dirname);

async function sections(): Promise<Record<'dependencies' | 'devDependencies', string[]>> {
  const text = await readFile(join(root, 'docs/dependencies.md'), 'utf8');
  const [, published = '', development = ''] = text.split(/^## /m);
  const names = (section: string) =>
    [...section.matchAll(/^- \*\*(.+?)\*\* [a-z]/gm)].map((match) => match[1] ?? '');
  return { dependencies: names(published).sort(), devDependencies: names(development).sort() };
}

test('docs/dependencies.md has a sentence for each dependency of package.json, and for no other', async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  assert.deepEqual(await sections(), {
    dependencies: Object.keys(manifest.dependencies).sort(),
    devDependencies: Object.keys(manifest.devDependencies).sort(),
  });
});
