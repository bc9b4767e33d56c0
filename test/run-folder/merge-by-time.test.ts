import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeByTime } from '../../src/run-folder/merge-by-time.ts';

// eslint-disable-next-line @typescript-eslint/require-await -- A source of pieces is asynchronous, as a file's is.
async function* piecesOf(...pieces: readonly string[][]): AsyncGenerator<{ at: string }[]> {
  for (const piece of pieces) yield piece.map((at) => ({ at }));
}

async function merged(...sources: AsyncGenerator<{ at: string }[]>[]): Promise<string> {
  const taken: string[] = [];
  await mergeByTime(sources, (event) => taken.push(event.at));
  return taken.join(' ');
}

test('events of several sources come in order of time, whatever pieces they are read in', async () => {
  const sources = [piecesOf(['1', '4'], ['7']), piecesOf(['2'], ['3', '5', '8']), piecesOf()];
  assert.equal(await merged(...sources), '1 2 3 4 5 7 8');
});

test('a source that is out of order loses nothing', async () => {
  assert.equal(await merged(piecesOf(['5', '1']), piecesOf(['2', '3'])), '2 3 5 1');
});
