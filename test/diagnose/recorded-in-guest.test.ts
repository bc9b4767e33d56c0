// Scenarios that this kernel may not be able to run: their cause from evidence that scripts/guest brought back from one that can.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnosePaths } from '../../src/experiment/re-diagnose.ts';
import { choose, scenarios } from '../../src/lab/scenarios/index.ts';
import { recordingOf } from '../../src/run-folder/recording.ts';

for (const scenario of scenarios.filter(({ needsKernel }) => needsKernel !== undefined))
  test(`what was recorded of ${scenario.name} in the guest is diagnosed as its cause`, async () => {
    const folder = recordingOf(scenario.name);
    assert.ok(folder !== null);
    const { findings } = await diagnosePaths([folder]);
    const choice = choose(scenario);
    assert.deepEqual(
      findings.map(({ cause }) => cause),
      [scenario.expectedCause(choice)],
    );
    const [finding] = findings;
    assert.ok(finding !== undefined && scenario.expectedAuthor(choice).includes(finding.author));
    assert.equal(finding.certainty?.cause, 'proven');
    // Two connections of each client were silent for longer than the bound, and all the others lived.
    assert.equal(finding.connections, 4);
  });
