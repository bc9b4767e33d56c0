import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { catalogue, causeIds, causeModels, pageOf } from '../../src/causes/index.ts';
import { placeholders } from '../../src/causes/placeholders.ts';
import { findingSchema } from '../../src/model/run-record.ts';

/** Words in capitals that tools print or take; every other one in a command is a placeholder. */
const wordsOfTools = ['DROP', 'DESTROY', 'INVALID', 'NR'];

/** Signs that a text was put together wrongly or is not finished. */
const forbidden = /\$\{|\bundefined\b|\[object|\bTODO\b|\bFIXME\b|\bNaN\b/;

test('no two causes have one id, and each is one that a record may hold', () => {
  assert.equal(new Set(causeIds).size, causeIds.length);
  for (const id of causeIds) assert.equal(findingSchema.shape.cause.parse(id), id);
});

test('evidence can lead to each cause but the one that remains when none is found', () => {
  assert.deepEqual(
    causeIds.filter((id) => !causeModels.some(({ cause }) => cause === id)),
    ['unknown'],
  );
});

for (const entry of catalogue) {
  describe(`the page of ${entry.id}`, () => {
    test('leaves no part empty, and has a fix unless the cause is not known', () => {
      const { fixes, ...rest } = entry;
      assert.equal(fixes.length === 0, entry.id === 'unknown');
      for (const text of textsOf([rest, ...fixes])) {
        assert.notEqual(text.value.trim(), '', text.path);
      }
      for (const [path, list] of listsOf(rest)) assert.ok(list.length > 0, `${path} is empty`);
    });

    test('names each fix once, with a command exactly if it was shown in the lab', () => {
      assert.equal(new Set(entry.fixes.map(({ name }) => name)).size, entry.fixes.length);
      for (const { name, tryIt, proven } of entry.fixes) assert.equal(tryIt !== null, proven === 'lab', name);
    });

    test('holds no trace of a template', () => {
      for (const { path, value } of textsOf(entry)) {
        assert.doesNotMatch(value, forbidden, path);
      }
    });

    test('has a title of one line and a drawing that fits beside its margin', () => {
      assert.ok(entry.title.length <= 75, `${entry.title.length} characters`);
      for (const line of entry.drawing) {
        assert.match(line, /^[ -~]{0,76}$/);
        assert.equal(line, line.trimEnd());
      }
    });

    test('has commands whose capital words are declared placeholders or words of tools', () => {
      const known = [...Object.keys(placeholders), ...wordsOfTools];
      for (const { run } of entry.howToConfirm) {
        for (const word of run.match(/\b[A-Z][A-Z_]+\b/g) ?? [])
          assert.ok(known.includes(word), `${word} in: ${run}`);
      }
    });

    test('breaks a long command only where the shell reads on', () => {
      for (const { run } of entry.howToConfirm) {
        for (const line of run.split('\n').slice(0, -1)) assert.match(line, /(&&|\||;|\\)$/);
      }
    });

    test('tells it apart from other causes of the catalogue, each once', () => {
      const others = entry.lookAlikes.map(({ cause }) => cause);
      assert.ok(!others.includes(entry.id));
      for (const other of others) assert.ok(pageOf(other) !== undefined, other);
      assert.equal(new Set(others).size, others.length);
    });

    test('names a source by its address or by its place in a public repository', () => {
      for (const { where } of entry.sources) {
        assert.match(where, /^https?:\/\/[^\s]+$|^[\w./-]+(: [\w./-]+| commit [0-9a-f]{12})$/);
      }
    });
  });
}

test('every declared placeholder is used by some command or its results', () => {
  const text = catalogue
    .flatMap(({ howToConfirm }) => howToConfirm)
    .flatMap(({ run, whenItIs, whenNot }) => [run, whenItIs, whenNot])
    .join(' ');
  for (const name of Object.keys(placeholders)) assert.match(text, new RegExp(`\\b${name}\\b`));
});

interface Text {
  readonly path: string;
  readonly value: string;
}

/** Every string in a value, but for the empty lines of a drawing. */
function textsOf(value: unknown, path = ''): Text[] {
  if (typeof value === 'string') return [{ path, value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === 'drawing' && Array.isArray(part)
      ? [{ path: `${path}.${key}`, value: part.join('') }]
      : textsOf(part, `${path}.${key}`),
  );
}

function listsOf(value: unknown, path = ''): [string, readonly unknown[]][] {
  if (typeof value !== 'object' || value === null) return [];
  const own: [string, readonly unknown[]][] = Array.isArray(value) ? [[path, value]] : [];
  return [...own, ...Object.entries(value).flatMap(([key, part]) => listsOf(part, `${path}.${key}`))];
}
