// The text of the pages: its width, its parts, and one page as a whole.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { catalogue, causeIds, pageOf } from '../../../src/causes/index.ts';
import { listText, pageText } from '../../../src/cli/explain/page.ts';

const golden = join(import.meta.dirname, '../../golden/explain/conntrack-invalid.txt');

test('the list has each cause once, its id first, and a title that is too long goes on below, indented', () => {
  const lines = listText(catalogue).split('\n');
  const list = lines.slice(0, lines.indexOf(''));
  const begins = list.filter((line) => !line.startsWith(' '));
  assert.deepEqual(
    begins.map((line) => line.split(' ')[0]),
    [...causeIds],
  );
  assert.ok(list.length <= causeIds.length + 1, 'all but one have titles of one line');
  for (const line of lines) assert.ok(line.length <= 100, line);
});

for (const page of catalogue) {
  const { id } = page;
  const text = pageText(page);

  test(`no line of the page of ${id} is longer than 100 characters or ends in a space`, () => {
    for (const line of text.split('\n')) {
      assert.ok(line.length <= 100, `${line.length}: ${line}`);
      assert.equal(line, line.trimEnd());
    }
    assert.match(text, /[^\n]\n$/);
  });

  test(`the page of ${id} holds every word of its entry`, () => {
    const words = text.replace(/\s+/g, ' ');
    const { title, symptom, author, mechanism, howToConfirm, lookAlikes, fixes, sources } = page;
    const parts = [
      ...[title, author.text, ...Object.values(symptom)],
      ...mechanism.map((paragraph) => paragraph.text),
      ...howToConfirm.flatMap(({ run, whenItIs, whenNot }) => [run, whenItIs, whenNot]),
      ...lookAlikes.flatMap(({ cause, tellApart }) => [cause, tellApart]),
      ...fixes.flatMap(({ name, whatToDo, sideEffects, tryIt }) => [
        name,
        whatToDo,
        sideEffects,
        tryIt ?? '',
      ]),
      ...sources.flatMap(({ title: name, where }) => [name, where]),
    ];
    for (const part of parts) assert.ok(words.includes(part.replace(/\s+/g, ' ')), part);
    for (const line of page.drawing) assert.ok(text.includes(`${line}\n`), line);
  });
}

test('a page is as it was when somebody last read it through', async () => {
  const text = pageText(pageOf('conntrack-invalid')!);
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(golden, text);
  assert.equal(text, await readFile(golden, 'utf8'));
});
