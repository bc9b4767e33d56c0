import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { accepted, firstEntry, resetConnection, rule, secondEntry } from './story-events.ts';

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
});
