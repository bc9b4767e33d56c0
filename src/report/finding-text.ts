// A finding as lines of text: the first three say how many were lost, who ended them, and why; then the packets and the proof.
import type { EvidenceItem, Finding } from '../model/run-record.ts';
import { evidenceText } from './evidence-line.ts';
import { findingWords, type FindingWords } from './finding-words.ts';
import { ladderLines } from './ladder-lines.ts';
import { paint, plainStyle, proseColumns, type TextStyle } from './text-style.ts';
import { visible } from './visible.ts';
import { wrap } from './wrap.ts';

/** A long run has hundreds of lines for one connection; these many tell the story. */
const shownEvidence = 12;

/** Nothing in them is obeyed by a terminal but what `style` asks for. @param title Stands before how many were lost. */
export function findingLines(finding: Finding, title = 'Finding: ', style: TextStyle = plainStyle): string[] {
  const words = findingWords(finding);
  const set = (text: string, first = '', rest = `${first}  `) =>
    wrap(visible(text), proseColumns(style), first, rest);
  const labelled = (label: string, text: string) => (text === '' ? [] : set(`${label}: ${text}`));
  return [
    ...set(`${title}${words.headline}`).map((line) => paint(line, 'heading', style)),
    ...labelled('Who', words.who),
    ...labelled('Why', words.why),
    ...ladderLines(finding, style),
    ...(words.excluded.length === 0 ? [] : ['Excluded:']),
    ...words.excluded.flatMap(({ who, because }) => set(`not ${who}: ${because}`, '  ')),
    ...(words.alsoPossible.length === 0 ? [] : ['Also possible:']),
    ...words.alsoPossible.flatMap((one) => set(one, '  ')),
    ...labelled('Next best', words.nextBest ?? ''),
    ...evidenceLines(finding.evidence, style),
    ...labelled(words.missing.label, missingText(words)),
    ...labelled('Cured by', curesText(words)),
  ];
}

export function evidenceLines(evidence: readonly EvidenceItem[], style: TextStyle = plainStyle): string[] {
  if (evidence.length === 0) return [];
  const left = evidence.length - shownEvidence;
  return [
    'Evidence, for one of them:',
    ...evidence.slice(0, shownEvidence).flatMap((item) => evidenceLine(item, style)),
    ...(left > 0 ? [`  … and ${left} more`] : []),
  ];
}

export const missingText = ({ missing: { first, more } }: FindingWords): string =>
  [...first, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');

export const curesText = ({ cures, page }: FindingWords): string =>
  cures.length === 0 ? '' : `${cures.join(' or ')}${page === null ? '' : ` (${page})`}`;

function evidenceLine(item: EvidenceItem, style: TextStyle): string[] {
  const first = visible(`  ${item.at}  ${item.source}  `);
  return wrap(visible(evidenceText(item)), proseColumns(style), first, '      ');
}
