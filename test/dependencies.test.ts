// A dependency earns its place with one sentence in docs/dependencies.md, and a sentence goes when its dependency does.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = dirname(import.meta.dirname);

async function sections(): Promise<Record<'published' | 'development', string[]>> {
  const text = await readFile(join(root, 'docs/dependencies.md'), 'utf8');
  const [, published = '', development = ''] = text.split(/^## /m);
  const names = (section: string) =>
    [...section.matchAll(/^- \*\*(.+?)\*\* [a-z]/gm)].map((match) => match[1] ?? '');
  return { published: names(published).sort(), development: names(development).sort() };
}

/** The libraries that a file of `src` imports: they are bundled into the published program. */
async function imported(): Promise<string[]> {
  const files = globSync('src/**/*.ts', { cwd: root });
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  const found = texts.flatMap((text) =>
    [...text.matchAll(/^(?:import|export|\}) [^;]*?from '([^.'][^']*)';$/gm)].map(
      ([, from = '']) => from.split('/')[0] ?? '',
    ),
  );
  return [...new Set(found.filter((name) => !name.startsWith('node:')))].sort();
}

test('docs/dependencies.md has a sentence for each dependency of package.json, and for no other', async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  assert.equal(manifest.dependencies, undefined, 'the package installs nothing beside itself');
  const published = await imported();
  const development = Object.keys(manifest.devDependencies).filter((name) => !published.includes(name));
  assert.deepEqual(await sections(), { published, development: development.sort() });
});
