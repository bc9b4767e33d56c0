import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { it } from 'node:test';
import { inNetns, netnsFlag } from '../../../src/system/tools/ip-netns.ts';

it('a command is run in the namespace that is named, and as it is in our own', () => {
  assert.deepEqual(inNetns('node-1', ['nft', 'list', 'tables']), [
    ...['ip', 'netns', 'exec', 'node-1', 'nft', 'list', 'tables'],
  ]);
  assert.deepEqual(inNetns(null, ['nft', 'list', 'tables']), ['nft', 'list', 'tables']);
  assert.deepEqual([netnsFlag('node-1'), netnsFlag(null)], [['-n', 'node-1'], []]);
});

it('the words are spelled in one file; pages may show them to people', async () => {
  const src = resolve(import.meta.dirname, '../../../src');
  const spelling: string[] = [];
  for (const name of await readdir(src, { recursive: true })) {
    if (!name.endsWith('.ts') || name.startsWith('causes/')) continue;
    const lines = (await readFile(join(src, name), 'utf8')).split('\n');
    if (lines.some((line) => /'netns', 'exec'|^(?! *(\/\/|\/?\*)).*netns exec/.test(line)))
      spelling.push(name);
  }
  assert.deepEqual(spelling, ['system/tools/ip-netns.ts']);
});
