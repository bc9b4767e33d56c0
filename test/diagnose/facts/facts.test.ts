// Every fact in the smallest story in which it is seen, not seen by a witness that would have seen it, and unknowable.
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { facts, type FactName } from '../../../src/diagnose/facts/index.ts';
import { counters, storyOf } from '../made-by-hand.ts';
import type { Row, Told } from './row.ts';
import { arrivalRows } from './arrival-rows.ts';
import { icmpRows } from './icmp-rows.ts';
import { kernelRows } from './kernel-rows.ts';
import { ipvsRows } from './ipvs-rows.ts';
import { packetLengthRows } from './packet-length-rows.ts';
import { addressOwnerRows } from './address-owner-rows.ts';
import { peerHostRows } from './peer-host-rows.ts';
import { ownWordRows } from './own-word-rows.ts';
import { portTakenRows } from './port-taken-rows.ts';
import { populationRows } from './population-rows.ts';
import { serverRows } from './server-rows.ts';
import { unansweredRows } from './unanswered-rows.ts';
import { untranslatedRows } from './untranslated-rows.ts';
import { whichWayRows } from './which-way-rows.ts';
import { timedOut, stats, ownEntry } from './small-stories.ts';
import { howItEndedRows } from './how-it-ended-rows.ts';
import { resetRows } from './reset-rows.ts';
import { changeRows } from './change-rows.ts';
import { countRows } from './count-rows.ts';

const rows: Readonly<Record<FactName, Row>> = {
  ...unansweredRows,
  ...whichWayRows,
  ...packetLengthRows,
  ...addressOwnerRows,
  ...peerHostRows,
  ...ipvsRows,
  ...arrivalRows,
  ...kernelRows,
  ...icmpRows,
  ...populationRows,
  ...serverRows,
  ...untranslatedRows,
  ...portTakenRows,
  ...ownWordRows,
  ...howItEndedRows,
  ...resetRows,
  ...changeRows,
  ...countRows,
};

test('a packet that is dropped because its entry could not be added beside another does not say that the table is full', () => {
  const look = (changes: Record<string, number>) =>
    facts['table overflowed'](
      storyOf([...ownEntry, ...stats, counters('conntrack-stats', 'node-1', changes)], timedOut),
    );
  assert.equal(look({ drop: 2, insert_failed: 1 }).seen, 'yes');
  assert.notEqual(look({ drop: 2, insert_failed: 2 }).seen, 'yes');
});

test('every fact has its three stories here, or a reason why it cannot have one', () => {
  assert.deepEqual(Object.keys(rows).sort(), Object.keys(facts).sort());
  for (const [name, row] of Object.entries(rows))
    for (const [how, story] of Object.entries(row) as [string, Told | string][])
      assert.ok(typeof story !== 'string' || story.length > 20, `${name}, ${how}`);
});

const isTold = (story: Told | string): story is Told => typeof story !== 'string';

for (const [name, { seen, notSeen, unknowable }] of Object.entries(rows) as [FactName, Row][])
  describe(`"${name}"`, () => {
    const look = ({ nodes = [], probes = [] }: Told) => facts[name](storyOf(nodes, probes));
    if (isTold(seen)) it('is seen', () => assert.equal(look(seen).seen, 'yes'));
    if (isTold(notSeen)) it('is not seen', () => assert.equal(look(notSeen).seen, 'no'));
    if (typeof unknowable !== 'string')
      it('cannot be known', () =>
        assert.deepEqual(look(unknowable), { seen: 'unknown', missing: unknowable.missing }));
  });
