import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexSpans } from '../../src/stats/span-index.ts';
import { formatMicros } from '../../src/model/clock.ts';
import { seededRandom } from '../../src/model/random.ts';

test('the index finds what looking at each would find, in the same order', () => {
  const random = seededRandom(7);
  for (let round = 0; round < 200; round++) {
    const items = Array.from({ length: Math.floor(random.next() * 30) }, () => {
      const begin = Math.floor(random.next() * 1_000);
      return { since: formatMicros(begin), at: formatMicros(begin + Math.floor(random.next() * 200)) };
    }).toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    const index = indexSpans(items);
    for (let query = 0; query < 20; query++) {
      const from = Math.floor(random.next() * 1_200);
      const to = from + Math.floor(random.next() * 300);
      const expected = items.filter(({ since, at }) => at >= formatMicros(from) && since <= formatMicros(to));
      assert.deepEqual(index.within(from, to), expected);
    }
  }
});
