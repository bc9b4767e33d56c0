// A run as text: the verdict in a sentence, the classes as a table, then each finding with its evidence and what cures it. A
// matrix as a table of its runs.
import type { DiagnosisRecord } from '../../model/diagnosis-record.ts';
import { dataplaneWords } from '../../model/dataplane-words.ts';
import { lostSentence } from '../../model/lost-output.ts';
import { missingSentence } from '../../model/missing-witness.ts';
import type { RunRecord } from '../../model/run-record.ts';
import { classHeads, classRows } from '../class-rows.ts';
import { clusterHeads, clusterLine, clusterRows } from '../cluster-rows.ts';
import { decidingWords, diagnosisHeadline, whoInAll, whyInAll } from '../diagnosis-words.ts';
import { findingLines } from '../finding-text.ts';
import { latencySentence } from '../latency-sentence.ts';
import { alignColumns } from '../table.ts';
import { visible } from '../visible.ts';
import { matrixHeads, matrixRows, type Format, type MatrixCell, type ShownMatrix } from './format.ts';

export const text = {
  name: 'text',
  fileName: 'report.txt',
  printed: true,
  needs: 'record',
  renderRun,
  renderMatrix,
  renderDiagnosis,
} as const satisfies Format;

/** Control characters from outside are made visible. */
function renderRun(run: RunRecord): string {
  const latency = run.verdict.basis?.latency;
  const lines = [
    heading(run),
    '',
    `Outcome: ${run.verdict.outcome}`,
    run.verdict.sentence,
    '',
    ...alignColumns([classHeads, ...classRows(run.classes)], [2, 3, 4, 5]),
    ...(latency === undefined ? [] : ['', latencySentence(latency)]),
    ...clusterLines(run.cluster),
    ...run.findings.flatMap((finding) => ['', ...findingLines(finding)]),
  ];
  const missing = (run.missingWitnesses ?? []).map((one) => `  ${missingSentence(one)}`);
  if (missing.length > 0) lines.push('', 'Not seen, or not all of it:', ...missing);
  const lost = (run.lostOutput ?? []).map((one) => `  ${lostSentence(one)}`);
  if (lost.length > 0) lines.push('', 'Not written, or not all of it:', ...lost);
  const dataplanes = Object.entries(run.dataplanes ?? {});
  if (dataplanes.length > 0) lines.push('', "By the nodes' own rules, as their observers saw them:");
  for (const [node, seen] of dataplanes) lines.push(`  ${node}: ${dataplaneWords(seen)}`);
  if (!run.complete) lines.push('', 'The run was broken off; this is what there was until then.');
  return `${lines.map(visible).join('\n')}\n`;
}

function heading(run: RunRecord): string {
  const switchedOff = Object.entries(run.factors)
    .filter(([, on]) => !on)
    .map(([name]) => ` without ${name}`);
  const fix = run.fix === null ? '' : ` with fix ${run.fix}`;
  const speed = run.speed === 1 ? '' : `, ${run.speed} times faster than real`;
  return `${run.scenario ?? run.kind}${switchedOff.join('')}${fix}: ${run.durationSeconds} s${speed}`;
}

function clusterLines(cluster: RunRecord['cluster']): string[] {
  if (cluster === undefined) return [];
  return ['', `${clusterLine(cluster)}.`, ...alignColumns([clusterHeads, ...clusterRows(cluster)])];
}

/** One row per run: a column per factor, the fix, resets of each class, the outcome. */
function renderMatrix({ scenario, cells, missing }: ShownMatrix<MatrixCell>): string {
  const [first] = cells;
  if (first === undefined) return '';
  const factors = Object.keys(first.record.factors);
  const classes = first.record.classes.map((one) => one.name);
  const head = matrixHeads(factors, classes);
  const rows = matrixRows(cells, factors, classes);
  const right = classes.map((_, index) => factors.length + 1 + index);
  return `${[scenario, ...alignColumns([head, ...rows], right), ...missing].join('\n')}\n`;
}

/** The first three lines say how many were lost, who ended them, and why; of several findings they say it of all. */
function renderDiagnosis(diagnosis: DiagnosisRecord): string {
  const { findings, notes, toDecide } = diagnosis;
  const [only, another] = findings;
  const found =
    only !== undefined && another === undefined
      ? findingLines(only, '')
      : [
          diagnosisHeadline(diagnosis),
          ...(only === undefined ? [] : [`Who: ${whoInAll(findings)}`, `Why: ${whyInAll(findings)}`]),
          ...findings.flatMap((finding, index) => ['', ...findingLines(finding, `Finding ${index + 1}: `)]),
        ];
  const decide = toDecide === null ? [] : ['', `${decidingWords(toDecide)}:`, `  ${toDecide.command}`];
  const lines = [...found, ...decide, '', ...notes.map((note) => `(${note})`)];
  return `${lines.map(visible).join('\n')}\n`;
}
