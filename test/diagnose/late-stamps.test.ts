// A busy machine prints what happened late: the diagnosis is the same as on an idle one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import { ran } from './made-by-hand.ts';
import {
  accepted,
  at,
  firstEntry,
  resetConnection,
  secondEntry,
  server,
  serverReset,
} from './story-events.ts';

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

function listener(seconds: number, change: 'opened' | 'closed'): NodeEvent {
  return {
    ...{
      event: 'listener',
      source: 'listeners',
      at: at(seconds),
      node: 'node-1',
      change,
      scope: server,
      port: 8_080,
      ...(change === 'closed' ? ({ owner: 'ended' } as const) : {}),
    },
    ...{ text: `${server}:8080 ${change}`, file: 'evidence/node-1/listeners.log' },
  };
}

/** A client that dials again so late that the server is back, which tells nothing about whether it was away. */
function connectedAgain(seconds: number, port: number): ProbeEvent {
  const [connected] = resetConnection({ port, connectedAt: seconds, lastGoodAt: seconds, resetAt: seconds });
  assert.ok(connected !== undefined);
  return connected;
}

test('a server that was away for a moment is the cause though the client came back too late to be refused', () => {
  const [port, had] = [46_422, 5_622];
  const probes = [
    ...resetConnection({ port, connectedAt: 1, lastGoodAt: 2, resetAt: 2.1 }),
    accepted(1.001, had),
    connectedAgain(2.7, 46_423),
  ];
  const reset = { ...serverReset(2.0999, had), flags: 'R.', window: 512, hasTimestampOption: true };
  const nodes = [
    ...[firstEntry(1, port), secondEntry(1, port, had), reset],
    // Between two readings of the listening sockets: both changes are found by the second one.
    ...[listener(2.4, 'closed'), listener(2.4, 'opened')],
  ];
  // Nobody was killed for memory, as the kernel's log has it.
  const log = ran('kernel-log').map((event) => ({ ...event, takes: ['oom-kills'] }) as NodeEvent);
  const [finding, ...others] = diagnose({ probes, nodes: [...nodes, ...log] }, causeModels);
  assert.deepEqual(others, []);
  assert.equal(finding?.cause, 'server-process-died');
  assert.deepEqual(finding.certainty, { cause: 'proven', author: 'likely' });
  assert.equal(finding.author, 'server-process-died');
});
