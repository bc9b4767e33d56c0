// What is said of all losses together, and what is held for those to come.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { counters } from '../../diagnose/made-by-hand.ts';
import { server } from '../../diagnose/story-events.ts';
import { inOrder, resetConnection, started, times } from './made-losses.ts';
import { recordedEvents, replay } from './replay.ts';

describe('the summary', () => {
  it('names the cure, and says whether the lab has proven it', () => {
    const { losses, now } = replay(recordedEvents('cases', 'foreign-conflict', 'node.ndjson.gz'));
    const { byCause, missing } = losses.summary(now);
    assert.equal(byCause[0]?.cause, 'route-table-conflict');
    assert.match(byCause[0].cure ?? '', /^felix-table-range \(proven in the lab\): Keep Felix off table 1/);
    assert.equal(byCause[0].next, 'netdebug explain route-table-conflict');
    assert.deepEqual(
      missing.map(({ witness }) => witness),
      [],
    );
  });

  it('says how they ended, and which left a question unanswered, of each as it was said last', () => {
    const { losses, now, last } = replay(recordedEvents('cases', 'foreign-conflict', 'node.ndjson.gz'));
    const { byCause, lost } = losses.summary(now);
    assert.ok(lost > 0 && last.every(({ ended }) => ended === 'reset'));
    const sum = (of: (row: (typeof byCause)[number]) => number | undefined) =>
      byCause.reduce((all, row) => all + (of(row) ?? 0), 0);
    assert.equal(
      sum(({ ended }) => ended?.reset),
      lost,
    );
    assert.equal(
      sum(({ unanswered }) => unanswered?.reset),
      last.filter(({ unanswered }) => (unanswered ?? 0) > 0).length,
    );
  });

  it('counts what is unanswered and not lost, and what nobody lost anything by, apart', () => {
    const { losses, now, last } = replay(
      recordedEvents('runs', 'probe-stalled', 'evidence', 'node-1', 'events.ndjson.gz'),
    );
    assert.deepEqual(last, []);
    assert.equal(losses.summary(now).benign, 6);
  });
});

describe('what is held', () => {
  it('is bounded: hours of counters are let go of, and losses are still told', () => {
    const hours = times(3_000).map((index) =>
      counters('snmp', server, { TcpInSegs: 1 }, [index * 4, index * 4 + 0.1]),
    );
    const { last } = replay(inOrder([...started(), ...hours, ...resetConnection(11_990, 0)]), {
      every: 1_000_000,
      keepMs: 60_000,
    });
    assert.equal(last.length, 1);
  });
});
