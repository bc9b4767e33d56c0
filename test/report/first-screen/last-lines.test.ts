// A terminal of 80×24 shows the end of what was printed: there stand what was lost, who did it, why, the cure, and what to type next.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { scenariosEverywhere } from '../../../src/lab/scenarios/index.ts';
import type { FirstScreen } from '../../../src/model/first-screen.ts';
import { answerLines } from '../../../src/report/first-screen/answer-lines.ts';
import { firstScreenOfDiagnosis } from '../../../src/report/first-screen/of-diagnosis.ts';
import { firstScreenOfRun } from '../../../src/report/first-screen/of-run.ts';
import { firstScreenOfWatch } from '../../../src/report/first-screen/of-watch.ts';
import { text } from '../../../src/report/formats/text.ts';
import { summaryLines } from '../../../src/report/watch-text.ts';
import { widthOf } from '../../../src/report/wrap.ts';
import { recordedEvents, replay } from '../../experiment/watch/replay.ts';
import { recordedDiagnosis } from '../recorded.ts';
import { assertSaidIn, inOneLine, lastRowsOf } from './last-rows.ts';
import { expectedCause, newerRecord } from './recorded-records.ts';

const style = { columns: 80, colours: false, program: 'netdebug' };

/** What is said of the folder and the page after it, and the prompt. */
const rowsAfter = 6;

/** Its page, JUnit file and Markdown, and the prompt. */
const rowsAfterDiagnosis = 4;

const lastRows = (printed: string, after = rowsAfter): string[] => lastRowsOf(printed, 24 - after);

const assertSaid = (printed: string, screen: FirstScreen): void => assertSaidIn(lastRows(printed), screen);

describe('the end of a run’s text', () => {
  for (const { name } of scenariosEverywhere) {
    test(`${name}: its last lines say what was lost, who, why, the cure and what to type`, () => {
      const record = newerRecord(name);
      const screen = firstScreenOfRun(record);
      const cause = expectedCause(name);
      assert.deepEqual(
        screen.answers.map(({ why }) => why.cause),
        cause === null ? [] : [cause],
      );
      assert.equal(screen.tone, cause === null ? 'unsure' : 'lost');
      const printed = text.renderRun(record, style);
      assertSaid(printed, screen);
      assert.equal(screen.expected?.met, true);
      for (const answer of screen.answers) {
        assert.equal(answer.cure?.proven, 'lab');
        assert.equal(answer.next?.command, `netdebug explain ${cause ?? ''}`);
      }
    });

    test(`${name}: no line is wider than the terminal, and nothing is set in colours`, () => {
      const printed = text.renderRun(newerRecord(name), style);
      const wide = printed.split('\n').filter((line) => widthOf(line) > 80);
      assert.deepEqual(wide, []);
      assert.doesNotMatch(printed, /\x1b/);
    });
  }
});

describe('the end of a diagnosis’ text', () => {
  for (const capture of ['any-v6.pcap', 'vxlan-server-aborted.pcap', 'quiet-after-reset.pcap']) {
    test(`${capture}: of a foreign capture, too`, async () => {
      const diagnosis = await recordedDiagnosis(capture);
      const screen = firstScreenOfDiagnosis(diagnosis);
      assert.equal(screen.tone, 'lost');
      const [first] = screen.answers;
      assert.ok(first !== undefined);
      const said = lastRows(text.renderDiagnosis(diagnosis, style), rowsAfterDiagnosis);
      // Of several findings, all that there is room for.
      assertSaidIn(said, { ...screen, answers: [] });
      assert.match(inOneLine(said), /who .*why .*cure .*next /);
    });
  }

  test('what is open says what would decide, where, and what to do then', async () => {
    const { answers } = firstScreenOfDiagnosis(await recordedDiagnosis('quiet-after-reset.pcap'));
    assert.deepEqual(
      answers.map(({ why, next }) => [why.cause, next?.where !== null]),
      [
        ['unknown', true],
        ['unknown', true],
      ],
    );
    assert.match(answers[1]?.next?.command ?? '', /^sudo tcpdump .* host 10\.61\.0\.2\)'$/);
  });

  test('where nothing was lost that is all', async () => {
    const diagnosis = await recordedDiagnosis('ipv6-server-aborted.pcap');
    assert.deepEqual(answerLines(firstScreenOfDiagnosis(diagnosis), style), [
      'No connection was lost; there is nothing to explain.',
    ]);
  });
});

describe('the end of a watch', () => {
  for (const name of ['foreign-conflict', 'foreign-reject']) {
    test(`${name}: of a live watch of programs that are not ours, too`, () => {
      const { losses, now } = replay(recordedEvents('cases', name, 'node.ndjson.gz'));
      const summary = losses.summary(now);
      const screen = firstScreenOfWatch(summary);
      assert.equal(screen.tone, 'lost');
      const lines = summaryLines(summary, style);
      assertSaid(lines.join('\n'), screen);
      assert.deepEqual(
        lines.filter((line) => widthOf(line) > 80),
        [],
      );
    });
  }
});

test('of several losses of one cause the cure and the command are said once', () => {
  const { losses, now } = replay(recordedEvents('cases', 'foreign-reject', 'node.ndjson.gz'));
  const summary = losses.summary(now);
  assert.deepEqual(
    summary.byCause.map(({ cause, certainty }) => [cause, certainty]),
    [
      ['policy-reject', 'proven'],
      ['policy-reject', 'likely'],
    ],
  );
  const lines = summaryLines(summary, style);
  assert.deepEqual(
    lines.filter((line) => /^ +(cure|next) /.test(line)).map((line) => line.trim().slice(0, 22)),
    ['cure  established-firs', 'next  netdebug explain', 'cure  as above'],
  );
});

describe('the lines of a first screen', () => {
  const many = (count: number): FirstScreen => ({
    ...firstScreenOfRun(newerRecord('policy-reject')),
    answers: Array.from({ length: count }, (_, index) => ({
      ...firstScreenOfRun(newerRecord('conntrack-invalid')).answers[0]!,
      ...{ lost: 100 - index, what: `${100 - index} connections were reset` },
    })),
  });

  test('have room for the first whole answer, brief ones, and the number of the rest, however many there are', () => {
    for (const count of [2, 3, 5, 12, 50]) {
      const lines = answerLines(many(count), style);
      assert.ok(lines.length <= 17, `${count} answers took ${lines.length} lines`);
      assert.match(inOneLine(lines), /100 connections were reset: who .* why .* cure .* next /);
      const told = lines.filter((line) => /^ {2}\d+ connections were reset:/.test(line)).length;
      if (told === count) continue;
      const lost = Array.from({ length: count }, (_, index) => 100 - index).slice(told);
      const rest = lost.reduce((sum, one) => sum + one, 0);
      assert.ok(lines.includes(`  and ${rest} more in ${count - told} groups, see above`), lines.join('\n'));
    }
  });

  test('are coloured where that is asked for, in outcome, cause and cure, and say the same', () => {
    const screen = firstScreenOfRun(newerRecord('conntrack-invalid'));
    const lines = answerLines(screen, { ...style, colours: true });
    assert.deepEqual(lines.map(stripVTControlCharacters), answerLines(screen, style));
    const all = lines.join('\n');
    assert.match(all, /^\x1b\[1m\x1b\[31m5 same-node connections/);
    assert.match(all, /\x1b\[33mconntrack-invalid\x1b\[39m/);
    assert.match(all, /\x1b\[32mdrop-invalid\x1b\[39m/);
  });

  test('hold the command as this program’s user types it', () => {
    const screen = firstScreenOfRun(newerRecord('silent-drop'));
    const lines = answerLines(screen, { ...style, program: 'bin/netdebug' });
    assert.ok(lines.includes('  next  bin/netdebug explain silent-drop'));
  });

  test('obey nothing that a terminal would', () => {
    const screen = { ...many(1), headline: 'a\x1b[2Jb' };
    assert.equal(answerLines(screen, style)[0], 'a\\x1b[2Jb');
  });
});
