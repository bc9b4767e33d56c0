import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { catalogue } from '../../src/causes/index.ts';
import { causeModels } from '../../src/causes/models.ts';
import { scenarios } from '../../src/lab/scenarios/index.ts';
import { causeIds } from '../../src/model/cause.ts';

describe('the causes that the diagnosis knows', () => {
  it('are those of the catalogue, each once, all but "unknown"', () => {
    const known = causeModels.map((model) => model.cause).sort();
    assert.deepEqual(known, causeIds.filter((id) => id !== 'unknown').toSorted());
  });

  for (const { cause, fixes, author } of causeModels) {
    it(`${cause} names only fixes that a scenario of it has, so that the lab can prove them`, () => {
      const own = scenarios.filter((scenario) => {
        const { factors, variants } = scenario;
        const all = Object.fromEntries(factors.map((factor) => [factor.name, true]));
        return variants.some(
          (variant) => scenario.expectedCause({ factors: all, variant: variant.name, fix: null }) === cause,
        );
      });
      const proven = own.flatMap((scenario) => scenario.fixes.map((fix) => fix.name));
      for (const fix of fixes) assert.ok(proven.includes(fix), `${fix} is not among ${proven.join(', ')}`);
    });

    it(`${cause} has an author that its page names`, () => {
      const { who } = catalogue[cause].author;
      assert.ok(who.includes(author), `${author} is not among ${who.join(', ')}`);
    });
  }
});
