import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLossFolds, type FoldedLosses } from '../../src/report/watch-folds.ts';
import { client, lossOf } from '../watch-losses.ts';

const brief = (folded: readonly FoldedLosses[]) =>
  folded.map(({ count, corrects, shown }) => `${corrects ? 'correction ' : ''}${count} ${shown.cause.id}`);
const many = (count: number, other: Parameters<typeof lossOf>[0] = {}) =>
  Array.from({ length: count }, (_, place) => lossOf({ id: `node-1/${place}`, ...other }));
const route = 'route-table-conflict';
const aborted = { id: 'server-aborted', certainty: 'proven', text: '' } as const;

describe('losses told in one breath', () => {
  it('are said at once, and again when they have become more, a second later at the earliest', () => {
    const folds = createLossFolds();
    folds.take(many(17));
    assert.deepEqual(brief(folds.due(0)), [`17 ${route}`]);
    assert.deepEqual(folds.due(5_000), [], 'nothing changed');
    folds.take([lossOf({ id: 'next' })]);
    assert.deepEqual(brief(folds.due(5_100)), [`18 ${route}`]);
    folds.take([lossOf({ id: 'another' })]);
    assert.deepEqual(folds.due(6_000), []);
    assert.deepEqual(brief(folds.due(6_100)), [`19 ${route}`]);
    folds.take([lossOf({ id: 'last' })]);
    assert.deepEqual(folds.due(6_200), []);
    assert.deepEqual(brief(folds.rest()), [`20 ${route}`], 'at the end nothing waits');
  });

  it('have one episode, one author and one cause', () => {
    const folds = createLossFolds();
    folds.take([
      lossOf({ id: '1' }),
      lossOf({ id: '2', episode: 'e2' }),
      lossOf({ id: '3', cause: aborted }),
      lossOf({ id: '4', author: { id: 'server-application', certainty: 'proven', text: '' } }),
      lossOf({ id: '5', ended: 'closed' }),
    ]);
    assert.equal(folds.due(0).length, 5);
  });

  it('without an episode are those of one second', () => {
    const folds = createLossFolds();
    folds.take([
      ...many(3, { episode: null }),
      lossOf({ id: 'later', episode: null, at: '2026-11-28T12:03:42.000001Z' }),
    ]);
    assert.deepEqual(brief(folds.due(0)), [`3 ${route}`, `1 ${route}`]);
  });

  it('span what is said of each', () => {
    const folds = createLossFolds();
    folds.take([
      lossOf({ id: '1', idleMs: null, unanswered: 0 }),
      lossOf({ id: '2', ageMs: 1_000, idleMs: null }),
    ]);
    const [{ ageMs, idleMs, unanswered } = assert.fail()] = folds.due(0);
    assert.deepEqual(
      { ageMs, idleMs, unanswered },
      { ageMs: [1_000, 252_000], idleMs: null, unanswered: [0, 1] },
    );
  });

  it('are counted exactly once each, however many clients they are of', () => {
    const folds = createLossFolds();
    for (let at = 0; at < 10_000; at += 1) {
      const of = { ...client, pod: `shop/client-${at % 1_000}` };
      folds.take([lossOf({ id: String(at), ends: { ...lossOf({}).ends, client: of } })]);
    }
    const folded = folds.due(0);
    assert.ok(folded.length <= 9, String(folded.length));
    assert.equal(
      folded.reduce((sum, { count }) => sum + count, 0),
      10_000,
    );
    assert.deepEqual(
      folded.filter(({ manyClients }) => manyClients).map(({ count }) => count),
      [10_000 - 80],
    );
  });
});

describe('a correction', () => {
  it('is marked, with the exact count of those that it is of', () => {
    const folds = createLossFolds();
    folds.take(many(5));
    folds.due(0);
    folds.take(many(3, { revision: 2, cause: aborted }));
    assert.deepEqual(brief(folds.due(100)), ['correction 3 server-aborted']);
    folds.take([lossOf({ id: 'next' })]);
    assert.deepEqual(brief(folds.due(1_200)), [`3 ${route}`]);
  });

  it('of what was not said yet is none', () => {
    const folds = createLossFolds();
    folds.take([...many(2), lossOf({ id: 'node-1/0', revision: 2, cause: aborted })]);
    assert.deepEqual(brief(folds.due(0)), [`1 ${route}`, '1 server-aborted']);
  });

  it('that changes nothing that is printed says nothing', () => {
    const folds = createLossFolds();
    folds.take(many(1));
    folds.due(0);
    const exclusions = [{ author: 'in-between', because: 'seen', basis: 'physics' }] as const;
    folds.take(many(1, { revision: 2, exclusions: [...exclusions] }));
    assert.deepEqual(folds.due(5_000), []);
    folds.take(many(1, { revision: 3, idleMs: 900 }));
    assert.deepEqual(brief(folds.due(6_000)), [`correction 1 ${route}`]);
  });
});
