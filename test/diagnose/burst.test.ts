import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import {
  accepted,
  at,
  client,
  firstEntry,
  resetConnection,
  rule,
  secondEntry,
  server,
  service,
} from './story-events.ts';

const flow = { connectedAt: 1, lastGoodAt: 2, resetAt: 2.1 };

describe('connections that failed together', () => {
  const clear = [41_000, 41_001, 41_002];
  const dim = 41_009;
  const probes = [...clear, dim].flatMap((port) => resetConnection({ ...flow, port }));
  const servers = clear.map((port) => accepted(1.001, port - 30_000));
  // Of the last one no entry was seen: alone it could be anything.
  const nodes = [
    ...clear.flatMap((port) => [firstEntry(1, port), secondEntry(1, port, port - 30_000)]),
    rule(2.05, 'deleted'),
  ];

  it('share their cause with one whose own evidence does not decide', () => {
    const findings = diagnose({ probes: [...probes, ...servers], nodes }, causeModels);
    assert.deepEqual(
      findings.map(({ cause, connections }) => ({ cause, connections })),
      [{ cause: 'route-table-conflict', connections: 4 }],
    );
  });

  it('do not share it with one that failed at another time', () => {
    const later = resetConnection({ port: dim, connectedAt: 1, lastGoodAt: 30, resetAt: 30.1 });
    const together = clear.flatMap((port) => resetConnection({ ...flow, port }));
    const findings = diagnose({ probes: [...together, ...later, ...servers], nodes }, causeModels);
    assert.deepEqual(
      findings.map(({ cause, connections }) => ({ cause, connections })),
      [
        { cause: 'route-table-conflict', connections: 3 },
        { cause: 'unknown', connections: 1 },
      ],
    );
  });

  it('do not share it with one whose own evidence speaks against it', () => {
    // A program deleted its entry, whatever became of the others.
    const nodes2: NodeEvent[] = [
      ...nodes,
      firstEntry(1, dim),
      {
        ...{
          event: 'conntrack',
          at: at(2.06),
          node: 'node-1',
          source: 'conntrack-events',
          text: 'DESTROY',
          file: '',
        },
        ...{
          change: 'destroy',
          protocol: 'tcp',
          state: 'ESTABLISHED',
          id: null,
          deletedByProgram: true,
          portid: null,
        },
        original: { src: client, sport: dim, dst: service, dport: 8_080 },
        reply: { src: server, sport: 8_080, dst: client, dport: dim },
      },
    ];
    const findings = diagnose({ probes: [...probes, ...servers], nodes: nodes2 }, causeModels);
    assert.deepEqual(
      findings.map(({ cause, connections }) => [cause, connections]),
      [
        ['route-table-conflict', 3],
        ['conntrack-entry-deleted', 1],
      ],
    );
  });

  it('share it as likely, be the others’ proven', () => {
    const [finding] = diagnose({ probes: [...probes, ...servers], nodes }, causeModels);
    assert.notEqual(finding?.certainty?.cause, 'open');
    const alone = diagnose({ probes: resetConnection({ ...flow, port: dim }), nodes }, causeModels);
    assert.deepEqual(
      alone.map(({ cause }) => cause),
      ['unknown'],
    );
  });
});
