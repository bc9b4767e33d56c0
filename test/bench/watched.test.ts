// What watchers printed, as the benchmark counts it: revisions, two nodes that tell of one connection, and the words they use.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readWatched, watchedAnswers, withOthers } from '../../bench/diagnosis/watched.ts';
import type { Certainty } from '../../src/model/certainty.ts';
import type { WatchLoss, WatchSummary } from '../../src/model/watch-record.ts';

const end = (address: string, port: number) => ({ address, port, pod: null, service: null, process: null });

interface Parts {
  readonly id?: string;
  readonly revision?: number;
  readonly second?: number;
  readonly port?: number;
  readonly server?: string;
  readonly backend?: string | null;
  readonly cause?: readonly [string, Certainty];
  readonly author?: readonly [WatchLoss['author']['id'], Certainty];
}

let made = 0;
function loss(parts: Parts = {}): WatchLoss {
  const { server = '10.48.14.50', backend = '10.44.0.10', port = 40_000, second = 0 } = parts;
  const [cause, causeCertainty] = parts.cause ?? ['policy-reject', 'proven'];
  const [author, authorCertainty] = parts.author ?? ['node-rule', 'proven'];
  return {
    ...{ schemaVersion: 1, kind: 'lost', id: parts.id ?? String((made += 1)), revision: parts.revision ?? 1 },
    ...{ at: `2026-01-01T00:00:0${second}.000000Z`, node: 'node-1', ended: 'reset' },
    ends: {
      client: end('10.44.0.33', port),
      server: end(server, 8_080),
      backend: backend === null ? null : end(backend, 8_080),
    },
    ...{ ageMs: null, idleMs: null, unanswered: 1, episode: null },
    author: { id: author, certainty: authorCertainty, text: '' },
    cause: { id: cause, certainty: causeCertainty, text: '' },
    exclusions: [
      { author: 'nobody', because: '', basis: 'physics' },
      { author: 'gave-up', because: '', basis: 'physics' },
    ],
    rivals: causeCertainty === 'open' ? [{ cause: 'forged-reset', because: '' }] : [],
  };
}

const summary = (onlyCounted = 0): WatchSummary => ({
  ...{ schemaVersion: 1, kind: 'summary', node: 'node-1', from: '', to: '', lost: 0, onlyCounted },
  ...{ benign: 0, stalled: 0, byCause: [], watched: { connections: null, processes: null }, missing: [] },
});
const log = (...lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
const told = (...losses: readonly WatchLoss[]) => ({ losses, summary: summary() });

describe('what a watcher printed', () => {
  it('is read between its words to people, each loss as it was said last', () => {
    const first = loss({ id: 'a', cause: ['unknown', 'open'] });
    const corrected = loss({ id: 'a', revision: 2 });
    const text = `watching 3 connections\n${log(first, loss({ id: 'b' }), corrected)}tidying up\n${log(summary())}`;
    assert.deepEqual(
      readWatched(text).losses.map(({ id, revision }) => [id, revision]),
      [
        ['a', 2],
        ['b', 1],
      ],
    );
  });

  it('is refused where it was cut off, or is of another form', () => {
    assert.throws(() => readWatched(log(loss())), /ends without its summary: …\{?.*"rivals"/);
    assert.throws(() => readWatched('{"schemaVersion":1,"kind":"sum'), /ends without its summary/);
    assert.throws(() => readWatched('it ended before its time\n'), /told nothing/);
    assert.throws(() => readWatched(log({ ...loss(), revision: 0 }, summary())));
  });
});

describe('a connection that two nodes tell of', () => {
  it('counts once, in the surer words, whichever leg of the translation each has seen', () => {
    const here = loss({ cause: ['policy-reject', 'likely'] });
    const there = loss({ server: '10.44.0.10', backend: null, second: 1 });
    assert.deepEqual(withOthers([here], [there]), [there]);
    assert.deepEqual(withOthers([there], [here]), [there]);
  });

  it('is not another one: of another client’s port, to another server, or told twice by one node', () => {
    assert.equal(withOthers([loss()], [loss({ port: 40_001 })]).length, 2);
    assert.equal(withOthers([loss()], [loss({ server: '10.48.14.51', backend: null })]).length, 2);
    assert.equal(withOthers([], [loss(), loss({ second: 3 })]).length, 2);
    // The port was used again: each is told of by both.
    const [early, late] = [loss(), loss({ second: 3 })];
    const [earlyToo, lateToo] = [loss({ server: '10.44.0.10' }), loss({ server: '10.44.0.10', second: 4 })];
    assert.deepEqual(withOthers([early, late], [lateToo, earlyToo]), [early, late]);
  });
});

describe('the answers of a run', () => {
  it('are grouped by cause and author, each with the word of at least half of its lines', () => {
    const likely = { cause: ['policy-reject', 'likely'] } as const;
    const other = loss({ cause: ['forged-reset', 'likely'], author: ['in-between', 'likely'], port: 9 });
    const lines = [loss(), loss({ ...likely, port: 2 }), loss({ ...likely, port: 3 }), other];
    const [first, surer, second, ...rest] = watchedAnswers([told(...lines)]);
    assert.deepEqual(
      [first?.cause, first?.causeCertainty, first?.author, first?.authorCertainty, first?.connections],
      ['policy-reject', 'likely', 'node-rule', 'proven', 3],
    );
    // A single line that said `proven` is a promise, too.
    assert.deepEqual([surer?.causeCertainty, surer?.connections], ['proven', 1]);
    assert.deepEqual([second?.cause, second?.connections], ['forged-reset', 1]);
    assert.deepEqual(rest, []);
  });

  it('name what is left where they are open, and count what was only counted as unknown', () => {
    const open = loss({ cause: ['unknown', 'open'], author: ['node-rule', 'open'] });
    const [answer, counted] = watchedAnswers([{ losses: [open], summary: summary(7) }]);
    assert.deepEqual(answer?.rivals, ['forged-reset']);
    assert.ok(answer.suspects.includes('in-between'));
    assert.ok(!answer.suspects.includes('nobody') && !answer.suspects.includes('unknown'));
    assert.deepEqual([counted?.cause, counted?.connections], ['unknown', 7]);
  });

  it('are none where nothing was lost', () => {
    assert.deepEqual(watchedAnswers([told(), told()]), []);
  });
});
