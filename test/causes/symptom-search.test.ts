// From words to pages: each test is a rule of the search, on pages made up for it or on the catalogue.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { durationsIn } from '../../src/causes/by-symptom/symptom-durations.ts';
import { fittingPages, questions, symptomOf } from '../../src/causes/by-symptom/symptom-questions.ts';
import { findPages, rankPages, symptomIn } from '../../src/causes/by-symptom/symptom-search.ts';
import { traitsIn } from '../../src/causes/by-symptom/symptom-traits.ts';
import { wordsOf } from '../../src/causes/by-symptom/symptom-words.ts';
import type { CatalogueEntry } from '../../src/causes/cause-page.ts';
import { catalogue } from '../../src/causes/index.ts';

const meanings = (text: string) => wordsOf(text).map(({ means }) => means);

describe('words', () => {
  const same: [string, string[]][] = [
    ['reset', ['ECONNRESET', 'connection reset by peer', 'RST', 'resets']],
    ['timeout', ['timed out', 'ETIMEDOUT', 'hangs', 'stuck', 'no response', 'i/o timeout']],
    ['refused', ['ECONNREFUSED', 'connection refused', 'rejected']],
    ['closed', ['EOF', 'closed by peer', 'socket hang up', 'EOFException']],
    ['idle', ['idling', 'silent', 'inactivity', 'without traffic']],
    ['memory', ['OOMKilled', 'out of memory', 'oom-kill']],
    ['nat', ['masquerade', 'SNAT', 'untranslated']],
    ['keepalive', ['keep-alive', 'heartbeats']],
    ['conntrack', ['nf_conntrack_max', 'connection tracking']],
  ];
  for (const [means, said] of same) {
    test(`${said.join(', ')} mean ${means}`, () => {
      for (const text of said)
        assert.ok(meanings(text).includes(means), `${text}: ${meanings(text).join(' ')}`);
    });
  }

  test('"no reset" is no reset, and "dropped silently" is no silence', () => {
    assert.ok(!meanings('no RST is sent at all').includes('reset'));
    assert.ok(!meanings('packets are dropped silently').includes('idle'));
  });

  test('what is said of any connection means nothing', () => {
    assert.deepEqual(meanings('the TCP connection gets an error'), []);
  });

  test('a word keeps how it was said', () => {
    assert.deepEqual(wordsOf('socket hang up'), [{ said: 'socket hang up', means: 'closed' }]);
  });
});

describe('durations', () => {
  test('are read in numbers and words, with what stands between', () => {
    const seconds = (text: string) => durationsIn(text).map((one) => one.seconds);
    assert.deepEqual(seconds('after 15 idle minutes'), [900]);
    assert.deepEqual(seconds('350s, or 4 min; five days; an hour'), [350, 240, 432_000, 3_600]);
    assert.deepEqual(seconds('after a quarter of an hour'), [900]);
    assert.deepEqual(seconds('--ipvs-tcp-timeout=15m0s, 2h30m'), [900, 9_000]);
    assert.deepEqual(seconds('after 15-20 minutes, or three to four hours'), [900, 1_200, 10_800, 14_400]);
    assert.deepEqual(seconds('idle_timeout 350000ms'), [350]);
  });

  test('what is shorter than two seconds is no wait', () => {
    assert.deepEqual(durationsIn('0.2 s after its write, 60 ms, 1 s'), []);
  });
});

describe('traits', () => {
  test('are told from what was said', () => {
    assert.deepEqual(traitsIn('sporadic ECONNRESET on the same node under load; a retry works'), {
      ends: ['reset'],
      seenBy: undefined,
      when: 'busy',
      spread: 'single',
      where: 'one-node',
      fresh: 'works',
    });
    assert.deepEqual(traitsIn('all at once closed after idling, and new connections are refused').ends, [
      'closed',
      'refused',
    ]);
  });

  test('what was not said is open', () => {
    const { ends, ...others } = traitsIn('it does not work');
    assert.deepEqual(ends, []);
    for (const value of Object.values(others)) assert.equal(value, undefined);
  });
});

const [some] = catalogue;
/** A page that says this of what the client sees, and nothing else. */
const made = (id: string, client: string, more: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  ...(some ?? assert.fail()),
  ...{ id, title: id, symptom: { client, server: '', nodes: '' }, symptoms: [], mechanism: [], fixes: [] },
  author: { who: ['nobody'], text: '' },
  ...more,
});
const order = (text: string, pages: readonly CatalogueEntry[]) =>
  rankPages(symptomIn(text), pages).map(({ page }) => page.id);

describe('ranking', () => {
  test('a rare word counts for more than two that most pages have', () => {
    const common = ['two', 'three', 'four', 'five'].map((id) => made(id, 'horse and donkey'));
    assert.equal(order('zebra, horse, donkey', [...common, made('one', 'zebra')])[0], 'one');
  });

  test('how it ended speaks for a page, and against one that ends otherwise', () => {
    const pages = [made('timeouts', 'it times out; zebra'), made('resets', 'ECONNRESET; zebra')];
    assert.deepEqual(order('connection reset by peer, zebra', pages), ['resets', 'timeouts']);
    const [, last] = rankPages(symptomIn('reset, zebra'), pages);
    assert.deepEqual(last?.against, ['reset']);
  });

  test('an idle time leads to the page with that clock, also when it is rounded', () => {
    const pages = [made('long', 'reset after 5 days idle'), made('short', 'reset after 350 s idle')];
    assert.equal(order('reset after six minutes idle', pages)[0], 'short');
    assert.equal(order('reset after 5 idle days', pages)[0], 'long');
  });

  test('what the server’s log says is compared with what the server sees', () => {
    const seen = (id: string, client: string, server: string) =>
      made(id, client, { symptom: { client, server, nodes: '' } });
    const pages = [
      seen('at the client', 'ECONNRESET; zebra', 'Nothing.'),
      seen('at the server', 'zebra', 'ECONNRESET'),
    ];
    assert.equal(order('reset, zebra', pages)[0], 'at the client');
    assert.equal(order('the server logs a reset from the client, zebra', pages)[0], 'at the server');
  });

  test('words of the page’s own symptoms are found', () => {
    const pages = [made('plain', 'reset'), made('said', 'reset', { symptoms: ['zebra in the log'] })];
    assert.equal(order('a zebra', pages)[0], 'said');
  });

  test('what a page says of other causes does not lead to it', () => {
    const lookAlikes = [{ cause: 'other', tellApart: 'zebra' }];
    const [found] = rankPages(symptomIn('zebra'), [made('one', 'reset', { lookAlikes })]);
    assert.equal(found?.score, 0);
  });
});

describe('on the catalogue', () => {
  const found = (text: string) => findPages(symptomIn(text), catalogue).map(({ page }) => page.id);

  test('a reset after 15 idle minutes leads to pages of an idle time', () => {
    const ids = found('reset after 15 idle minutes');
    const idle = ['conntrack-expired', 'ipvs-entry-expired', 'idle-timeout-between'];
    assert.ok(idle.includes(ids[0] ?? ''), ids.join(' '));
  });

  test('each page is found by its own title, and by each of its symptoms', () => {
    for (const { id, title, symptoms = [] } of catalogue) {
      if (id === 'unknown') continue;
      for (const text of [title, ...symptoms]) assert.ok(found(text).includes(id), `${id}: ${text}`);
    }
  });

  test('there are at most three, each with what speaks for it, and none is the page for what nothing explains', () => {
    const pages = findPages(
      symptomIn('connection reset by peer on the server, timeouts, refused, idle'),
      catalogue,
    );
    assert.ok(pages.length >= 1 && pages.length <= 3);
    for (const { page, because } of pages) {
      assert.notEqual(page.id, 'unknown');
      assert.ok(because.length > 0);
    }
  });

  test('what has nothing to do with it leads nowhere', () => {
    assert.deepEqual(found('my printer is out of ink'), []);
    assert.deepEqual(found(''), []);
  });
});

describe('questions', () => {
  const answer = (question: number, choice: number) =>
    questions[question]?.answers[choice] ?? assert.fail(`${question}, ${choice}`);

  test('each answer leaves no more causes than before, and some', () => {
    const given = [answer(0, 0), answer(1, 0), answer(4, 0)];
    let before = Infinity;
    for (let count = 1; count <= given.length; count += 1) {
      const left = fittingPages(symptomOf(given.slice(0, count)), catalogue).length;
      assert.ok(left > 0 && left <= before, `${left} after ${before}`);
      before = left;
    }
  });

  test('a reset after a silence leads to the page of the idle time', () => {
    const pages = findPages(symptomOf([answer(0, 0), answer(1, 0)]), catalogue);
    assert.ok(pages.some(({ page }) => page.id === 'conntrack-expired'));
  });
});
