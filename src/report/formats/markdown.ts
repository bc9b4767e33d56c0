// A run, a matrix or a diagnosis as Markdown, for an issue or a chat: the words of the text, with the packets and the evidence as they are.
import type { DiagnosisRecord } from '../../model/diagnosis-record.ts';
import { dataplaneWords } from '../../model/dataplane-words.ts';
import { lostSentence } from '../../model/lost-output.ts';
import { missingSentence } from '../../model/missing-witness.ts';
import type { Finding, RunRecord } from '../../model/run-record.ts';
import { clusterHeads, clusterLine, clusterRows } from '../cluster-rows.ts';
import { decidingWords, diagnosisHeadline, whoInAll, whyInAll } from '../diagnosis-words.ts';
import { curesText, evidenceLines, ladderLines, missingText } from '../finding-text.ts';
import { findingWords } from '../finding-words.ts';
import { fenced, prose, table } from '../markdown-text.ts';
import { latencySentence } from '../latency-sentence.ts';
import { runTitle } from '../run-title.ts';
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
  const missing = (run.missingWitnesses ?? []).map((one) => `- ${prose(missingSentence(one))}`);
  const lost = (run.lostOutput ?? []).map((one) => `- ${prose(lostSentence(one))}`);
  const latency = run.verdict.basis?.latency;
  const { cluster } = run;
  const dataplanes = Object.entries(run.dataplanes ?? {});
  const seen = dataplanes.map(([node, one]) => `- ${prose(`${node}: ${dataplaneWords(one)}`)}`);
  return documentOf([
    [`# ${prose(`${runTitle(run)}: ${run.verdict.outcome}`)}`],
    [prose(run.verdict.sentence)],
    table(classHeads, classRows(run.classes)),
    latency === undefined ? [] : [prose(latencySentence(latency))],
    ...(cluster === undefined
      ? []
      : [[`${prose(clusterLine(cluster))}.`], table(clusterHeads, clusterRows(cluster))]),
    ...run.findings.flatMap((finding, index) => findingBlocks(finding, `Finding ${index + 1}: `)),
    ...(missing.length === 0 ? [] : [['Not seen, or not all of it:'], missing]),
    ...(lost.length === 0 ? [] : [['Not written, or not all of it:'], lost]),
    ...(seen.length === 0 ? [] : [["By the nodes' own rules, as their observers saw them:"], seen]),
    ...(run.complete ? [] : [['The run was broken off; this is what there was until then.']]),
  ]);
}

function renderMatrix({ scenario, cells, missing }: ShownMatrix<MatrixCell>): string {
  const [first] = cells;
  if (first === undefined) return '';
  const factors = Object.keys(first.record.factors);
  const classes = first.record.classes.map((one) => one.name);
  return documentOf([
    [`# ${prose(`${scenario}: matrix`)}`],
    table(matrixHeads(factors, classes), matrixRows(cells, factors, classes)),
    missing.map((one) => `- ${prose(one)}`),
  ]);
}

function renderDiagnosis(diagnosis: DiagnosisRecord): string {
  const { findings, toDecide, notes } = diagnosis;
  const [only, another] = findings;
  const found =
    only !== undefined && another === undefined
      ? findingBlocks(only, '', '#')
      : [
          [`# ${prose(diagnosisHeadline(diagnosis))}`],
          only === undefined ? [] : whoAndWhy(whoInAll(findings), whyInAll(findings)),
          ...findings.flatMap((finding, index) => findingBlocks(finding, `Finding ${index + 1}: `)),
        ];
  return documentOf([
    ...found,
    ...(toDecide === null ? [] : [[`${prose(decidingWords(toDecide))}:`], fenced([toDecide.command])]),
    notes.map((note) => `- ${prose(note)}`),
  ]);
}

function findingBlocks(finding: Finding, title: string, level = '##'): string[][] {
  const words = findingWords(finding);
  const [head, ...ladder] = ladderLines(finding);
  const [, ...evidence] = evidenceLines(finding.evidence);
  return [
    [`${level} ${prose(`${title}${words.headline}`)}`],
    whoAndWhy(words.who, words.why),
    ...(head === undefined ? [] : [[prose(head)], fenced(ladder)]),
    ...(words.excluded.length === 0 ? [] : [['Excluded:']]),
    words.excluded.map(({ who, because }) => `- not ${prose(who)}: ${prose(because)}`),
    labelled('Also possible', words.alsoPossible.join('; ')),
    labelled('Next best', words.nextBest ?? ''),
    ...(evidence.length === 0 ? [] : [['Evidence, for one of them:'], fenced(evidence)]),
    labelled(words.missing.label, missingText(words)),
    labelled('Cured by', curesText(words)),
  ];
}

const whoAndWhy = (who: string, why: string): string[] => [
  `- **Who:** ${prose(who)}`,
  `- **Why:** ${prose(why)}`,
];

const labelled = (label: string, text: string): string[] => (text === '' ? [] : [`${label}: ${prose(text)}`]);
