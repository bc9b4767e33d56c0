// A finding as lines of text: what, by whom, how sure, why, the evidence for and against, what cures it.
import { pageOf } from '../causes/index.ts';
import { authorWords } from '../model/author.ts';
import type { EvidenceItem, Finding } from '../model/run-record.ts';
import { percentText } from './html/numbers.ts';

/** A long run has hundreds of lines for one connection; these many tell the story. */
const shownEvidence = 12;

export function findingLines(finding: Finding): string[] {
  const { cause, confidence, connections, classes, sentence, author, evidence, against, missing, fixes } =
    finding;
  const sure = cause === 'unknown' ? '' : ` (confidence ${percentText(confidence)})`;
  const failures = connections === 1 ? '1 failed connection' : `${connections} failed connections`;
  const more = pageOf(cause) === undefined ? '' : ` (netdebug explain ${cause})`;
  return [
    `Finding: ${cause}${sure}, explains ${failures} in ${classes.join(', ')}`,
    ...(author === 'unknown' ? [] : [`Sent by: ${authorWords[author]}`]),
    sentence,
    ...(evidence.length === 0 ? [] : ['Evidence, for one of them:']),
    ...evidence.slice(0, shownEvidence).map(evidenceLine),
    ...(evidence.length > shownEvidence ? [`  … and ${evidence.length - shownEvidence} more`] : []),
    ...(against === null || against.because.length === 0
      ? []
      : [`Next best: ${against.cause}; against it: ${against.because.join('; ')}`]),
    ...(missing.length === 0 ? [] : [`Not collected: ${missing.join('; ')}`]),
    ...(fixes.length === 0 ? [] : [`Cured by: ${fixes.join(' or ')}${more}`]),
  ];
}

function evidenceLine({ at, source, text }: EvidenceItem): string {
  return `  ${at}  ${source}  ${text.replace(/\s+/g, ' ')}`;
}
