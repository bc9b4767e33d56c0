import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { it } from 'node:test';
import { shellQuote } from '../../src/system/shell-quote.ts';

it('every word reaches a real shell unchanged', () => {
  const words = ['plain', 'two words', "it's", '$HOME', '`id`', 'a\nb', '', '*', '--x=1', '"q"'];
  const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${shellQuote(words)}`], { encoding: 'utf8' });
  assert.deepEqual(printed.split('\0').slice(0, -1), words);
});
