// JUnit files, for a CI that shows tests. Of a run: one test case per class and one for the comparison of the classes. Of a
// matrix: one per run, which fails when another outcome was expected. Of a diagnosis: one per finding, which fails.
import type { DiagnosisRecord } from '../../model/diagnosis-record.ts';
import { lostSentence } from '../../model/lost-output.ts';
import { missingSentence } from '../../model/missing-witness.ts';
import type { ClassSummary, Finding, RunRecord } from '../../model/run-record.ts';
import type { FirstScreen } from '../../model/first-screen.ts';
import { decidingWords } from '../diagnosis-words.ts';
import { findingLines } from '../finding-text.ts';
import { answerLines } from '../first-screen/answer-lines.ts';
import { endedList } from '../first-screen/ended-words.ts';
import { firstScreenOfDiagnosis } from '../first-screen/of-diagnosis.ts';
import { firstScreenOfRun } from '../first-screen/of-run.ts';
import { runTitle } from '../run-title.ts';
import { statisticsSentences } from '../statistics.ts';
import { plainStyle } from '../text-style.ts';
import { suiteXml, type TestCase } from '../xml.ts';
import type { Format, MatrixCell, ShownMatrix } from './format.ts';

export const junit = {
  name: 'junit',
  fileName: 'report.xml',
  printed: true,
  needs: 'record',
  renderRun,
  renderMatrix,
  renderDiagnosis,
} as const satisfies Format;

/**
 * Where something was expected, the first case says whether that came out, and what was expected is no failure. Otherwise a class fails when
 * it had resets or other failures, or connections that never had an answer, with the findings that name it as text; the comparison
 * fails when the outcome is another than `none`, and is skipped when nothing was decided.
 */
function renderRun(run: RunRecord): string {
  const screen = firstScreenOfRun(run);
  return suiteXml({
    name: runTitle(run),
    seconds: run.durationSeconds,
    startedAt: run.startedAt,
    cases: [
      ...expectationCase(run, screen),
      ...run.classes.map((one) => classCase(one, run)),
      comparisonCase(run, screen),
      ...witnessCase(run),
      ...outputCase(run),
    ],
  });
}

const screenText = (screen: FirstScreen): string => answerLines(screen, plainStyle).join('\n');

function expectationCase({ durationSeconds }: RunRecord, screen: FirstScreen): TestCase[] {
  const { expected, headline } = screen;
  if (expected === null) return [];
  const base = { name: 'the expected outcome', seconds: durationSeconds };
  const text = screenText(screen);
  if (expected.met) return [{ ...base, result: { kind: 'passed', text } }];
  return [{ ...base, result: { kind: 'failed', message: `${expected.words}: ${headline}`, text } }];
}

function classCase(one: ClassSummary, run: RunRecord): TestCase {
  const never = one.neverAnswered ?? 0;
  const failures = [
    ...endedList({ ...one.otherFailures, reset: one.resets }),
    ...(never > 0 ? [`${never} connections that never had an answer`] : []),
  ];
  const base = { name: `${one.name} to ${one.target}`, seconds: one.wallSeconds };
  if (failures.length === 0) return { ...base, result: { kind: 'passed' } };
  const message = failures.join(', ');
  const findings = run.findings.filter((finding) => finding.classes.includes(one.name));
  const text = findings.map(findingText).join('\n\n');
  if (run.expected?.met === true)
    return { ...base, result: { kind: 'passed', text: `${message}\n\n${text}` } };
  return { ...base, result: { kind: 'failed', message, text } };
}

function comparisonCase(run: RunRecord, screen: FirstScreen): TestCase {
  const { verdict, durationSeconds, findings, expected } = run;
  const base = { name: 'same-node against cross-node connections', seconds: durationSeconds };
  if (verdict.outcome === 'none') return { ...base, result: { kind: 'passed' } };
  const text = [screenText(screen), ...statisticsSentences(run), ...findings.map(findingText)].join('\n\n');
  if (expected?.met === true) return { ...base, result: { kind: 'passed', text } };
  const kind = verdict.outcome === 'inconclusive' ? 'skipped' : 'failed';
  return { ...base, result: { kind, message: `${verdict.outcome}: ${screen.headline}`, text } };
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

function renderDiagnosis(diagnosis: DiagnosisRecord): string {
  const { findings, toDecide, notes } = diagnosis;
  const screen = firstScreenOfDiagnosis(diagnosis);
  const nothing: TestCase = { name: 'lost connections', seconds: 0, result: { kind: 'passed' } };
  const decide = toDecide === null ? [] : [`${decidingWords(toDecide)}:\n  ${toDecide.command}`];
  const found = findings.map((finding, index): TestCase => {
    const first = index === 0 ? [screenText(screen)] : [];
    const more = [...(index === 0 ? decide : []), notes.join('\n')];
    const text = [...first, findingText(finding), ...more].join('\n\n');
    const { what = '', who, why } = screen.answers[index] ?? {};
    const message = `${what}; who: ${who?.words ?? ''}; why: ${why?.words ?? ''}`;
    const name = `finding ${index + 1}: ${finding.cause}`;
    return { name, seconds: 0, result: { kind: 'failed', message, text } };
  });
  const said = diagnosis.counts.neverAnswered > 0 && findings.length === 0;
  const unanswered: TestCase = {
    ...nothing,
    result: { kind: 'skipped', message: 'some never had an answer', text: screen.headline },
  };
  return suiteXml({
    name: 'diagnose',
    seconds: 0,
    startedAt: null,
    cases: found.length > 0 ? found : [said ? unanswered : nothing],
  });
}
