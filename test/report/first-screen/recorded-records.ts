// The records of test/recorded/runs as this version makes them: from the same events, with what older records do not tell.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { causeModels } from '../../../src/causes/index.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { expectationOf } from '../../../src/experiment/conclude.ts';
import { withDecidingCommands } from '../../../src/experiment/deciding-command.ts';
import { choose, findScenario } from '../../../src/lab/scenarios/index.ts';
import { runRecordSchema, type RunRecord } from '../../../src/model/run-record.ts';
import { createTally } from '../../../src/verdict/tally.ts';
import { recordedEvidence, recordedRuns } from '../../diagnose/recorded.ts';

/** As it was written then. */
export const olderRecord = (name: string): RunRecord =>
  runRecordSchema.parse(JSON.parse(readFileSync(join(recordedRuns, name, 'run.json'), 'utf8')));

/** Its runs are short, so that few are decided; what is expected of them is what came out, where nothing else is said. */
export function newerRecord(name: string, expected?: RunRecord['verdict']['outcome']): RunRecord {
  const made = unexpectingRecord(name);
  return { ...made, ...expectationOf(made, { outcome: expected ?? made.verdict.outcome }, false) };
}

/** As with --expect any. */
export function unexpectingRecord(name: string): RunRecord {
  const record = olderRecord(name);
  const evidence = recordedEvidence(name);
  const tally = createTally({ episodeWindowMs: 100 });
  for (const event of evidence.probes) if (event.role === 'client') tally.add(event);
  const summaries = tally.summaries();
  const classes = record.classes.map((one) => ({
    ...one,
    answered: summaries.find(({ name: own }) => own === one.name)?.answered ?? 0,
  }));
  const findings = withDecidingCommands(diagnose(evidence, causeModels));
  return { ...record, classes, findings };
}

/** What its scenario is there to show; null where nothing is wrong. */
export function expectedCause(name: string): string | null {
  const scenario = findScenario(name);
  return scenario.expectedCause(choose(scenario));
}
