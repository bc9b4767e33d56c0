import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { batches } from '../../src/lab/apply.ts';
import { combinations } from '../../src/lab/scenarios/combinations.ts';
import { choose, findScenario, scenarios } from '../../src/lab/scenarios/index.ts';
import { Problem } from '../../src/model/problem.ts';
import { shellScript } from '../../src/system/plan-commands.ts';

const usage = (part: string) => (error: unknown) =>
  error instanceof Problem && error.kind === 'usage' && error.message.includes(part);

describe('choosing', () => {
  const scenario = findScenario('gke-intranode-policy');

  it('an unknown scenario, factor or fix is refused with the allowed names', () => {
    assert.throws(() => findScenario('gke'), usage('gke-intranode-policy'));
    assert.throws(() => choose(scenario, ['policy'], null), usage('network-policy'));
    assert.throws(() => choose(scenario, [], 'magic'), usage('felix-table-range'));
  });

  it('switches off exactly what was named', () => {
    const { factors } = choose(scenario, ['network-policy'], null);
    assert.deepEqual(factors, { 'intranode-visibility': true, 'network-policy': false });
  });

  it('the matrix holds every combination of factors and every fix, each once', () => {
    const cells = combinations(scenario).map((choice) => JSON.stringify(choice));
    assert.equal(new Set(cells).size, 4 + 2);
    const broken = combinations(scenario).filter((choice) => scenario.expected(choice) !== 'none');
    assert.deepEqual(broken, [
      { factors: { 'intranode-visibility': true, 'network-policy': true }, fix: null },
    ]);
  });
});

describe('plans', () => {
  for (const scenario of scenarios) {
    for (const choice of combinations(scenario)) {
      const { plan } = scenario.setup(choice);

      it(`of ${scenario.name} ${JSON.stringify(choice)} make a namespace before they use it, and undo what they make in the world`, () => {
        const known = new Set<string>();
        for (const { change, undo } of plan) {
          if (change.do === 'add-netns') {
            known.add(change.netns);
            assert.deepEqual(undo, { do: 'delete-netns', netns: change.netns });
          } else if (change.do === 'add-veth') {
            assert.ok(known.has(change.a.netns) && known.has(change.b.netns));
            assert.notEqual(undo, null);
          } else {
            assert.ok(known.has(change.netns), shellScript([{ change, undo }]));
          }
        }
      });

      it(`of ${scenario.name} ${JSON.stringify(choice)} lose no step and no order when they are put into batches`, () => {
        assert.deepEqual(batches(plan).flat(), plan);
        assert.ok(batches(plan).length * 3 < plan.length);
      });
    }
  }

  it('have interface names that the kernel takes (15 characters)', () => {
    for (const scenario of scenarios) {
      const [choice] = combinations(scenario);
      for (const pod of scenario.setup(choice!).topology.pods)
        assert.ok(pod.hostInterface.length <= 15, pod.hostInterface);
    }
  });
});
