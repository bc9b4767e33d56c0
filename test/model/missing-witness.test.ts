import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  missingLines,
  missingSentence,
  missingSentences,
  missingWitness,
  missingWitnesses,
} from '../../src/model/missing-witness.ts';
import type { SourceEvent } from '../../src/model/node-event.ts';
import { observingLine, parseSourceLine, saysObserving, sourceLine } from '../../src/model/source-line.ts';

const source = (state: SourceEvent['state'], text: string, name = 'capture'): SourceEvent => ({
  event: 'source',
  at: '2026-01-01T00:00:00.000000Z',
  source: name,
  text,
  node: 'node-1',
  file: 'evidence/node-1/capture.pcap',
  state,
  lost: null,
});

describe('what a source says of itself', () => {
  it('is one line of the log, and is read back from it', () => {
    const failed = source('unavailable', "tcpdump: data link type\ntcpdump: Couldn't change to 'tcpdump'");
    const line = sourceLine(failed);
    assert.equal(
      line,
      "capture          unavailable tcpdump: data link type tcpdump: Couldn't change to 'tcpdump'",
    );
    assert.deepEqual(parseSourceLine(line), {
      source: 'capture',
      state: 'unavailable',
      text: "tcpdump: data link type tcpdump: Couldn't change to 'tcpdump'",
    });
    for (const other of ['', 'netdebug: interrupted', observingLine('node-1', '/x'), 'capture began well'])
      assert.equal(parseSourceLine(other), undefined, other);
    assert.equal(saysObserving(observingLine('node-1.example', '/var/run/netdebug')), true);
    assert.equal(saysObserving(line), false);
  });

  it('makes a missing witness of what never ran, ended or left something out, and of nothing else', () => {
    assert.deepEqual(missingWitness('node-1', source('unavailable', 'not\n installed')), {
      node: 'node-1',
      witness: 'capture',
      state: 'unavailable',
      reason: 'not installed',
    });
    for (const state of ['started', 'stopped'] as const)
      assert.equal(missingWitness('node-1', source(state, 'x')), undefined);
    const events = [
      source('started', 'rules', 'rule-counters'),
      source('limited', '3 rules have no counter', 'rule-counters'),
      source('limited', '4 rules have no counter', 'rule-counters'),
      source('limited', 'a reading failed', 'rule-counters'),
      source('unavailable', 'not installed'),
    ];
    assert.deepEqual(missingWitnesses(events).map(missingSentence), [
      'node-1: rule-counters does not see everything: 4 rules have no counter',
      'node-1: rule-counters does not see everything: a reading failed',
      'node-1: capture is missing: not installed',
    ]);
  });

  it('is said once of nodes that miss the same, and on a screen in one line', () => {
    const missing = (node: string, witness: string, reason: string) =>
      ({ node, witness, state: 'limited', reason }) as const;
    const all = [
      missing('node-2', 'sockets', 'no owners'),
      missing('node-1', 'sockets', 'no owners'),
      missing('node-1', 'capture', 'two links'),
      missing('node-1', 'kernel-events', 'no numbers'),
      missing('node-2', 'kernel-events', 'no numbers'),
    ];
    assert.deepEqual(missingSentences(all), [
      'node-1, node-2: sockets does not see everything: no owners',
      'node-1: capture does not see everything: two links',
      'node-1, node-2: kernel-events does not see everything: no numbers',
    ]);
    assert.deepEqual(missingLines(all), [
      'node-1, node-2: sockets does not see everything: no owners. kernel-events does not see everything: no numbers',
      'node-1: capture does not see everything: two links',
    ]);
  });
});
