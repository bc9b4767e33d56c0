// The headline counts every loss, says what else ended, and is short; who reads it need not know what a class is.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scenariosEverywhere } from '../../../src/lab/scenarios/index.ts';
import type { RunRecord } from '../../../src/model/run-record.ts';
import type { WatchSummary } from '../../../src/model/watch-record.ts';
import { firstScreenOfDiagnosis } from '../../../src/report/first-screen/of-diagnosis.ts';
import { firstScreenOfRun } from '../../../src/report/first-screen/of-run.ts';
import { firstScreenOfWatch } from '../../../src/report/first-screen/of-watch.ts';
import { formats } from '../../../src/report/formats/index.ts';
import { json } from '../../../src/report/formats/json.ts';
import { junit } from '../../../src/report/formats/junit.ts';
import { markdown } from '../../../src/report/formats/markdown.ts';
import { text } from '../../../src/report/formats/text.ts';
import { drawnRecord } from '../drawn-runs.ts';
import { recordedDiagnosis } from '../recorded.ts';
import { newerRecord, olderRecord } from './recorded-records.ts';

const headlineOf = (record: RunRecord) => firstScreenOfRun(record).headline;

describe('the headline of a run', () => {
  test('says what was lost, how, and on which side', () => {
    assert.deepEqual(
      ['silent-drop', 'conntrack-table-full', 'policy-reject', 'gke-intranode-policy'].map((name) =>
        headlineOf(newerRecord(name)),
      ),
      [
        '8 connections timed out; none was reset.',
        '4 connections timed out; 8 more were closed in order; none was reset.',
        '12 connections were reset; 12 attempts to reconnect were refused.',
        '14 same-node connections were reset; no cross-node connection was lost.',
      ],
    );
  });

  test('of an older record counts every loss, too, and does not guess', () => {
    assert.equal(headlineOf(olderRecord('silent-drop')), '8 connections timed out; none was reset.');
    assert.equal(
      headlineOf(olderRecord('conntrack-table-full')),
      '4 connections were lost; 8 more ended: closed in order, or failed to reconnect.',
    );
  });

  test('counts what nobody examined as lost, and what was closed in order as that', () => {
    const record = { ...newerRecord('silent-drop'), findings: [] };
    assert.equal(headlineOf(record), '8 connections timed out; none was reset.');
    assert.equal(firstScreenOfRun(record).tone, 'lost');
    const closed = { ...newerRecord('probe-stalled'), findings: [] };
    assert.equal(
      headlineOf({ ...closed, verdict: { ...closed.verdict, outcome: 'none' } }),
      'No connection was lost; 6 were closed in order.',
    );
  });

  test('is well only where nothing was lost and that is known', () => {
    const healthy = newerRecord('healthy');
    assert.equal(firstScreenOfRun(healthy).tone, 'unsure');
    const decided = { ...healthy, verdict: { ...healthy.verdict, outcome: 'none' as const } };
    assert.deepEqual(
      [headlineOf(decided), firstScreenOfRun(decided).tone],
      ['No connection was lost.', 'well'],
    );
    assert.equal(firstScreenOfRun({ ...decided, complete: false }).tone, 'unsure');
    const [first, ...others] = decided.classes;
    const unreached = { ...decided, classes: [{ ...first!, neverAnswered: 2 }, ...others] };
    assert.deepEqual(
      [headlineOf(unreached), firstScreenOfRun(unreached).tone],
      ['2 of 4 connections never had an answer; see that the server can be reached.', 'unsure'],
    );
    const reset = { ...decided, findings: newerRecord('server-aborted').findings };
    assert.equal(firstScreenOfRun(reset).tone, 'lost');
  });

  test('has at most 25 words, whatever happened', () => {
    const all = scenariosEverywhere.flatMap(({ name }) => [newerRecord(name), olderRecord(name)]);
    const [first, ...others] = newerRecord('conntrack-table-full').classes;
    const otherFailures = { refused: 3, timeout: 4, closed: 5, unreachable: 6, other: 7 };
    all.push({
      ...newerRecord('conntrack-table-full'),
      classes: [{ ...first!, resets: 9, otherFailures, neverAnswered: 4 }, ...others],
    });
    for (const record of all) {
      const words = headlineOf(record).split(' ').length;
      assert.ok(words <= 25, `${words} words: ${headlineOf(record)}`);
    }
  });
});

describe('the headline of anybody’s connections', () => {
  test('names the ends of a single one, and counts the ways of several', async () => {
    assert.equal(
      firstScreenOfDiagnosis(await recordedDiagnosis('any-v6.pcap')).headline,
      '1 connection was reset: [fd61::1]:55614 to [fd61::2]:7005.',
    );
    assert.equal(
      firstScreenOfDiagnosis(await recordedDiagnosis('quiet-after-reset.pcap')).headline,
      '3 connections were lost: 2 reset, 1 refused.',
    );
  });

  test('says that some were not explained, or never answered, or cannot be read', async () => {
    const diagnosis = await recordedDiagnosis('any-v6.pcap');
    const counts = { ...diagnosis.counts, lost: 4, neverAnswered: 2 };
    assert.equal(
      firstScreenOfDiagnosis({ ...diagnosis, counts }).headline,
      '4 connections were lost; 3 of them were only counted; 2 never had an answer.',
    );
    const none = { ...diagnosis, findings: [], unread: true, counts: { ...counts, lost: 0 } };
    const screen = firstScreenOfDiagnosis(none);
    assert.equal(
      screen.headline,
      'No connection was lost, but in some capture no TCP packet could be read; 2 never had an answer.',
    );
    assert.equal(screen.tone, 'unsure');
  });

  test('of a watch says how long, and what is only counted', () => {
    const screen = firstScreenOfWatch({
      ...{
        schemaVersion: 1,
        kind: 'summary',
        node: 'node-1',
        lost: 0,
        onlyCounted: 0,
        benign: 1,
        stalled: 2,
      },
      ...{ from: '2026-11-23T12:00:00.000000Z', to: '2026-11-23T12:00:08.100000Z', byCause: [], missing: [] },
      watched: { connections: null, processes: null },
    });
    assert.deepEqual(
      [screen.headline, screen.tone],
      [
        'Nothing was lost on node-1 in 8s; 2 were unanswered at the end; 1 more ended by a harmless RST.',
        'unsure',
      ],
    );
  });

  const rowOf = (
    lost: number,
    row: Partial<WatchSummary['byCause'][number]>,
  ): WatchSummary['byCause'][number] => ({
    ...{ cause: 'policy-reject', certainty: 'proven', author: 'node-rule', authorCertainty: 'proven', lost },
    ...{ cure: null, next: null },
    ...row,
  });
  const watchOf = (lost: number, byCause: WatchSummary['byCause'], onlyCounted = 0): WatchSummary => ({
    ...{ schemaVersion: 1, kind: 'summary', node: 'node-1', lost, onlyCounted, benign: 0, stalled: 0 },
    ...{ from: '2026-11-23T12:00:00.000000Z', to: '2026-11-23T12:10:00.000000Z', byCause, missing: [] },
    watched: { connections: null, processes: null },
  });

  test('of a watch says how they were lost, over all causes', () => {
    const resets = rowOf(3, { ended: { reset: 3 }, unanswered: { reset: 1 } });
    const closed = rowOf(1, { cause: 'unknown', ended: { closed: 1 }, unanswered: { closed: 1 } });
    const screen = firstScreenOfWatch(watchOf(4, [resets, closed]));
    assert.equal(
      screen.headline,
      '4 connections were lost on node-1 in 10m: 3 reset, 1 closed with a question unanswered.',
    );
    assert.deepEqual(
      screen.answers.map(({ what }) => what),
      ['3 connections were reset', '1 connection was closed with a question unanswered'],
    );
    assert.equal(
      firstScreenOfWatch(watchOf(3, [resets])).headline,
      '3 connections were reset on node-1 in 10m.',
    );
    assert.equal(
      firstScreenOfWatch(watchOf(3, [resets]), false).headline,
      '3 connections were reset on node-1 since 12:00:00.',
    );
  });

  test('of a watch says which were only counted, and does not guess how these ended', () => {
    const resets = rowOf(10_000, { ended: { reset: 10_000 }, unanswered: {} });
    assert.equal(
      firstScreenOfWatch(watchOf(12_000, [resets], 2_000)).headline,
      '12,000 connections were lost on node-1 in 10m: 10,000 reset, 2,000 only counted.',
    );
    // Some of what was told was not explained either.
    assert.equal(
      firstScreenOfWatch(watchOf(12_000, [resets], 2_500)).headline,
      '12,000 connections were lost on node-1 in 10m: 10,000 reset, 2,000 only counted; 500 more not explained.',
    );
    // What an older watch answers.
    assert.equal(
      firstScreenOfWatch(watchOf(10_000, [rowOf(10_000, {})])).headline,
      '10,000 connections were lost on node-1 in 10m.',
    );
  });
});

describe('every format', () => {
  test('says the same first', async () => {
    const diagnosis = await recordedDiagnosis('any-v6.pcap');
    const record = newerRecord('policy-reject');
    const plain: Readonly<Record<string, (text: string) => string>> = {
      html: (said) =>
        said
          .replace(/<[^>]*>/g, '')
          .replaceAll('&#39;', "'")
          .replaceAll('&quot;', '"'),
      junit: (said) => said.replaceAll('&quot;', '"'),
      markdown: (said) => said.replace(/\\([^a-z0-9\s])/gi, '$1'),
    };
    for (const format of formats) {
      const documents = [
        [format.renderDiagnosis(diagnosis), firstScreenOfDiagnosis(diagnosis)] as const,
        ...(format.needs === 'record' ? [[format.renderRun(record), firstScreenOfRun(record)] as const] : []),
      ];
      for (const [document, { headline, answers, expected }] of documents) {
        const said = plain[format.name]?.(document) ?? document;
        const parts = answers.flatMap(({ who, why, cure, next }) => [
          ...[who.words, why.words, cure?.words, next?.command],
        ]);
        for (const words of [headline, ...parts, expected?.words])
          assert.ok(said.includes(words ?? ''), `${format.name} lacks: ${words}`);
      }
    }
  });

  test('as JSON has it in a field of its own', () => {
    const record = newerRecord('policy-reject');
    const { firstScreen } = JSON.parse(json.renderRun(record)) as RunRecord;
    assert.deepEqual(firstScreen, JSON.parse(JSON.stringify(firstScreenOfRun(record))));
  });
});

describe('what was expected', () => {
  test('is no failure for a CI, and what was not is one', () => {
    const expected = newerRecord('policy-reject', 'both');
    assert.match(junit.renderRun(expected), /failures="0"/);
    assert.match(junit.renderRun(expected), /system-out>.*12 connections were reset/s);
    const other = newerRecord('policy-reject', 'none');
    assert.match(
      junit.renderRun(other),
      /<failure message="not as expected: same-node and cross-node connections are reset \(both\), where none was expected/,
    );
    const { expected: met, ...unsaid } = expected;
    assert.deepEqual(met, { of: 'outcome', value: 'both', met: true });
    assert.match(junit.renderRun(unsaid), /failures="3"/);
  });

  test('is the last line, and is left out where nothing was', () => {
    const last = (record: RunRecord) => text.renderRun(record).trimEnd().split('\n').at(-1);
    assert.equal(
      last(newerRecord('policy-reject')),
      'as expected: same-node and cross-node connections are reset (both)',
    );
    assert.match(last(newerRecord('policy-reject', 'none')) ?? '', /^not as expected: /);
    assert.match(last(olderRecord('policy-reject')) ?? '', /^ {2}next /);
    const found = newerRecord('policy-reject');
    const cause = { of: 'cause', value: null, met: false } as const;
    assert.equal(
      last({ ...found, expected: cause }),
      'not as expected: found policy-reject, where nothing wrong was expected',
    );
  });
});

test('a run of one finding, and a capture of one, is a page of at most 60 lines as Markdown', async () => {
  const lineCount = (page: string) => page.trimEnd().split('\n').length;
  for (const { name } of scenariosEverywhere)
    for (const record of [newerRecord(name), drawnRecord(name)])
      assert.ok(lineCount(markdown.renderRun(record)) <= 60, name);
  for (const name of ['any-v6.pcap', 'vxlan-server-aborted.pcap'])
    assert.ok(lineCount(markdown.renderDiagnosis(await recordedDiagnosis(name))) <= 60, name);
});

test('Markdown begins with what was lost', () => {
  assert.match(
    markdown.renderRun(newerRecord('silent-drop')),
    /^# 8 connections timed out; none was reset\.\n\n- \*\*Who:\*\* nobody/,
  );
});
