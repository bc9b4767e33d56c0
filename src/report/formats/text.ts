// A run as text: the verdict in a sentence, the classes as a table, then each finding with its evidence and what cures it. A
// matrix as a table of its runs.
import { formatFigures } from '../../model/figures.ts';
import { dataplaneWords } from '../../model/dataplane-words.ts';
import { lostSentence } from '../../model/lost-output.ts';
import { missingSentence } from '../../model/missing-witness.ts';
import type { ClassSummary, LatencyComparison, Rate, RunRecord } from '../../model/run-record.ts';
import { clusterHeads, clusterLine, clusterRows } from '../cluster-rows.ts';
import { findingLines } from '../finding-text.ts';
import { firstAnswerTexts } from '../first-answer.ts';
import { alignColumns } from '../table.ts';
import { visible } from '../visible.ts';
import { matrixHeads, type Format, type MatrixCell, type ShownMatrix } from './format.ts';

export const text = {
  name: 'text',
  fileName: 'report.txt',
  printed: true,
  needs: 'record',
  renderRun,
  renderMatrix,
} as const satisfies Format;

/** Control characters from outside are made visible. */
function renderRun(run: RunRecord): string {
  const lines = [
    heading(run),
    '',
    `Outcome: ${run.verdict.outcome}`,
    run.verdict.sentence,
    '',
    ...classTable(run.classes),
    ...latencyLines(run.verdict.basis?.latency),
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

function latencyLines(latency: LatencyComparison | undefined): string[] {
  if (latency === undefined) return [];
  const side = ({ estimate, low, high }: LatencyComparison['p50']['remote']) =>
    `${milliseconds(estimate)} (${milliseconds(low)} to ${milliseconds(high)})`;
  const pair = (name: 'p50' | 'p99') =>
    `${name} ${side(latency[name].coLocated)} against ${side(latency[name].remote)}`;
  const conclusion = latency.differs ? 'they differ' : 'no difference is shown';
  return [
    '',
    `Latency in ms, same node against across nodes: ${pair('p50')}, ${pair('p99')}: ${conclusion}.`,
  ];
}

function clusterLines(cluster: RunRecord['cluster']): string[] {
  if (cluster === undefined) return [];
  return ['', `${clusterLine(cluster)}.`, ...alignColumns([clusterHeads, ...clusterRows(cluster)])];
}

const milliseconds = (value: number | null) => (value === null ? '?' : formatFigures(value, 2));

function classTable(classes: readonly ClassSummary[]): string[] {
  const head = [
    'class',
    'target',
    'connections',
    'answers',
    'resets',
    'episodes',
    'resets/h per connection (95%)',
    'other',
  ];
  const rows = classes.map((one) => [
    one.name,
    one.target,
    String(one.connections),
    String(one.probes),
    String(one.resets),
    String(one.episodes),
    rateText(one.resetsPerHour),
    otherText(one),
  ]);
  return alignColumns([head, ...rows], [2, 3, 4, 5]);
}

function rateText({ estimate, low, high }: Rate): string {
  if (estimate === null || high === null) return 'not observed';
  return `${formatFigures(estimate, 3)} (${formatFigures(low, 3)} to ${formatFigures(high, 3)})`;
}

function otherText(one: ClassSummary): string {
  const some = Object.entries(one.otherFailures).filter(([, count]) => count > 0);
  const all = [...some.map(([kind, count]) => `${count} ${kind}`), ...firstAnswerTexts(one)];
  return all.length === 0 ? '-' : all.join(', ');
}

/** One row per run: a column per factor, the fix, resets of each class, the outcome. */
function renderMatrix({ scenario, cells, missing }: ShownMatrix<MatrixCell>): string {
  const [first] = cells;
  if (first === undefined) return '';
  const factors = Object.keys(first.record.factors);
  const classes = first.record.classes.map((one) => one.name);
  const head = matrixHeads(factors, classes);
  const rows = cells.map(({ record, expected }) => [
    ...factors.map((name) => (record.factors[name] === true ? 'on' : 'off')),
    record.fix ?? '-',
    ...classes.map((name) => String(record.classes.find((one) => one.name === name)?.resets ?? 0)),
    record.verdict.outcome,
    record.findings.map((finding) => finding.cause).join(', ') || '-',
    record.verdict.outcome === expected ? 'yes' : `no: ${expected}`,
  ]);
  const right = classes.map((_, index) => factors.length + 1 + index);
  return `${[scenario, ...alignColumns([head, ...rows], right), ...missing].join('\n')}\n`;
}
