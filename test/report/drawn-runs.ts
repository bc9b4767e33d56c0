// The recorded runs of every scenario as a page has them: their findings with what their drawings need, and the view of their events.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { causeModels } from '../../src/causes/index.ts';
import { diagnoseDrawn } from '../../src/experiment/drawing/drawn-findings.ts';
import { runRecordSchema, type Finding, type RunRecord } from '../../src/model/run-record.ts';
import { createCollector } from '../../src/report/collect/collector.ts';
import type { RunView } from '../../src/report/run-view.ts';
import { recordedEvidence, recordedRuns } from '../diagnose/recorded.ts';

/** As it was recorded: by a version that did not say where packets were seen. */
export const recordOf = (name: string): RunRecord =>
  runRecordSchema.parse(JSON.parse(readFileSync(join(recordedRuns, name, 'run.json'), 'utf8')));

const found = new Map<string, readonly Finding[]>();

export function findingsOf(name: string): readonly Finding[] {
  const known = found.get(name) ?? diagnoseDrawn(recordedEvidence(name), causeModels);
  found.set(name, known);
  return known;
}

export const drawnRecord = (name: string): RunRecord => ({
  ...recordOf(name),
  findings: [...findingsOf(name)],
});

export function viewOf(name: string, record: RunRecord): RunView {
  const { probes, nodes } = recordedEvidence(name);
  const collector = createCollector({ episodeWindowMs: 5_000 });
  for (const event of probes) collector.addProbe(event);
  for (const event of nodes) collector.addNode(event);
  return collector.view(record);
}
