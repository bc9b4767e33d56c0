// A run as text: the classes as a table, each finding with its evidence, what the verdict rests on; and last, where a terminal stands
// when the command ends, what was lost, who did it, why, what cures it and what to type next. A matrix as a table of its runs.
import type { DiagnosisRecord } from '../../model/diagnosis-record.ts';
import { lostSentence } from '../../model/lost-output.ts';
import { missingSentences } from '../../model/missing-witness.ts';
import type { RunRecord } from '../../model/run-record.ts';
import { classLines } from '../class-table.ts';
import { clusterHeads, clusterLine, clusterRows } from '../cluster-rows.ts';
import { commandLines } from '../command-lines.ts';
import { dataplaneLines, dataplaneTitle } from '../dataplane-lines.ts';
import { decidingWords } from '../diagnosis-words.ts';
import { findingLines } from '../finding-text.ts';
import { answerLines, mostRowsOfDiagnosis } from '../first-screen/answer-lines.ts';
import { firstScreenOfDiagnosis } from '../first-screen/of-diagnosis.ts';
import { firstScreenOfMatrix } from '../first-screen/of-matrix.ts';
import { firstScreenOfRun } from '../first-screen/of-run.ts';
import { runTitle } from '../run-title.ts';
import { statisticsSentences } from '../statistics.ts';
import { alignColumns } from '../table.ts';
import { paint, plainStyle, proseColumns, typed, type TextStyle } from '../text-style.ts';
import { visible } from '../visible.ts';
import { widthOf, wrap } from '../wrap.ts';
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

/** Parts with a blank line between them; those without lines are none. */
const documentOf = (parts: readonly (readonly string[])[]): string =>
  `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;

/** Control characters from outside are made visible. */
function renderRun(run: RunRecord, style: TextStyle = plainStyle): string {
  const prose = proseIn(style);
  const listed = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : [title, ...items.flatMap((one) => prose(one, '  '))];
  return documentOf([
    [paint(visible(heading(run)), 'heading', style)],
    classLines(run.classes, style),
    clusterLines(run.cluster, style),
    ...run.findings.map((finding) => findingLines(finding, 'Finding: ', style)),
    statisticsSentences(run).flatMap((one) => prose(one)),
    listed('Not seen, or not all of it:', missingSentences(run.missingWitnesses ?? [])),
    listed('Not written, or not all of it:', (run.lostOutput ?? []).map(lostSentence)),
    listed(`${dataplaneTitle}:`, dataplaneLines(run)),
    run.complete ? [] : ['The run was broken off; this is what there was until then.'],
    answerLines(firstScreenOfRun(run), style),
  ]);
}

const proseIn =
  (style: TextStyle) =>
  (sentence: string, first = '', rest = `${first}  `): string[] =>
    wrap(visible(sentence), proseColumns(style), first, rest);

function heading(run: RunRecord): string {
  const speed = run.speed === 1 ? '' : `, ${run.speed} times faster than real`;
  return `${runTitle(run)}: ${run.durationSeconds} s${speed}`;
}

function clusterLines(cluster: RunRecord['cluster'], style: TextStyle): string[] {
  if (cluster === undefined) return [];
  const table = alignColumns([clusterHeads, ...clusterRows(cluster)]).map(visible);
  return [...proseIn(style)(`${clusterLine(cluster)}.`), ...table];
}

/** One row per run: a column per factor, the fix, resets of each class, the outcome; a few lines per run where it is not wide enough. */
function renderMatrix(
  { scenario, cells, missing }: ShownMatrix<MatrixCell>,
  style: TextStyle = plainStyle,
): string {
  const [first] = cells;
  if (first === undefined) return '';
  const prose = proseIn(style);
  const factors = Object.keys(first.record.factors);
  const classes = first.record.classes.map((one) => one.name);
  const head = matrixHeads(factors, classes);
  const rows = matrixRows(cells, factors, classes);
  const right = classes.map((_, index) => factors.length + 1 + index);
  const table = alignColumns([head, ...rows], right).map(visible);
  const fits = table.every((line) => widthOf(line) <= style.columns);
  const told = rows.flatMap((row) =>
    prose(row.map((cell, index) => `${head[index] ?? ''} ${cell}`).join(', ')),
  );
  return documentOf([
    [
      paint(visible(scenario), 'heading', style),
      ...(fits ? table : told),
      ...missing.flatMap((one) => prose(one)),
    ],
    answerLines(firstScreenOfMatrix(cells), style),
  ]);
}

function renderDiagnosis(diagnosis: DiagnosisRecord, style: TextStyle = plainStyle): string {
  const { findings, notes, toDecide } = diagnosis;
  const prose = proseIn(style);
  const screen = firstScreenOfDiagnosis(diagnosis);
  const isSaid = screen.answers.some(({ next }) => next?.command === toDecide?.command);
  const title = (index: number) => (findings.length === 1 ? 'Finding: ' : `Finding ${index + 1}: `);
  return documentOf([
    ...findings.map((finding, index) => findingLines(finding, title(index), style)),
    toDecide === null || isSaid
      ? []
      : [
          ...prose(`${typed(decidingWords(toDecide), style)}:`),
          ...commandLines(visible(typed(toDecide.command, style)), style.columns, '  ', '    '),
        ],
    notes.flatMap((note) => prose(`(${note})`, '', ' ')),
    answerLines(screen, style, mostRowsOfDiagnosis),
  ]);
}
