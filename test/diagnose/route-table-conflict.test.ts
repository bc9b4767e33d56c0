import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { facts } from '../../src/diagnose/facts/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import { ran, storyOf } from './made-by-hand.ts';
import {
  accepted,
  firstEntry,
  questionTo,
  resetConnection,
  rule,
  secondEntry,
  serverReset,
} from './story-events.ts';

const causes = (probes: ProbeEvent[], nodes: NodeEvent[]) =>
  diagnose({ probes, nodes }, causeModels).map((finding) => finding.cause);

const flow = { port: 46_422, connectedAt: 1, lastGoodAt: 2, resetAt: 2.1 };

describe('a rule that was deleted under a looped flow', () => {
  const probes = [...resetConnection(flow), accepted(1.001, 5_622)];
  const nodes = [firstEntry(1, 46_422), secondEntry(1, 46_422, 5_622), rule(2.05, 'deleted')];

  it('is a route table conflict: the server had the rewritten port and now sees the own one', () => {
    const [finding, ...others] = diagnose({ probes, nodes }, causeModels);
    assert.deepEqual(others, []);
    assert.equal(finding?.cause, 'route-table-conflict');
    assert.equal(finding.connections, 1);
    assert.deepEqual(finding.classes, ['co-located']);
    assert.ok(
      finding.evidence.some(
        (item) => item.text === 'the server had port 5622 for this connection and now sees port 46422',
      ),
    );
    assert.ok(
      finding.evidence.some((item) => item.source === 'ip-monitor' && item.text.startsWith('Deleted 30003')),
    );
  });

  it('is none when the rule changed before the last good answer, after the reset, or on another node', () => {
    const carried = nodes.slice(0, 2);
    assert.deepEqual(causes(probes, [...carried, rule(1.5, 'deleted')]), ['unknown']);
    assert.deepEqual(causes(probes, [...carried, rule(2.5, 'deleted')]), ['unknown']);
    assert.deepEqual(causes(probes, [...carried, rule(2.05, 'deleted', 'node-2')]), ['unknown']);
  });

  it('is none when the rule was added instead: that would not move this port', () => {
    assert.deepEqual(causes(probes, [...nodes.slice(0, 2), rule(2.05, 'added')]), ['unknown']);
  });

  it('is none when an entry of the flow was deleted before the reset: that explains it', () => {
    const deleted = secondEntry(2.06, 46_422, 5_622, 'destroy', { deletedByProgram: true });
    assert.ok(!causes(probes, [...nodes, deleted]).includes('route-table-conflict'));
  });

  it('is still found when the agents put the rule back just after the reset', () => {
    assert.deepEqual(causes(probes, [...nodes, rule(2.105, 'added')]), ['route-table-conflict']);
  });

  it('is found when the handshake’s entry was printed after the connection’s last good moment', () => {
    const late = [firstEntry(1, 46_422), secondEntry(2.01, 46_422, 5_622), rule(2.05, 'deleted')];
    assert.deepEqual(causes(probes, late), ['route-table-conflict']);
  });

  it('is found when the flow left its first crossing with another port, its own being taken', () => {
    const taken = [
      firstEntry(1, 46_422, 'new', {}, 34_221),
      secondEntry(1, 34_221, 5_622),
      rule(2.05, 'deleted'),
    ];
    const [finding] = diagnose({ probes, nodes: taken }, causeModels);
    assert.equal(finding?.cause, 'route-table-conflict');
    assert.ok(
      finding.evidence.some(
        (item) => item.text === 'the server had port 5622 for this connection and now sees port 34221',
      ),
    );
  });

  it('is found without conntrack events: the server’s RST shows the port that it sees', () => {
    // A question on both legs, the same numbers with two ports, ties the port that was accepted to the client's.
    const question = [questionTo('cali-client', 1.9, 46_422), questionTo('cali-server', 1.9, 5_622)];
    const seen = [...question, rule(2.05, 'deleted'), serverReset(2.099, 46_422)];
    assert.deepEqual(causes(probes, seen), ['route-table-conflict']);
    assert.deepEqual(
      causes(
        probes,
        seen.filter((event) => event.source === 'capture'),
      ),
      ['unknown'],
    );
    // The port that it had all along: the rule moved nothing.
    const unmoved = [...question, rule(2.05, 'deleted'), serverReset(2.099, 5_622)];
    assert.deepEqual(causes(probes, unmoved), ['unknown']);
  });

  it('is found without the events of the server too: the entries show the ports', () => {
    assert.deepEqual(causes(resetConnection(flow), nodes), ['route-table-conflict']);
  });
});

describe('a rule that was added under a direct flow', () => {
  const probes = [...resetConnection(flow), accepted(1.001, 46_422)];
  const nodes = [
    firstEntry(1, 46_422),
    rule(2.05, 'added'),
    secondEntry(2.099, 46_422, 56_373, 'new', { state: 'ESTABLISHED' }),
  ];

  it('is a route table conflict: a second entry appears, and the server sees its port', () => {
    const [finding] = diagnose({ probes, nodes }, causeModels);
    assert.equal(finding?.cause, 'route-table-conflict');
    assert.ok(
      finding.evidence.some(
        (item) => item.text === 'the server had port 46422 for this connection and now sees port 56373',
      ),
    );
  });

  it('is none without the second entry', () => {
    assert.deepEqual(causes(probes, nodes.slice(0, 2)), ['unknown']);
  });
});

describe('many resets', () => {
  it('of one cause are one finding, with the number of connections and the classes', () => {
    const ports = [41_000, 41_001, 41_002];
    const probes = ports.flatMap((port) => [
      ...resetConnection({ ...flow, port }),
      accepted(1.001, port - 30_000),
    ]);
    const nodes = [
      ...ports.flatMap((port) => [firstEntry(1, port), secondEntry(1, port, port - 30_000)]),
      rule(2.05, 'deleted'),
    ];
    const findings = diagnose({ probes, nodes }, causeModels);
    assert.deepEqual(
      findings.map(({ cause, connections }) => ({ cause, connections })),
      [{ cause: 'route-table-conflict', connections: 3 }],
    );
  });

  it('that nobody can explain are said to be unknown, with what is missing', () => {
    const [finding] = diagnose({ probes: resetConnection(flow), nodes: [] }, causeModels);
    assert.equal(finding?.cause, 'unknown');
    assert.match(finding.sentence, /what would decide: .*conntrack -E.*the server's own events/);
  });

  it('no resets, no findings', () => {
    assert.deepEqual(diagnose({ probes: [accepted(1, 2)], nodes: [rule(1, 'deleted')] }, causeModels), []);
  });
});

it('is not excluded where the connection is older than the watch: which entries it had nobody knows', () => {
  const events: NodeEvent[] = [
    ...ran('capture'),
    ...ran('conntrack-events'),
    ...ran('ip-monitor'),
    rule(2.05, 'added'),
    secondEntry(2.099, 46_422, 56_373, 'new', { state: 'ESTABLISHED' }),
  ];
  const moved = (...more: NodeEvent[]) =>
    facts['rule moved the port'](storyOf([...events, ...more], resetConnection(flow))).seen;
  assert.equal(moved(), 'unknown');
  assert.equal(moved(firstEntry(1, 46_422)), 'yes');
});
