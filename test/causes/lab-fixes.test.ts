// What a page says that the lab shows, the lab has: its scenario, and factors by the same names. (Fixes are the compiler's to check.)
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue } from '../../src/causes/index.ts';
import { choose, findScenario } from '../../src/lab/scenarios/index.ts';

for (const { id, scenario: name, fixes } of catalogue) {
  if (name === null) continue;

  test(`the scenario that the page of ${id} names is there and makes that cause`, () => {
    const scenario = findScenario(name);
    assert.equal(scenario.expectedCause(choose(scenario)), id);
  });

  test(`each command that the page of ${id} gives for a fix ends the resets of its scenario`, () => {
    const scenario = findScenario(name);
    for (const { tryIt } of fixes) {
      if (tryIt === null) continue;
      const [, own, flag, value = ''] =
        /^netdebug lab run ([a-z-]+) --(fix|without) ([a-z-]+)$/.exec(tryIt) ?? assert.fail(tryIt);
      assert.equal(own, name);
      const choice = choose(scenario, flag === 'fix' ? { fix: value } : { without: [value] });
      assert.equal(scenario.expected(choice), 'none', tryIt);
    }
  });
}
