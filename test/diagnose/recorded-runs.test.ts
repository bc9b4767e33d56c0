// Every scenario's cause from the evidence of a real run of it, also where no world can be made. Written by scripts/record-runs.ts.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { choose, scenarios } from '../../src/lab/scenarios/index.ts';
import { nodeEventSchema } from '../../src/model/node-event.ts';
import { probeEventSchema } from '../../src/model/probe-event.ts';
import { runRecordSchema, type Finding } from '../../src/model/run-record.ts';

const runs = resolve(import.meta.dirname, '../recorded/runs');

function lines(...path: string[]): unknown[] {
  const text = gunzipSync(readFileSync(join(runs, ...path, 'events.ndjson.gz'))).toString();
  return text.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
}

test('every scenario has its recorded run, and no other is there', () => {
  assert.deepEqual(readdirSync(runs).sort(), scenarios.map(({ name }) => name).sort());
});

for (const scenario of scenarios) {
  const expected = scenario.expectedCause(choose(scenario));
  test(`the recorded run of ${scenario.name} is diagnosed as ${expected ?? 'nothing'}`, () => {
    const record = runRecordSchema.parse(
      JSON.parse(readFileSync(join(runs, scenario.name, 'run.json'), 'utf8')),
    );
    const probes = lines(scenario.name).map((line) => probeEventSchema.parse(line));
    const nodes = ['node-1', 'node-2'].flatMap((node) =>
      lines(scenario.name, 'evidence', node).map((line) => nodeEventSchema.parse(line)),
    );
    const found = diagnose({ probes, nodes }, causeModels);
    assert.deepEqual(
      found.map(({ cause }) => cause),
      expected === null ? [] : [expected],
    );
    const told = ({ cause, author, classes, connections }: Finding) => ({
      cause,
      author,
      classes,
      connections,
    });
    assert.deepEqual(found.map(told), record.findings.map(told));
  });
}
