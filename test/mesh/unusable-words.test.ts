// What no cluster can have is said once in a while, with how much of it there was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUnusableWords } from '../../src/mesh/coordinator/unusable-words.ts';

test('what is left out is said at once, and then every five minutes with how many there were between', () => {
  let nowMs = 0;
  const log: string[] = [];
  const say = createUnusableWords(
    (line) => log.push(line),
    () => nowMs,
  );
  for (let count = 0; count < 1_000; count++) say('a port that is none');
  assert.deepEqual(log, [
    'The API tells of a port that is none, which is left out (said every 5 minutes at most).',
  ]);
  nowMs = 5 * 60_000;
  say('a port that is none');
  assert.match(log[1] ?? '', /left out, as were 999 others since this was last said/);
  assert.equal(log.length, 2);
});
