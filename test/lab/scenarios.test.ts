import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeIds, causeModels } from '../../src/causes/index.ts';
import { batches, stages } from '../../src/lab/world/apply.ts';
import { combinations } from '../../src/lab/scenarios/combinations.ts';
import { choose, findScenario, scenarios } from '../../src/lab/scenarios/index.ts';
import { Problem } from '../../src/model/problem.ts';
import type { Choice, Scenario } from '../../src/model/scenario.ts';
import { shellCommand, shellScript } from '../../src/lab/world/plan-commands.ts';

const usage = (part: string) => (error: unknown) =>
  error instanceof Problem && error.kind === 'usage' && error.message.includes(part);

/** Every variant, factors on and off, and every fix. */
function allChoices(scenario: Scenario): Choice[] {
  return scenario.variants.flatMap((variant) => combinations(scenario, variant.name));
}

describe('choosing', () => {
  const scenario = findScenario('gke-intranode-policy');

  it('an unknown scenario, factor, variant or fix is refused with the allowed names', () => {
    assert.throws(() => findScenario('gke'), usage('gke-intranode-policy'));
    assert.throws(() => choose(scenario, { without: ['policy'] }), usage('network-policy'));
    assert.throws(() => choose(scenario, { variant: 'odd' }), usage('server-on-node-2'));
    assert.throws(() => choose(scenario, { fix: 'magic' }), usage('felix-table-range'));
  });

  it('switches off exactly what was named, and takes the first variant unless told otherwise', () => {
    assert.deepEqual(choose(scenario, { without: ['network-policy'] }), {
      factors: { 'intranode-visibility': true, 'network-policy': false },
      variant: 'server-on-node-1',
      fix: null,
    });
    assert.equal(choose(scenario, { variant: 'slow-clients' }).variant, 'slow-clients');
  });

  it('the matrix holds every combination of factors and every fix, each once', () => {
    const cells = combinations(scenario).map((choice) => JSON.stringify(choice));
    assert.equal(new Set(cells).size, 4 + 2);
    const broken = combinations(scenario).filter((choice) => scenario.expected(choice) !== 'none');
    const factors = { 'intranode-visibility': true, 'network-policy': true };
    assert.deepEqual(broken, [{ factors, variant: 'server-on-node-1', fix: null }]);
  });
});

describe('the catalogue', () => {
  it('has a scenario for every cause that can be brought about, and one for none', () => {
    const shown = new Set(scenarios.map((scenario) => scenario.expectedCause(choose(scenario))));
    assert.deepEqual(shown, new Set([...causeIds.filter((id) => id !== 'unknown'), null]));
  });

  for (const scenario of scenarios) {
    it(`${scenario.name} has two variants at least, and no name twice`, () => {
      assert.ok(scenario.variants.length >= 2);
      for (const list of [scenario.variants, scenario.factors, scenario.fixes]) {
        assert.equal(new Set(list.map(({ name }) => name)).size, list.length);
      }
    });

    it(`${scenario.name} has a fix, unless nothing is wrong with it; each ends the resets of each variant`, () => {
      assert.equal(scenario.fixes.length > 0, scenario.name !== 'healthy');
      for (const choice of allChoices(scenario).filter(({ fix }) => fix !== null)) {
        assert.equal(scenario.expected(choice), 'none', JSON.stringify(choice));
      }
    });

    it(`${scenario.name} expects an author exactly where it expects a cause, and one that the cause can have`, () => {
      for (const choice of allChoices(scenario)) {
        const cause = scenario.expectedCause(choice);
        const authors = scenario.expectedAuthor(choice);
        assert.equal(authors.length > 0, cause !== null, JSON.stringify(choice));
        const model = causeModels.find((one) => one.cause === cause);
        assert.equal(
          model?.authors.some((author) => authors.includes(author)) ?? false,
          cause !== null,
          JSON.stringify(choice),
        );
      }
    });

    it(`${scenario.name} brings different faults or different worlds for different variants`, () => {
      const setups = scenario.variants.map(({ name }) =>
        JSON.stringify(scenario.setup(choose(scenario, { variant: name }))),
      );
      assert.equal(new Set(setups).size, setups.length);
    });
  }
});

for (const scenario of scenarios) {
  describe(`faults of ${scenario.name}`, () => {
    for (const choice of allChoices(scenario)) {
      it(`${JSON.stringify(choice)} act on namespaces and programs that are there, in order of time`, () => {
        const { plan, faults, servers, clients } = scenario.setup(choice);
        const namespaces = new Set(
          plan.flatMap(({ change }) => (change.do === 'add-netns' ? [change.netns] : [])),
        );
        const programs = new Set([...servers, ...clients].map(({ name }) => name));
        for (const { pod } of [...servers, ...clients]) assert.ok(namespaces.has(pod), pod);
        for (const { steps } of faults) {
          const times = steps.map(({ afterMs }) => afterMs);
          assert.deepEqual(
            times,
            times.toSorted((a, b) => a - b),
          );
          for (const action of steps.flatMap(({ actions }) => actions)) {
            if (action.do === 'signal' || action.do === 'start') assert.ok(programs.has(action.program));
            else if (action.do === 'add-veth') assert.ok(namespaces.has(action.a.netns));
            else assert.ok(namespaces.has(action.netns), shellCommand(action));
          }
        }
      });
    }
  });
}

describe('plans', () => {
  for (const scenario of scenarios) {
    for (const choice of allChoices(scenario)) {
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

      it(`of ${scenario.name} ${JSON.stringify(choice)} keep each namespace's steps in order when several go on at once`, () => {
        for (const stage of stages(plan)) {
          const own = stage.map(
            (lane) => new Set(lane.map(({ change }) => 'netns' in change && change.netns)),
          );
          if (stage.length > 1) assert.ok(own.every((names) => names.size === 1));
          assert.equal(new Set(own.flatMap((names) => [...names])).size >= stage.length, true);
        }
        const inStages = stages(plan).flat(2);
        const stepsOf = (steps: typeof plan, netns: string) =>
          steps.filter(({ change }) => 'netns' in change && change.netns === netns);
        assert.equal(inStages.length, plan.length);
        for (const { change } of plan) {
          if (change.do === 'add-netns')
            assert.deepEqual(stepsOf(inStages, change.netns), stepsOf(plan, change.netns));
        }
      });
    }
  }

  it('have interface names that the kernel takes (15 characters)', () => {
    for (const scenario of scenarios) {
      for (const choice of allChoices(scenario)) {
        const { plan, faults } = scenario.setup(choice);
        const actions = faults.flatMap(({ steps }) => steps.flatMap((step) => step.actions));
        for (const change of [...plan.map((step) => step.change), ...actions]) {
          if (change.do === 'add-veth') assert.ok(change.a.dev.length <= 15, change.a.dev);
        }
      }
    }
  });
});
