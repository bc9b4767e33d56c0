// When a witness' silence says something: not before it began, after its last reading, or while it may still tell.
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { facts, type FactName } from '../../../src/diagnose/facts/index.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { atClient, endOfSocket, isReset, kernel, known, told } from '../kernel-events.ts';
import {
  failed,
  good,
  lost,
  outsideRst,
  port,
  ran,
  serverRst,
  source,
  storyOf,
  talk,
} from '../made-by-hand.ts';
import { at, firstEntry, secondEntry } from '../story-events.ts';

const reset = [failed()];
const watchedTalk = [...talk(), ...ran('capture')];
/** Of a witness that stopped before the loss. */
const stoppedEarly = (name: string) => [source(name, 'started'), source(name, 'stopped', { seconds: good })];

describe('a witness that had stopped before the loss, or began after the last good moment, cannot have seen', () => {
  const late = (name: string) => [source(name, 'started', { seconds: lost }), source(name, 'stopped')];
  /** It took long to stop. */
  const readEarly = (name: string) => [
    source(name, 'started'),
    { ...source(name, 'stopped'), readUntil: at(lost - 0.05) },
  ];
  const asked: Partial<Record<FactName, string>> = {
    'rule changed': 'ip-monitor',
    'endpoint changed': 'ip-monitor',
    'entry deleted by a program': 'conntrack-events',
    'entry expired': 'conntrack-events',
    'picked up in mid-stream': 'conntrack-events',
    'packets were INVALID': 'conntrack-stats',
    'table overflowed': 'conntrack-stats',
    'table full': 'conntrack-stats',
  };
  for (const [name, witness] of Object.entries(asked) as [FactName, string][]) {
    it(name, () => {
      for (const partly of [stoppedEarly(witness), late(witness), readEarly(witness)]) {
        const fact = facts[name](
          storyOf([firstEntry(1, port), secondEntry(1, port, 5_001), ...watchedTalk, ...partly], reset),
        );
        assert.deepEqual(fact, { seen: 'unknown', missing: 'its-hours' });
      }
    });
  }
});

test('counters that are read at intervals stood still up to their last reading, as far as somebody heard of it while they ran', () => {
  const seen = (readUntil: number, ...more: readonly NodeEvent[]) => {
    const begun = { ...source('conntrack-stats', 'started'), readUntil: at(readUntil) };
    return facts['packets were INVALID'](storyOf([...watchedTalk, begun, ...more], reset)).seen;
  };
  assert.equal(seen(lost - 0.05), 'unknown');
  assert.equal(seen(lost + 0.05), 'no');
  // Its own last word is later than what was heard of it before.
  const stopped = { ...source('conntrack-stats', 'stopped'), readUntil: at(lost + 0.5) };
  assert.equal(seen(lost - 0.05, stopped), 'no');
});

describe('conntrack tells late, but in order: its silence says something of a loss once it has told of something later, or ended', () => {
  const known = [firstEntry(1, port), secondEntry(1, port, 5_001), ...watchedTalk];
  const begun = source('conntrack-events', 'started');
  const later: Readonly<Record<string, NodeEvent>> = {
    'an entry of others': firstEntry(lost + 0.5, port + 1),
    'its own end': source('conntrack-events', 'stopped', { seconds: lost + 0.5 }),
  };
  for (const name of [
    'entry deleted by a program',
    'entry expired',
    'picked up in mid-stream',
  ] as const satisfies readonly FactName[])
    it(name, () => {
      assert.deepEqual(facts[name](storyOf([...known, begun], reset)), {
        ...{ seen: 'unknown', missing: 'later-conntrack-events' },
      });
      for (const [what, event] of Object.entries(later))
        assert.equal(facts[name](storyOf([...known, begun, event], reset)).seen, 'no', what);
    });
});

test('a program that had an answer within the second before it was told of the loss had not been idle, whatever nobody captured', () => {
  const hadBeenIdle = (failedAt: number) =>
    facts['had been idle'](storyOf([], [failed({ at: at(failedAt) })])).seen;
  assert.equal(hadBeenIdle(good + 0.8), 'no');
  assert.equal(hadBeenIdle(good + 1), 'unknown');
});

test('when a socket had last received counts from its kernel’s own word of its end: its line is printed late', () => {
  const cookie = 'f5380';
  const line = { ...endOfSocket(atClient, 0), at: at(lost + 0.4), cookie, lastReceivedMs: 1_200 };
  const again = told(lost - 0.1, 'retransmit', atClient);
  const seen = (...events: readonly NodeEvent[]) =>
    facts['had been idle'](
      storyOf([...known, ...kernel, ...events], [failed({ lastGoodAt: at(lost - 1.2) })]),
    ).seen;
  assert.equal(seen(again, line), 'no');
  assert.equal(seen(again, told(lost, 'destroy-socket', atClient, { cookie }), line), 'unknown');
});

test('a kernel’s silence says nothing of a RST that came out of another pod than the server’s packets had, be it of the same address', () => {
  const withLines = [...talk(), ...known, ...kernel, ...ran('capture'), isReset(atClient)];
  const [own, passedOn] = serverRst();
  assert.ok(own !== undefined && passedOn !== undefined);
  const sent = (first: NodeEvent) =>
    facts["server's kernel sent a RST"](storyOf([...withLines, first, passedOn], reset));
  assert.equal(sent(own).seen, 'no');
  assert.deepEqual(sent({ ...own, interface: 'cali-next' }), { seen: 'unknown', missing: 'its-hours' });
});

test('a capture that ended before the RST, though it said so later, does not say that the server’s pod sent none', () => {
  const elsewhere = outsideRst().map((event) => ({ ...event, node: 'node-2' }));
  const sent = (readUntil: string) =>
    facts["RST left the server's pod"](
      storyOf(
        [...talk(), ...elsewhere, source('capture', 'started'), source('capture', 'stopped', { readUntil })],
        reset,
      ),
    );
  assert.equal(sent(at(lost + 1)).seen, 'no');
  assert.deepEqual(sent(at(lost - 0.1)), { seen: 'unknown', missing: 'capture-at-server' });
});
