// Every scenario's cause from the evidence of a real run of it, also where no world can be made. Written by scripts/record-runs.ts.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { choose, scenariosEverywhere } from '../../src/lab/scenarios/index.ts';
import { runRecordSchema, type Finding } from '../../src/model/run-record.ts';
import { recordedEvidence, recordedRuns } from './recorded.ts';

test('every scenario has its recorded run, and no other is there', () => {
  assert.deepEqual(readdirSync(recordedRuns).sort(), scenariosEverywhere.map(({ name }) => name).sort());
});

for (const scenario of scenariosEverywhere) {
  const expected = scenario.expectedCause(choose(scenario));
  test(`the recorded run of ${scenario.name} is diagnosed as ${expected ?? 'nothing'}`, () => {
    const record = runRecordSchema.parse(
      JSON.parse(readFileSync(join(recordedRuns, scenario.name, 'run.json'), 'utf8')),
    );
    const found = diagnose(recordedEvidence(scenario.name), causeModels);
    assert.deepEqual(
      found.map(({ cause }) => cause),
      expected === null ? [] : [expected],
    );
    const told = ({ cause, author, certainty, classes, connections }: Finding) => ({
      cause,
      author,
      certainty,
      classes,
      connections,
    });
    assert.deepEqual(found.map(told), record.findings.map(told));
  });
}
