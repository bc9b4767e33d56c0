// The calibration in small: the promises of docs/calibration.md on a few hundred seeded histories, and the page itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareAt } from '../../scripts/calibration/alternatives.ts';
import { power } from '../../scripts/calibration/power.ts';
import { rateMisses, ratioMisses } from '../../scripts/calibration/coverage.ts';
import { falseAlarms, limits } from '../../scripts/calibration/false-alarms.ts';
import { looksAt, type SimulatedClass } from '../../scripts/calibration/history.ts';
import { everNone } from '../../scripts/calibration/none.ts';
import { nulls, outside } from '../../scripts/calibration/nulls.ts';
import { calibrationPage } from '../../scripts/calibration/page.ts';
import { coveragePicture, falseAlarmPicture, powerPicture } from '../../scripts/calibration/pictures.ts';
import { quantile, share } from '../../scripts/calibration/proportion.ts';
import { episodes, runStudy } from '../../scripts/calibration/study.ts';
import { period } from '../../scripts/calibration/triggers.ts';
import type { ClientEvent } from '../../src/model/probe-event.ts';
import { seededRandom } from '../../src/model/random.ts';
import { decide } from '../../src/verdict/decide.ts';
import { judge } from '../../src/verdict/judge.ts';
import { createTally } from '../../src/verdict/tally.ts';
import { answered, connected, failed, micros } from '../verdict/client-events.ts';

const histories = 200;
// Of 200 histories, 5% are 10, and 19 are three standard errors more.
const mostAlarms = 19;

for (const setting of nulls) {
  test(`hardly one in twenty ever sees a difference that is not there: ${setting.name}`, () => {
    const { differs, only, triggers } = falseAlarms(setting, setting.name === 'bursts' ? 80 : histories, 2);
    assert.ok(differs.hits <= mostAlarms * (differs.of / histories), `${differs.hits} of ${differs.of}`);
    assert.ok(only.hits <= mostAlarms * (only.of / histories), `${only.hits} of ${only.of}`);
    assert.ok(triggers > 50, `only ${triggers} triggers a history prove little`);
  });
}

test('a test on single resets, looked at all the time, cries wolf, which these histories are able to show', () => {
  assert.ok(share(falseAlarms(nulls[0]!, 50, 3).textbook) > 0.8);
});

test('what the model does not cover is seen to be not covered', () => {
  assert.ok(share(falseAlarms(outside[0]!, histories, 4).differs) > 0.2);
});

test('seven triggers that hit one class alone decide, and so as many histories are decided by then as chance makes such', () => {
  for (const ratio of [2, 4, 10, Number.POSITIVE_INFINITY]) {
    const { decided, triggers } = power(ratio, 300, histories, 5);
    assert.ok(share(decided) >= 0.98);
    assert.ok(triggers[0]! >= 7);
    const chance = shareAt(ratio) ** 7 + (1 - shareAt(ratio)) ** 7;
    const error = Math.sqrt((chance * (1 - chance)) / histories);
    const bySeven = triggers.filter((n) => n === 7).length / histories;
    assert.ok(Math.abs(bySeven - chance) <= 3 * error, `ratio ${ratio}: ${bySeven}, expected ${chance}`);
  }
});

test('a ratio of 4 takes about 20 triggers, a ratio of 2 about 75', () => {
  const median = (ratio: number): number =>
    quantile(power(ratio, 300, histories, 6).triggers, 0.5, histories)!;
  assert.ok(median(4) >= 15 && median(4) <= 25);
  assert.ok(median(2) >= 60 && median(2) <= 90);
});

test('the interval of the rate ratio hardly ever misses, whenever it is looked at', () => {
  for (const ratio of [1, 4]) {
    const misses = ratioMisses(ratio, 200, histories, 6);
    assert.ok(misses.ever.hits <= mostAlarms);
    assert.ok(misses.atDecision.hits <= misses.ever.hits && misses.atRandom.hits <= misses.ever.hits);
    assert.ok(misses.textbookEver.hits > mostAlarms);
  }
});

test('the bounds of one rate hardly ever miss, whenever they are looked at', () => {
  const misses = rateMisses(100, histories, 7);
  for (const { hits } of [misses.above, misses.below]) assert.ok(hits <= mostAlarms, String(hits));
  assert.ok(misses.textbookEver.hits > mostAlarms);
});

test('none is hardly ever said when a class is hit at the maximum rate, and always in the end when neither is hit', () => {
  assert.ok(everNone([1, 0], 50, histories, 8).hits <= mostAlarms);
  assert.ok(everNone([1, 1], 50, histories, 8).hits <= 2);
  assert.equal(everNone([0, 0], 3.5, 10, 8).hits, 10);
  assert.equal(everNone([0, 0], 3.4, 10, 8).hits, 0);
});

test('what the calibration sees at each moment is what decide says then of the same events', () => {
  const random = seededRandom(9);
  for (const name of ['steady', 'late start', '8 to 2, nodes', 'common triggers']) {
    const history = nulls.find((setting) => setting.name === name)!.draw(random);
    const events = [...eventsOf('co-located', history.coLocated), ...eventsOf('remote', history.remote)];
    events.sort((a, b) => a.seconds - b.seconds);
    const tally = createTally({ episodeWindowMs: period * 1_000 });
    let next = 0;
    for (const { at, counts } of looksAt(history, period)) {
      for (; next < events.length && events[next]!.seconds <= at; next += 1) tally.add(events[next]!.event);
      const verdict = decide({
        coLocated: tally.history('co-located', micros(at)),
        remote: tally.history('remote', micros(at)),
        episodeWindowMs: period * 1_000,
        ...limits,
      });
      if (verdict.basis === undefined) continue;
      const judgement = judge(counts, limits);
      const { coLocated, remote, common } = verdict.basis.triggers;
      assert.deepEqual([coLocated, remote, common], [counts.coLocated.own, counts.remote.own, counts.common]);
      assert.ok(Math.abs(Math.log(verdict.basis.eValue) - judgement.logE) < 1e-6);
      assert.equal(verdict.outcome, judgement.outcome, `${name} at ${at}`);
    }
    assert.equal(next, events.length);
  }
});

test('the page and its pictures have every setting and no number missing', () => {
  const study = runStudy(4, 10, () => undefined);
  const page = calibrationPage(study);
  for (const { name } of [...nulls, ...outside]) assert.ok(page.includes(`| ${name} |`), name);
  const pictures = [
    falseAlarmPicture(study.nulls),
    powerPicture(study.powers, episodes),
    coveragePicture(study.ratioMisses),
  ];
  for (const text of [page, ...pictures]) assert.doesNotMatch(text, /NaN|undefined|Infinity|\[object/);
  for (const picture of pictures) assert.match(picture, /^<svg [^>]*viewBox="0 0 720 \d+"[\s\S]*<\/svg>\n$/);
});

/** The events of a simulated class whose connections are all open from its beginning and back at once when reset. */
function eventsOf(className: string, simulated: SimulatedClass): { seconds: number; event: ClientEvent }[] {
  const { connections, from, resets } = simulated;
  const since = Array.from({ length: connections }, () => from);
  const events = since.flatMap((seconds, slot) => [
    { seconds, event: connected(className, slot, seconds) },
    { seconds, event: answered(className, slot, seconds) },
  ]);
  for (const [index, seconds] of resets.entries()) {
    const slot = index % connections;
    const [ended, begun] = [
      slot + index - (index % connections),
      slot + index - (index % connections) + connections,
    ];
    const livedMs = (seconds - since[slot]!) * 1_000;
    events.push({ seconds, event: failed(className, ended, seconds, { slot, livedMs }) });
    events.push({ seconds, event: connected(className, begun, seconds, slot) });
    since[slot] = seconds;
  }
  return events;
}
