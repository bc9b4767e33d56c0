// A finding as lines of text: the first three say how many were lost, who ended them, and why; then the packets and the proof.
import type { EvidenceItem, Finding } from '../model/run-record.ts';
import { findingWords, type FindingWords } from './finding-words.ts';
import { ladderWords } from './ladder-rows.ts';
import { alignColumns } from './table.ts';

/** A long run has hundreds of lines for one connection; these many tell the story. */
const shownEvidence = 12;

/** @param title Stands before how many were lost. */
export function findingLines(finding: Finding, title = 'Finding: '): string[] {
  const words = findingWords(finding);
  return [
    `${title}${words.headline}`,
    `Who: ${words.who}`,
    `Why: ${words.why}`,
    ...ladderLines(finding),
    ...(words.excluded.length === 0 ? [] : ['Excluded:']),
    ...words.excluded.map(({ who, because }) => `  not ${who}: ${because}`),
    ...labelled('Also possible', words.alsoPossible.join('; ')),
    ...labelled('Next best', words.nextBest ?? ''),
    ...evidenceLines(finding.evidence),
    ...labelled(words.missing.label, missingText(words)),
    ...labelled('Cured by', curesText(words)),
  ];
}

/** The drawing of the last packets, in ASCII; empty where none is known. */
export function ladderLines(finding: Finding): string[] {
  const words = ladderWords(finding);
  if (words === null) return [];
  const { client, server, rows, left } = words;
  const width = Math.max(...rows.map(({ label }) => label.length));
  const drawn = rows.map(({ time, toServer, label, where, mark }) => {
    const line = '-'.repeat(width - label.length + 1);
    return [time, toServer ? `|-- ${label} ${line}>|` : `|<${line} ${label} --|`, where, mark];
  });
  const span = width + 8;
  const head = ['since loss', `client${'server'.padStart(span - 'client'.length)}`, 'first seen at', ''];
  return [
    `Last packets, client ${client}, server ${server}${left === '' ? '' : ` (${left})`}:`,
    ...alignColumns([head, ...drawn], [0]).map((line) => `  ${line}`),
  ];
}

export function evidenceLines(evidence: readonly EvidenceItem[]): string[] {
  if (evidence.length === 0) return [];
  const left = evidence.length - shownEvidence;
  return [
    'Evidence, for one of them:',
    ...evidence.slice(0, shownEvidence).map(evidenceLine),
    ...(left > 0 ? [`  … and ${left} more`] : []),
  ];
}

export const missingText = ({ missing: { first, more } }: FindingWords): string =>
  [...first, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');

export const curesText = ({ cures, page }: FindingWords): string =>
  cures.length === 0 ? '' : `${cures.join(' or ')}${page === null ? '' : ` (${page})`}`;

const labelled = (label: string, text: string): string[] => (text === '' ? [] : [`${label}: ${text}`]);

function evidenceLine({ at, source, text }: EvidenceItem): string {
  return `  ${at}  ${source}  ${text.replace(/\s+/g, ' ')}`;
}
