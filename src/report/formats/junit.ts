// JUnit files, for a CI that shows tests. Of a run: one test case per class and one for the comparison of the classes. Of a
// matrix: one per run, which fails when another outcome was expected.
import { lostSentence } from '../../model/lost-output.ts';
import { missingSentence } from '../../model/missing-witness.ts';
import type { ClassSummary, Finding, RunRecord } from '../../model/run-record.ts';
import { findingLines } from '../finding-text.ts';
import { runTitle } from '../run-title.ts';
import { suiteXml, type TestCase } from '../xml.ts';
import type { Format, MatrixCell, ShownMatrix } from './format.ts';

export const junit: Format = {
  name: 'junit',
  fileName: 'report.xml',
  printed: true,
  needs: 'record',
  renderRun,
  renderMatrix,
};

/**
 * A class fails when it had resets or other failures, or connections that never had an answer, with the findings that name it as text; the
 * comparison fails when the outcome is another than `none`, and is skipped when nothing was decided.
 */
function renderRun(run: RunRecord): string {
  return suiteXml({
    name: runTitle(run),
    seconds: run.durationSeconds,
    startedAt: run.startedAt,
    cases: [
      ...run.classes.map((one) => classCase(one, run)),
      comparisonCase(run),
      ...witnessCase(run),
      ...outputCase(run),
    ],
  });
}

function classCase(one: ClassSummary, run: RunRecord): TestCase {
  const failures = [
    ['resets', one.resets] as const,
    ...Object.entries(one.otherFailures),
    ['connections that never had an answer', one.neverAnswered ?? 0] as const,
  ].filter(([, count]) => count > 0);
  const base = { name: `${one.name} to ${one.target}`, seconds: one.wallSeconds };
  if (failures.length === 0) return { ...base, result: { kind: 'passed' } };
  const message = failures.map(([kind, count]) => `${count} ${kind}`).join(', ');
  const findings = run.findings.filter((finding) => finding.classes.includes(one.name));
  return { ...base, result: { kind: 'failed', message, text: findings.map(findingText).join('\n\n') } };
}

function comparisonCase({ verdict, durationSeconds, findings }: RunRecord): TestCase {
  const base = { name: 'same-node against cross-node connections', seconds: durationSeconds };
  if (verdict.outcome === 'none') return { ...base, result: { kind: 'passed' } };
  const kind = verdict.outcome === 'inconclusive' ? 'skipped' : 'failed';
  const text = [verdict.sentence, ...findings.map(findingText)].join('\n\n');
  return { ...base, result: { kind, message: verdict.outcome, text } };
}

/** What nobody saw is no failure of the connections; it is there, as skipped, when there is something. */
function witnessCase({ missingWitnesses: missing = [], durationSeconds }: RunRecord): TestCase[] {
  if (missing.length === 0) return [];
  const message = [...new Set(missing.map(({ node, witness }) => `${witness} on ${node}`))].join(', ');
  const text = missing.map(missingSentence).join('\n');
  return [
    { name: 'witnesses on the nodes', seconds: durationSeconds, result: { kind: 'skipped', message, text } },
  ];
}

/** The same of what could not be written. */
function outputCase({ lostOutput: lost = [], durationSeconds }: RunRecord): TestCase[] {
  if (lost.length === 0) return [];
  const message = lost.map(({ file }) => file).join(', ');
  const text = lost.map(lostSentence).join('\n');
  return [
    { name: 'output of the run', seconds: durationSeconds, result: { kind: 'skipped', message, text } },
  ];
}

const findingText = (finding: Finding) => findingLines(finding).join('\n');

function renderMatrix({ scenario, cells }: ShownMatrix): string {
  return suiteXml({
    name: `${scenario} matrix`,
    seconds: cells.reduce((sum, { record }) => sum + record.durationSeconds, 0),
    startedAt: cells[0]?.record.startedAt ?? '',
    cases: cells.map(cellCase),
  });
}

function cellCase({ record, expected }: MatrixCell): TestCase {
  const { outcome, sentence } = record.verdict;
  const base = { name: runTitle(record), seconds: record.durationSeconds };
  if (outcome === expected) return { ...base, result: { kind: 'passed' } };
  return { ...base, result: { kind: 'failed', message: `${outcome}, expected ${expected}`, text: sentence } };
}
