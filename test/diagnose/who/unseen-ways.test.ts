// A RST that came by a way which nobody watched: nobody else may be said to have sent it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { factNames, facts, type FactName } from '../../../src/diagnose/facts/index.ts';
import { suspectsOf } from '../../../src/diagnose/who/suspects.ts';
import type { Fact } from '../../../src/diagnose/facts/fact.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { atClient, kernel, known, losesByReset } from '../kernel-events.ts';
import { counters, failed, good, nodeRst, ran, storyOf, talk } from '../made-by-hand.ts';
import { client, firstEntry } from '../story-events.ts';

function suspectsIn(nodes: readonly NodeEvent[]) {
  const story = storyOf(nodes, [failed()]);
  const seen = Object.fromEntries(factNames.map((name) => [name, facts[name](story)])) as Record<
    FactName,
    Fact
  >;
  return { seen, suspects: suspectsOf(seen) };
}

describe('a RST that goes out of a node and was not seen to come in', () => {
  it('came by an interface that nobody captured where it had lost a hop', () => {
    const { seen, suspects } = suspectsIn([...talk(), ...nodeRst({ ttl: 61 }), ...ran('capture')]);
    assert.equal(seen['RST made on the node'].seen, 'unknown');
    assert.ok(suspects.left.includes('in-between'));
    assert.equal(
      suspectsIn([...talk(), ...nodeRst(), ...ran('capture')]).seen['RST made on the node'].seen,
      'yes',
    );
  });
});

describe('a RST that no kernel tells of', () => {
  it("may be of the server's node, where that was not watched", () => {
    const clients = [
      counters('snmp', client, { TcpInSegs: 1 }, [good - 0.3, good - 0.2]),
      firstEntry(1, 40_001),
    ];
    const { seen, suspects } = suspectsIn([...clients, ...kernel, ...losesByReset(atClient)]);
    assert.equal(seen["node's kernel sent a RST"].seen, 'unknown');
    assert.ok(suspects.left.includes('node-kernel'));
    const both = suspectsIn([...known, ...kernel, ...losesByReset(atClient)]);
    assert.equal(both.seen["node's kernel sent a RST"].seen, 'no');
  });
});
