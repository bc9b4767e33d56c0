import assert from 'node:assert/strict';
import { test } from 'node:test';
import { surelySaid } from '../../../src/report/html/sections/sure-words.ts';

const shown = (words: string, sure: Parameters<typeof surelySaid>[1]) => {
  const { text } = surelySaid(words, sure);
  assert.equal(text.replace(/<[^>]*>/g, ''), words, 'the words stay whole');
  return text.replace(/<span class="sign">[^<]*<\/span>/g, '');
};

test('what is said is set as its name, how sure it is, and the rest', () => {
  assert.equal(shown('X (proven)', 'proven'), '<strong>X</strong><span class="sure proven">proven</span>');
  assert.equal(
    shown('X (proven): since A (B: C)', 'proven'),
    '<strong>X</strong><span class="sure proven">proven</span><span class="rest">since A (B: C)</span>',
  );
  assert.equal(
    shown('X: Y (likely; or Z)', 'likely'),
    '<strong>X: Y</strong><span class="sure likely">likely</span><span class="rest">or Z</span>',
  );
  assert.equal(
    shown('X (not proven in the lab): do; so', 'not proven'),
    '<strong>X</strong><span class="sure not-proven">not proven in the lab</span><span class="rest">do; so</span>',
  );
});

test('what is open has no name, and what nobody said how sure it is no mark', () => {
  assert.equal(
    shown('open: A or B', 'open'),
    '<span class="sure open">open</span><span class="rest">A or B</span>',
  );
  assert.equal(shown('open', 'open'), '<span class="sure open">open</span>');
  assert.equal(shown('unknown', 'open'), '<strong>unknown</strong>');
  assert.equal(
    shown('X, confidence 99%: so', null),
    '<strong>X, confidence 99%</strong><span class="rest">so</span>',
  );
});
