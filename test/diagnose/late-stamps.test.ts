// A busy machine prints what happened late: the diagnosis is the same as on an idle one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causeModels } from '../../src/causes/models.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { accepted, firstEntry, resetConnection, secondEntry, serverReset } from './story-events.ts';

for (const [what, late] of [
  ['in time', 0],
  ['after the first and only answer', 0.03],
] as const) {
  test(`an entry that ran out is the cause when its making was printed ${what}`, () => {
    const [port, had, sees] = [46_422, 5_622, 7_001];
    const flow = { port, connectedAt: 1, lastGoodAt: 1.001, resetAt: 2.1 };
    const probes = [...resetConnection(flow), accepted(1.0005, had)];
    const nodes = [
      firstEntry(1 + late, port),
      secondEntry(1 + late, port, had),
      firstEntry(2.1 + late, port, 'destroy'),
      firstEntry(2.1 + late, port, 'new', { state: 'ESTABLISHED' }),
      secondEntry(2.1 + late, port, had, 'destroy'),
      secondEntry(2.1 + late, port, sees, 'new', { state: 'ESTABLISHED' }),
      serverReset(2.0999, sees),
    ];
    const found = diagnose({ probes, nodes }, causeModels).map(({ cause, connections }) => [
      cause,
      connections,
    ]);
    assert.deepEqual(found, [['conntrack-expired', 1]]);
  });
}
