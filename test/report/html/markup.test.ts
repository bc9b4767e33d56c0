import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeText, markup } from '../../../src/report/html/markup.ts';

test('text that is put into markup cannot leave its place', () => {
  const hostile = `</p><script>alert(1)</script>" onload='x`;
  const { text } = markup`<p title="${hostile}">${hostile}</p>`;
  const escaped = '&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x';
  assert.equal(text, `<p title="${escaped}">${escaped}</p>`);
});

test('markup within markup is not escaped again, lists are joined, and null and false vanish', () => {
  const { text } =
    markup`<ul>${['a', 'b'].map((one) => markup`<li>${one}</li>`)}${null}${false}${undefined}</ul>`;
  assert.equal(text, '<ul><li>a</li><li>b</li></ul>');
});

test('numbers that are none leave nothing behind', () => {
  assert.equal(markup`${Number.NaN}${Number.POSITIVE_INFINITY}${0}`.text, '0');
});

test('characters that hide or turn what follows are shown as replaced', () => {
  assert.equal(escapeText('a\u0000b\u001bc\u202ed\ud800e'), 'a\ufffdb\ufffdc\ufffdd\ufffde');
  assert.equal(escapeText('line\n\ttab é 漢 😀'), 'line\n\ttab é 漢 😀');
});
