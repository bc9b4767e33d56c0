// A finding as lines of text: what, by whom, how sure, why, the evidence for and against, what cures it.
import { pageOf } from '../causes/index.ts';
import { authorWords } from '../model/author.ts';
import type { EvidenceItem, Finding } from '../model/run-record.ts';
import { percentText } from './html/numbers.ts';

/** A long run has hundreds of lines for one connection; these many tell the story. */
const shownEvidence = 12;

export function findingLines(finding: Finding): string[] {
  const { cause, connections, classes, sentence, author, certainty, evidence, missing, fixes } = finding;
  const failures = connections === 1 ? '1 lost connection' : `${connections} lost connections`;
  const more = pageOf(cause) === undefined ? '' : ` (netdebug explain ${cause})`;
  return [
    `Finding: ${cause}${sureness(finding)}, explains ${failures} in ${classes.join(', ')}`,
    ...(author === 'unknown'
      ? suspectLines(finding)
      : [`Ended by: ${authorWords[author]}${certainty === undefined ? '' : ` (${certainty.author})`}`]),
    sentence,
    ...exclusionLines(finding),
    ...(evidence.length === 0 ? [] : ['Evidence, for one of them:']),
    ...evidence.slice(0, shownEvidence).map(evidenceLine),
    ...(evidence.length > shownEvidence ? [`  … and ${evidence.length - shownEvidence} more`] : []),
    ...rivalLines(finding),
    ...(missing.length === 0 ? [] : [`Not collected: ${missing.join('; ')}`]),
    ...(fixes.length === 0 ? [] : [`Cured by: ${fixes.join(' or ')}${more}`]),
  ];
}

/** How sure the cause is; records of version 1 have a number in its stead. */
export function sureness({ cause, certainty, confidence }: Finding): string {
  if (certainty !== undefined) return cause === 'unknown' ? '' : ` (${certainty.cause})`;
  return cause === 'unknown' || confidence === undefined
    ? ''
    : ` (confidence ${percentText(confidence)}, version 1)`;
}

function suspectLines({ suspects }: Finding): string[] {
  if (suspects.length === 0 || suspects.length > mostSuspects) return [];
  return [`Ended by one of: ${suspects.map((one) => authorWords[one]).join(' · ')}`];
}

/** More than these say nothing. */
const mostSuspects = 6;

/** Why it was nobody else, each reason once. */
function exclusionLines({ exclusions }: Finding): string[] {
  const byReason = Map.groupBy(exclusions, ({ because }) => because);
  if (byReason.size === 0) return [];
  return [
    'It was nobody else:',
    ...[...byReason].map(
      ([because, own]) => `  not ${own.map(({ author }) => authorWords[author]).join(', ')}: ${because}`,
    ),
  ];
}

function rivalLines({ rivals, against }: Finding): string[] {
  if (rivals.length > 0)
    return [`Not excluded: ${rivals.map(({ cause, because }) => `${cause} (${because})`).join('; ')}`];
  return against === null || against === undefined || against.because.length === 0
    ? []
    : [`Next best: ${against.cause}; against it: ${against.because.join('; ')}`];
}

function evidenceLine({ at, source, text }: EvidenceItem): string {
  return `  ${at}  ${source}  ${text.replace(/\s+/g, ' ')}`;
}
