import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHeldFlows, type HeldFlow } from '../../../src/experiment/watch/held-flows.ts';
import { createSaidLosses } from '../../../src/experiment/watch/said-losses.ts';
import { lossOf } from '../../watch-losses.ts';
import { resetConnection } from './made-losses.ts';

const second = 1_000_000;
const explanation = { explained: 'one by one', finding: null } as const;

describe('what was said of losses', () => {
  const flows = createHeldFlows({ keepMs: 600_000, mostBytes: 1 << 20 });
  const flowOf = (number: number): HeldFlow => {
    const [flow] = resetConnection(1, number).map((event) => flows.take(event, null));
    assert.ok(flow !== undefined);
    return flow;
  };

  it('is let go of by its age, though the ports that were lost first are lost again and again', () => {
    const said = createSaidLosses('node-1');
    const [again, once, joined] = [flowOf(1), flowOf(2), flowOf(3)];
    const say = (flow: HeldFlow, at: number) =>
      said.say(flow, { bornAt: (at - 1) * second, failedAt: at * second }, lossOf({}), explanation);
    for (const at of [10, 100, 200, 300]) say(again, at);
    say(once, 20);
    say(joined, 30);
    said.joined(joined, again);
    say(again, 400);
    said.forget(350 * second);
    assert.equal(said.since(0).length, 1);
    assert.deepEqual(said.of(once), []);
    assert.ok(said.of(again).some(({ failedAt }) => failedAt === 400 * second));
    assert.equal(said.lost, 7);
  });
});
