import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeAction, faultScript } from '../../../src/lab/faults/describe.ts';
import type { FaultSpec } from '../../../src/model/fault.ts';

const reject: FaultSpec = {
  about: 'a policy rejects, and is taken back',
  ...{ firstMs: 1_000, everyMs: 60_000, jitterMs: 6_000 },
  steps: ['add-chain-rule', 'delete-chain-rule'].map((what, index) => ({
    afterMs: index * 500,
    actions: [
      {
        do: what as 'add-chain-rule',
        netns: 'node-1',
        rule: { table: 'filter', chain: 'FORWARD', place: 'first', rule: '-p tcp -j REJECT' },
      },
    ],
  })),
};

it('a fault is printed with its times, divided by the speed, and the commands that bring it about', () => {
  assert.equal(
    faultScript(reject, 10),
    [
      "# a policy rejects, and is taken back: 100ms after the clients' start, then every 6s and up to 600ms more",
      'ip netns exec node-1 iptables -t filter -I FORWARD -p tcp -j REJECT',
      '# 50ms after its beginning',
      'ip netns exec node-1 iptables -t filter -D FORWARD -p tcp -j REJECT',
      '',
    ].join('\n'),
  );
});

it('programs are called by their names', () => {
  assert.equal(describeAction({ do: 'signal', program: 'server', signal: 'SIGKILL' }), 'kill -KILL server');
  assert.equal(describeAction({ do: 'start', program: 'server' }), 'start server');
});
