// A run, a matrix or a diagnosis as Markdown, for an issue or a chat: the words of the text, with the packets and the evidence as they are.
import type { DiagnosisRecord } from '../../model/diagnosis-record.ts';
import { lostSentence } from '../../model/lost-output.ts';
import { missingSentences } from '../../model/missing-witness.ts';
import type { Finding, RunRecord } from '../../model/run-record.ts';
import { clusterHeads, clusterLine, clusterRows } from '../cluster-rows.ts';
import { dataplaneLines, dataplaneTitle } from '../dataplane-lines.ts';
import { decidingWords } from '../diagnosis-words.ts';
import { curesText, evidenceLines, missingText } from '../finding-text.ts';
import { findingWords } from '../finding-words.ts';
import { ladderLines } from '../ladder-lines.ts';
import { fenced, prose, table } from '../markdown-text.ts';
import { answerBlocks } from '../first-screen/answer-markdown.ts';
import { firstScreenOfDiagnosis } from '../first-screen/of-diagnosis.ts';
import { firstScreenOfMatrix } from '../first-screen/of-matrix.ts';
import { firstScreenOfRun } from '../first-screen/of-run.ts';
import { pageOfOne, withoutEarliest } from '../page-of-one.ts';
import { runTitle } from '../run-title.ts';
import { statisticsSentences } from '../statistics.ts';
import { classHeads, classRows } from '../class-rows.ts';
import { matrixHeads, matrixRows, type Format, type MatrixCell, type ShownMatrix } from './format.ts';

export const markdown = {
  name: 'markdown',
  fileName: 'report.md',
  printed: true,
  needs: 'record',
  renderRun,
  renderMatrix,
  renderDiagnosis,
} as const satisfies Format;

const documentOf = (blocks: readonly (readonly string[])[]): string =>
  `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;

function renderRun(run: RunRecord): string {
  return pageOfOne(run.findings.length, (leftOut) => runPage(run, leftOut));
}

function runPage(run: RunRecord, leftOut: number): string {
  const missing = missingSentences(run.missingWitnesses ?? []).map((one) => `- ${prose(one)}`);
  const lost = (run.lostOutput ?? []).map((one) => `- ${prose(lostSentence(one))}`);
  const { cluster } = run;
  const seen = dataplaneLines(run);
  return documentOf([
    ...answerBlocks(firstScreenOfRun(run)),
    table(classHeads(run.classes), classRows(run.classes)),
    ...(cluster === undefined
      ? []
      : [[`${prose(clusterLine(cluster))}.`], table(clusterHeads, clusterRows(cluster))]),
    ...run.findings.flatMap((finding, index) =>
      findingBlocks(withoutEarliest(finding, leftOut), `Finding ${index + 1}: `),
    ),
    [[`${runTitle(run)}: ${run.verdict.outcome}.`, ...statisticsSentences(run)].map(prose).join(' ')],
    titled('Not seen, or not all of it:', missing),
    titled('Not written, or not all of it:', lost),
    seen.length === 0 ? [] : [prose(`${dataplaneTitle}: ${seen.join('; ')}`)],
    ...(run.complete ? [] : [['The run was broken off; this is what there was until then.']]),
  ]);
}

function renderMatrix({ scenario, cells, missing }: ShownMatrix<MatrixCell>): string {
  const [first] = cells;
  if (first === undefined) return '';
  const factors = Object.keys(first.record.factors);
  const classes = first.record.classes.map((one) => one.name);
  return documentOf([
    ...answerBlocks(firstScreenOfMatrix(cells)),
    [prose(`${scenario}: matrix`)],
    table(matrixHeads(factors, classes), matrixRows(cells, factors, classes)),
    missing.map((one) => `- ${prose(one)}`),
  ]);
}

function renderDiagnosis(diagnosis: DiagnosisRecord): string {
  return pageOfOne(diagnosis.findings.length, (leftOut) => diagnosisPage(diagnosis, leftOut));
}

function diagnosisPage(diagnosis: DiagnosisRecord, leftOut: number): string {
  const { findings, toDecide, notes } = diagnosis;
  const screen = firstScreenOfDiagnosis(diagnosis);
  const isSaid = screen.answers.some(({ next }) => next?.command === toDecide?.command);
  return documentOf([
    ...answerBlocks(screen),
    ...findings.flatMap((finding, index) =>
      findingBlocks(withoutEarliest(finding, leftOut), `Finding ${index + 1}: `),
    ),
    ...(toDecide === null || isSaid
      ? []
      : [[`${prose(decidingWords(toDecide))}:`], fenced([toDecide.command])]),
    notes.map((note) => `- ${prose(note)}`),
  ]);
}

/** A title and what it is of, in a block: neither a list nor a fence needs a blank line before it. */
const titled = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines];

/** Who it was, and a cure that is the only one, stand in the answer. */
function findingBlocks(finding: Finding, title: string): string[][] {
  const words = findingWords(finding);
  const [, ...more] = words.cures;
  const [head, ...ladder] = ladderLines(finding);
  const [, ...evidence] = evidenceLines(finding.evidence);
  return [
    [
      `## ${prose(`${title}${words.headline}`)}`,
      `- **Why:** ${prose(words.why)}`,
      ...(more.length === 0 ? [] : [`- **Cured by:** ${prose(curesText(words))}`]),
    ],
    head === undefined ? [] : [prose(head), ...fenced(ladder)],
    titled(
      'Excluded:',
      words.excluded.map(({ who, because }) => `- not ${prose(who)}: ${prose(because)}`),
    ),
    titled(
      'Also possible:',
      words.alsoPossible.map((one) => `- ${prose(one)}`),
    ),
    labelled('Next best', words.nextBest ?? ''),
    titled('Evidence, for one of them:', evidence.length === 0 ? [] : fenced(evidence)),
    labelled(words.missing.label, missingText(words)),
  ];
}

const labelled = (label: string, text: string): string[] => (text === '' ? [] : [`${label}: ${prose(text)}`]);
