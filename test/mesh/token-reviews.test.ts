// How often the API is asked whose tokens are, by a clock that the test moves and an API that answers when the test says so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiFailure } from '../../src/kubernetes/api-failure.ts';
import type { TokenReview } from '../../src/kubernetes/token-review.ts';
import { createTokenReviews } from '../../src/mesh/coordinator/token-reviews.ts';

const good: TokenReview = { authenticated: true, user: { name: 'agent', pod: 'p', node: 'n' } };
const bad: TokenReview = { authenticated: false, why: 'unknown' };
const away = { authenticated: null, because: 'api-away' };
const tooMany = { authenticated: null, because: 'too-many' };
const minute = 60_000;
/** Seconds since 1970 of the test's clock at which tokens end. */
const inAnHour = 3_600;

function reviewing(answer: (token: string) => Promise<TokenReview>) {
  const clock = { now: 0 };
  const asked: string[] = [];
  const said: (string | null)[] = [];
  const reviews = createTokenReviews({
    review(token) {
      asked.push(token);
      return answer(token);
    },
    nowMs: () => clock.now,
    dateMs: () => clock.now,
    random: () => 1,
    onAway: (failure) => said.push(failure?.message ?? null),
  });
  const of = (token: string, expires = inAnHour, address = '10.0.0.1') => reviews.of(token, expires, address);
  return { clock, asked, said, of };
}

test('a token is asked for once by all who bring it together, and kept for five minutes, not beyond its own end', async () => {
  const { clock, asked, of } = reviewing(() => Promise.resolve(good));
  assert.deepEqual(await Promise.all([of('a'), of('a'), of('a')]), [good, good, good]);
  clock.now = 5 * minute - 1;
  assert.equal(await of('a'), good);
  assert.deepEqual(asked, ['a']);
  clock.now = 5 * minute;
  await of('a');
  assert.deepEqual(asked, ['a', 'a']);
  const shortLived = clock.now / 1_000 + 60;
  await of('b', shortLived);
  clock.now += minute;
  await of('b', shortLived);
  assert.deepEqual(asked, ['a', 'a', 'b', 'b']);
});

test('what was no good is kept shortly, and whoever brings more such is heard no more for a while; others are', async () => {
  const { clock, asked, of } = reviewing((token) => Promise.resolve(token.startsWith('bad') ? bad : good));
  assert.equal(await of('bad'), bad);
  assert.equal(await of('bad'), bad);
  assert.equal(asked.length, 1);
  for (let count = 0; count < 4; count++) assert.equal(await of(`bad ${count}`), bad);
  assert.deepEqual(await of('bad again'), tooMany);
  assert.deepEqual(await of('a', inAnHour, '10.0.0.1'), tooMany);
  assert.equal(await of('a', inAnHour, '10.0.0.2'), good);
  assert.equal(await of('a', inAnHour, '10.0.0.1'), good, 'it is known by now');
  assert.equal(asked.length, 6);
  clock.now = 10_001;
  assert.equal(await of('bad'), bad);
  assert.equal(asked.length, 7);
});

test('while the API is away those that it vouched for go on, to the end of their token; others wait, and it is not asked at each question', async () => {
  let up = true;
  const { clock, asked, said, of } = reviewing(() =>
    up ? Promise.resolve(good) : Promise.reject(new ApiFailure(0, 'refused')),
  );
  await of('a', 1_200);
  await of('b', 400);
  up = false;
  clock.now = 6 * minute;
  assert.equal(await of('a', 1_200), good);
  assert.equal(await of('b', 400), good);
  assert.deepEqual(await of('c'), away);
  assert.equal(asked.length, 3, 'one question finds out for all');
  assert.deepEqual(said, ['refused']);
  clock.now = 10 * minute;
  assert.deepEqual(await of('b', 400), away, 'its token has ended');
  assert.equal(await of('a', 1_200), good);
  up = true;
  clock.now += 2_000;
  assert.equal(await of('c'), good);
  assert.deepEqual(said, ['refused', 'refused', null]);
});

test('few questions are under way at a time, the others wait their turn, and one address does not fill the queue', async () => {
  const open: (() => void)[] = [];
  let most = 0;
  let underWay = 0;
  const { asked, of } = reviewing(async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise<void>((resolve) => open.push(resolve));
    underWay -= 1;
    return good;
  });
  const all = Array.from({ length: 100 }, (_, number) => of(`t${number}`, inAnHour, `10.0.1.${number}`));
  const greedy = Array.from({ length: 20 }, (_, number) => of(`g${number}`, inAnHour, '10.0.2.1'));
  assert.deepEqual(
    await Promise.all(greedy.slice(16)),
    Array.from({ length: 4 }, () => tooMany),
  );
  while (asked.length < 116 || open.length > 0) {
    open.shift()?.();
    await new Promise(setImmediate);
  }
  assert.deepEqual(new Set(await Promise.all([...all, ...greedy.slice(0, 16)])), new Set([good]));
  assert.equal(most, 8);
});

test('a token that was good and is no longer is refused', async () => {
  let known: TokenReview = good;
  const { clock, of } = reviewing(() => Promise.resolve(known));
  assert.equal(await of('a'), good);
  known = bad;
  clock.now = 5 * minute;
  assert.equal(await of('a'), bad);
});
