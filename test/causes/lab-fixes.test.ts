// What a page says that the lab shows, the lab has: scenarios, fixes and factors, by the same names.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { catalogue } from '../../src/causes/index.ts';
import { choose, findScenario, scenarios } from '../../src/lab/scenarios/index.ts';
import { causeIds } from '../../src/model/cause.ts';
import type { Choice, Scenario } from '../../src/model/scenario.ts';

/** What `netdebug lab run SCENARIO --fix NAME` or `… --without NAME` chooses. */
function chosenBy(command: string): { scenario: Scenario; choice: Choice } {
  const words = /^netdebug lab run ([a-z-]+) --(fix|without) ([a-z-]+)$/.exec(command);
  assert.ok(words !== null, `not a command of the lab: ${command}`);
  const [, name = '', flag, value = ''] = words;
  const scenario = findScenario(name);
  return { scenario, choice: choose(scenario, flag === 'fix' ? { fix: value } : { without: [value] }) };
}

for (const id of causeIds) {
  const { scenario: name, fixes } = catalogue[id];

  describe(`the fixes of ${id}`, () => {
    test('have names of their own', () => {
      assert.equal(new Set(fixes.map((fix) => fix.name)).size, fixes.length);
    });

    test('have a command exactly if they were shown in the lab', () => {
      for (const fix of fixes) assert.equal(fix.tryIt !== null, fix.proven === 'lab', fix.name);
    });

    test('end the resets of its own scenario, where the lab shows them', () => {
      for (const { tryIt } of fixes) {
        if (tryIt === null) continue;
        const { scenario, choice } = chosenBy(tryIt);
        assert.equal(scenario.name, name);
        assert.equal(scenario.expected(choice), 'none', tryIt);
      }
    });
  });
}

describe('the scenarios of the lab', () => {
  for (const scenario of scenarios) {
    const cause = scenario.expectedCause(choose(scenario));
    if (cause === null) continue;

    test(`${scenario.name} is the one that the page of ${cause} names`, () => {
      assert.equal(catalogue[cause].scenario, scenario.name);
    });

    test(`${scenario.name} has no fix that the page of ${cause} does not tell`, () => {
      const told = catalogue[cause].fixes.filter(({ tryIt }) => tryIt !== null).map((fix) => fix.name);
      assert.deepEqual(
        scenario.fixes.map((fix) => fix.name).filter((fix) => !told.includes(fix)),
        [],
      );
    });
  }

  test('that pages name exist and make that cause', () => {
    for (const id of causeIds) {
      const name = catalogue[id].scenario;
      if (name === null) continue;
      const scenario = findScenario(name);
      assert.equal(scenario.expectedCause(choose(scenario)), id);
    }
  });
});
