// On a disk that is full for a while every writer leaves out whole lines, says so once, and goes on at the beginning of a line.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { join } from 'node:path';
import type { LostOutput } from '../../src/model/lost-output.ts';
import { run } from '../../src/system/process.ts';
import { mountSkip, privateMounts } from '../private-mounts.ts';
import { newFolder } from './a-folder.ts';

interface Result {
  readonly first: readonly string[];
  readonly back: readonly string[];
  readonly books: readonly LostOutput[];
  readonly report: string;
  readonly files: Readonly<Record<string, string>>;
  readonly events: string;
  readonly leftOut: number;
  readonly lost: number;
}

/** The numbers of the lines, each of which is whole. */
function numbersIn(text: string): number[] {
  assert.ok(text.endsWith('\n'), `ends with ${JSON.stringify(text.slice(-20))}`);
  const lines = text.slice(0, -1).split('\n');
  return lines.map((line) => (JSON.parse(line.replace(':0', ':1')) as { number: number }).number % 100_000);
}

describe('a disk that is full for a while', { skip: await mountSkip() }, () => {
  it('costs whole lines, is told once, and is over when there is room', async (t) => {
    const folder = await newFolder(t);
    const inside = join(import.meta.dirname, 'full-disk-inside.ts');
    const { exitCode, stdout, stderr } = await run([...privateMounts, process.execPath, inside, folder]);
    assert.equal(exitCode, 0, stderr);
    const result = JSON.parse(stdout) as Result;

    assert.equal(result.first.length, 1, 'one sentence for all files');
    assert.match(
      result.first[0] ?? '',
      /^\/.*\/run\/.* cannot be written: the disk is full \(ENOSPC\); it goes on/,
    );
    for (const name of ['events.ndjson', 'evidence/server.log']) {
      const numbers = numbersIn(result.files[name] ?? '');
      assert.deepEqual(numbers.slice(0, 5), [1, 2, 3, 4, 5], name);
      assert.deepEqual(numbers.slice(-3), [106, 107, 108], name);
      assert.ok(numbers.length < 108, `${name}: something was left out`);
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b),
      );
      const book = result.books.find(({ file }) => file === name);
      assert.equal(book?.error, 'the disk is full (ENOSPC)');
      assert.ok(book.until !== null && book.until > book.since);
    }
    const ofNode = 'evidence/node-1/events';
    const rolled = numbersIn(
      `${result.files[`${ofNode}.1.ndjson`] ?? ''}${result.files[`${ofNode}.ndjson`] ?? ''}`,
    );
    assert.deepEqual(rolled.slice(-3), [106, 107, 108]);
    assert.match(
      result.back.join(),
      /^evidence\/node-1\/events\.ndjson could not be written between .* the disk is full/,
    );
    assert.match(result.files['evidence/node-1/capture.pcap'] ?? '', /^HEAD(0123456789)+$/);
    assert.match(
      result.report,
      /report\.html cannot be written: the disk is full \(ENOSPC\); choose another folder/,
    );
  });

  it('leaves out whole events of --events, counts them, and goes on', async (t) => {
    const folder = await newFolder(t);
    const inside = join(import.meta.dirname, 'full-disk-inside.ts');
    const { stdout } = await run([...privateMounts, process.execPath, inside, folder]);
    const { events, leftOut, lost } = JSON.parse(stdout) as Result;
    const numbers = numbersIn(events);
    assert.equal(numbers.at(-1), 99_999);
    assert.equal(numbers.length + leftOut, 61);
    assert.ok(leftOut > 0 && lost > 0 && numbers.length > 1);
  });
});
