import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { markdown } from '../../src/report/formats/markdown.ts';
import { text } from '../../src/report/formats/text.ts';
import { classHeads, classRows } from '../../src/report/class-rows.ts';
import { statisticsSentences } from '../../src/report/statistics.ts';
import { newerRecord, olderRecord } from './first-screen/recorded-records.ts';

describe('what a verdict rests on', () => {
  test('is said at real speed, whatever speed the lab ran at', () => {
    const record = newerRecord('gke-intranode-policy');
    assert.equal(record.speed, 80);
    const [often = ''] = statisticsSentences(record);
    // Four in five seconds, eighty times too fast.
    assert.equal(
      often,
      'How often, at real speed: co-located about one episode every 1m40s (4 in 5.1s at 80 times the speed; 95%: 40s to 6m10s).',
    );
    const [slow = ''] = statisticsSentences({ ...record, speed: 1 });
    assert.match(slow, /^How often: co-located about one episode every 1\.3s \(4 in 5\.1s; 95%: /);
  });

  test('stands after what was found, and in text above the answer', () => {
    const record = newerRecord('gke-intranode-policy');
    for (const { renderRun } of [text, markdown]) {
      const printed = renderRun(record);
      assert.ok(printed.indexOf('Evidence, for one of them') < printed.indexOf('e-value'));
    }
    const printed = text.renderRun(record);
    assert.ok(printed.indexOf('e-value') < printed.indexOf('14 same-node connections were reset'));
  });
});

test('the table counts what was answered, and calls it probes where an older record tells no more', () => {
  const { classes } = newerRecord('policy-reject');
  assert.equal(classHeads(classes)[3], 'answered');
  assert.deepEqual(
    classes.map(({ probes, answered }) => [probes, answered]),
    [
      [47, 41],
      [46, 40],
    ],
  );
  assert.deepEqual(
    classRows(classes).map((row) => row[3]),
    ['41', '40'],
  );
  const older = olderRecord('policy-reject').classes;
  assert.equal(classHeads(older)[3], 'probes');
  assert.equal(classRows(older)[0]?.[3], '47');
  assert.equal(classRows(newerRecord('conntrack-table-full').classes)[0]?.at(-1), '4 closed, 2 timed out');
});
